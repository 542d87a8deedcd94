"""Roles that are given and taken."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MembershipGranted(Event):
    subject: ClassVar[str] = "user"
    role: str


@dataclass(frozen=True, kw_only=True)
class MembershipRemoved(Event):
    """Without a site: all memberships in the tenant."""

    subject: ClassVar[str] = "user"
