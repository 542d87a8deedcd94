"""From `Authorization: Bearer` to an actor."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import keys, selectors, services, tokens
from apps.core import clients, errors
from apps.core.actor import Actor


class BearerAuthentication(BaseAuthentication):
    """Gives, as `request.auth`, the `Actor`. A token or a key that does not hold is 401.

    There is no `request.user`: its row is read by what needs more of a person than who acts.
    """

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if keys.is_key(raw.strip()):
            actor = services.service_accounts.actor_of_key(raw.strip(), clients.address(request))
        else:
            claims = tokens.read_access(raw.strip())
            actor = selectors.actor_of_session(claims.session_id, claims.user_id, claims.tenant_id) if claims else None
        if actor is None:
            raise errors.NotSignedIn
        return None, actor

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
