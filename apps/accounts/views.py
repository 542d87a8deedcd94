from typing import Any, cast

from rest_framework.parsers import FormParser
from rest_framework.request import Request

from apps.accounts import errors, selectors, services
from apps.accounts.models import User
from apps.accounts.serializers import CurrentUserOut, LoginIn, RefreshIn, TokenOut
from apps.accounts.services.service_accounts import KeyGrant
from apps.accounts.services.sessions import Grant
from apps.core import clients
from apps.core.errors import Forbidden
from apps.core.operation import PUBLIC, USER, operation
from apps.core.parsers import JSONBodyParser
from apps.core.viewsets import OperationViewSet


class AuthViewSet(OperationViewSet):
    """Signing in and out."""

    category = "auth"

    @operation(
        "auth_login",
        allow=PUBLIC,
        rate="login",
        takes=LoginIn,
        gives=TokenOut,
        parsers=[JSONBodyParser, FormParser],
        refuses=[errors.WrongCredentials, errors.NoTenant],
    )
    def login(self, request: Request) -> Grant | KeyGrant:
        """Signs in with e-mail address and password (JSON or form) and gives tokens for one tenant.

        A service account sends its prefix and key (`client_credentials`) and is given the key as its token.
        """
        if request.valid["grant_type"] == "client_credentials":
            who, key = request.valid["client_id"], request.valid["client_secret"]
            return services.service_accounts.login(client_id=who, key=key, address=clients.address(request))
        return services.sessions.login(
            email=request.valid["username"],
            password=request.valid["password"],
            tenant=request.valid["tenant"],
            address=clients.address(request),
            device=request.headers.get("User-Agent", ""),
        )

    @operation(
        "auth_refresh", allow=PUBLIC, rate="login", takes=RefreshIn, gives=TokenOut, refuses=[errors.RefreshRefused]
    )
    def refresh(self, request: Request) -> Grant:
        """Exchanges a refresh token, good for one use, for new tokens; reuse of a spent one ends the session."""
        return services.sessions.refresh(refresh_token=request.valid["refresh_token"])

    @operation("auth_logout", allow=USER, rate="write", refuses=[Forbidden])
    def logout(self, request: Request) -> None:
        """Ends this session: its access token and its refresh tokens are dead at once."""
        services.sessions.logout(actor=request.actor)

    @operation("auth_currentuser", allow=USER, rate="read", gives=CurrentUserOut)
    def currentuser(self, request: Request) -> dict[str, Any]:
        """Who am I: profile, tenant, role, permissions and the sites with the role on each."""
        return selectors.describe(cast(User | None, request.user), request.actor)
