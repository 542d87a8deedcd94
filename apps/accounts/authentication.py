"""From `Authorization: Bearer` to an actor."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import selectors, tokens
from apps.accounts.models import User
from apps.core import errors
from apps.core.actor import Actor


class BearerAuthentication(BaseAuthentication):
    """Gives `request.user` and, as `request.auth`, the `Actor`. A token that does not hold is 401."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        claims = tokens.read_access(raw.strip())
        found = claims and selectors.actor_of_session(claims.session_id, claims.user_id, claims.tenant_id)
        if not found:
            raise errors.NotSignedIn
        return found

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
