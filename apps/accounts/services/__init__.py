from apps.accounts.services import attempts, mails, passwords, profiles, recovery, sessions, signup, users

__all__ = ["sessions", "attempts", "passwords", "recovery", "signup", "mails", "profiles", "users"]
