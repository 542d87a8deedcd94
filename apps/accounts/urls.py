from django.urls import path

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
    path("auth/sessions", AuthViewSet.as_view({"get": "sessions"})),
    path("auth/sessions/<uuid:session_id>", AuthViewSet.as_view({"delete": "revoke"})),
]
