from apps.accounts.services import attempts, mails, passwords, profiles, recovery, sessions, users

__all__ = ["sessions", "attempts", "passwords", "recovery", "mails", "profiles", "users"]
