from apps.accounts.services import (
    attempts,
    mails,
    members,
    passwords,
    profiles,
    recovery,
    roles,
    second_factor,
    service_accounts,
    sessions,
    signup,
    users,
)

__all__ = [
    "attempts",
    "mails",
    "members",
    "passwords",
    "profiles",
    "recovery",
    "roles",
    "second_factor",
    "service_accounts",
    "sessions",
    "signup",
    "users",
]
