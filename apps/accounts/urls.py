from django.urls import path

from apps.accounts.oauth_views import OAuthViewSet
from apps.accounts.role_views import RolesViewSet
from apps.accounts.service_account_views import ServiceAccountsViewSet
from apps.accounts.user_views import SiteUsersViewSet, UsersViewSet
from apps.accounts.views import AuthViewSet, RecoveryViewSet, SignupViewSet

urlpatterns = [
    path("auth/login", AuthViewSet.as_view({"post": "login"})),
    path("auth/refresh", AuthViewSet.as_view({"post": "refresh"})),
    path("auth/logout", AuthViewSet.as_view({"post": "logout"})),
    path("auth/currentuser", AuthViewSet.as_view({"get": "currentuser", "patch": "update"})),
    path("auth/change-password", AuthViewSet.as_view({"post": "change_password"})),
    path("auth/signup", SignupViewSet.as_view({"post": "signup"})),
    path("auth/forgot-password", RecoveryViewSet.as_view({"post": "forgot"})),
    path("auth/reset-password", RecoveryViewSet.as_view({"post": "reset"})),
    path("auth/verify-email", RecoveryViewSet.as_view({"post": "verify"})),
    path("auth/resend-verification", RecoveryViewSet.as_view({"post": "resend"})),
    path("auth/oauth/providers", OAuthViewSet.as_view({"get": "providers"})),
    path("auth/oauth/<ref:provider>/authorize", OAuthViewSet.as_view({"get": "authorize"})),
    path("auth/oauth/<ref:provider>/callback", OAuthViewSet.as_view({"post": "callback"})),
    path("auth/sessions", AuthViewSet.as_view({"get": "sessions"})),
    path("auth/sessions/<uuid:session_id>", AuthViewSet.as_view({"delete": "revoke"})),
    path("users", UsersViewSet.as_view({"get": "list", "post": "create"})),
    path("users/<id:user_id>", UsersViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "delete"})),
    path("users/<id:user_id>/activate", UsersViewSet.as_view({"post": "activate"})),
    path("users/<id:user_id>/deactivate", UsersViewSet.as_view({"post": "deactivate"})),
    path("users/<id:user_id>/sites", UsersViewSet.as_view({"get": "sites"})),
    path("sites/<site:site>/users", SiteUsersViewSet.as_view({"get": "list"})),
    path("sites/<site:site>/users/<id:user_id>", SiteUsersViewSet.as_view({"put": "assign", "delete": "remove"})),
    path("roles", RolesViewSet.as_view({"get": "list", "post": "create"})),
    path("roles/<id:role_id>", RolesViewSet.as_view({"patch": "update", "delete": "delete"})),
    path("permissions", RolesViewSet.as_view({"get": "permissions"})),
    path("service-accounts", ServiceAccountsViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "service-accounts/<id:account_id>",
        ServiceAccountsViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "delete"}),
    ),
    path("service-accounts/<id:account_id>/rotate-secret", ServiceAccountsViewSet.as_view({"post": "rotate"})),
]
