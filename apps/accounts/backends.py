"""Password check, for the API and for the admin's login form."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from apps.accounts.models import User, normal


class EmailBackend(BaseBackend):
    """Takes the same time for an unknown address as for a wrong password, and for one that is not verified yet."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or password is None:
            return None
        user = User.objects.filter(email=normal(username)).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active and not user.pending else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
