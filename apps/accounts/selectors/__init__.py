from apps.accounts.selectors import members, roles, service_accounts
from apps.accounts.selectors.actors import actor_of, actor_of_session, codes_of, describe, home_of, oneself, sessions_of

__all__ = [
    "actor_of",
    "actor_of_session",
    "codes_of",
    "describe",
    "home_of",
    "members",
    "oneself",
    "roles",
    "service_accounts",
    "sessions_of",
]
