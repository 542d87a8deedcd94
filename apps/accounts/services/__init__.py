from apps.accounts.services import (
    attempts,
    mails,
    members,
    oauth,
    passwords,
    profiles,
    recovery,
    roles,
    service_accounts,
    sessions,
    signup,
    users,
)

__all__ = [
    "attempts",
    "mails",
    "members",
    "oauth",
    "passwords",
    "profiles",
    "recovery",
    "roles",
    "service_accounts",
    "sessions",
    "signup",
    "users",
]
