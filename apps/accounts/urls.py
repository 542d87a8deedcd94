from django.urls import path

from apps.accounts.views import AuthViewSet

urlpatterns = [
    path("auth/login", AuthViewSet.as_view({"post": "login"})),
    path("auth/refresh", AuthViewSet.as_view({"post": "refresh"})),
    path("auth/logout", AuthViewSet.as_view({"post": "logout"})),
    path("auth/currentuser", AuthViewSet.as_view({"get": "currentuser", "patch": "update"})),
    path("auth/change-password", AuthViewSet.as_view({"post": "change_password"})),
    path("auth/sessions", AuthViewSet.as_view({"get": "sessions"})),
    path("auth/sessions/<uuid:session_id>", AuthViewSet.as_view({"delete": "revoke"})),
]
