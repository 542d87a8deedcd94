from apps.accounts.admin.people import MembershipAdmin, UserAdmin
from apps.accounts.admin.roles import RoleAdmin
from apps.accounts.admin.service_accounts import ServiceAccountAdmin
from apps.accounts.admin.sessions import SessionAdmin

__all__ = ["MembershipAdmin", "RoleAdmin", "ServiceAccountAdmin", "SessionAdmin", "UserAdmin"]
