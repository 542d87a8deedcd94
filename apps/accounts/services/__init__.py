from apps.accounts.services import sessions, users

__all__ = ["sessions", "users"]
