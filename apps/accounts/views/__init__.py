from apps.accounts.views.auth import AuthViewSet, RecoveryViewSet, SignupViewSet
from apps.accounts.views.mfa import MfaViewSet
from apps.accounts.views.oauth import OAuthViewSet
from apps.accounts.views.roles import RolesViewSet
from apps.accounts.views.service_accounts import ServiceAccountsViewSet
from apps.accounts.views.users import SiteUsersViewSet, UsersViewSet

__all__ = [
    "AuthViewSet",
    "MfaViewSet",
    "OAuthViewSet",
    "RecoveryViewSet",
    "RolesViewSet",
    "ServiceAccountsViewSet",
    "SignupViewSet",
    "SiteUsersViewSet",
    "UsersViewSet",
]
