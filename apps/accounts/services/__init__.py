from apps.accounts.services import members, roles, service_accounts, sessions, users

__all__ = ["members", "roles", "service_accounts", "sessions", "users"]
