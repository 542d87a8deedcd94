"""Shapes of bodies and answers: `auth` of one's own access, `people` of members, roles and machines."""
