from apps.accounts.services import attempts, passwords, profiles, sessions, users

__all__ = ["sessions", "attempts", "passwords", "profiles", "users"]
