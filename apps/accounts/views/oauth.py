from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts import errors, services
from apps.accounts.serializers.auth import TokenOut
from apps.accounts.serializers.oauth import AuthorizeOut, AuthorizeQuery, IdentityOut, OAuthCallbackIn, ProviderOut
from apps.accounts.services.sessions import Grant
from apps.core import clients
from apps.core.encoding import dumps
from apps.core.errors import Forbidden, NotFound
from apps.core.operation import PUBLIC, USER, operation
from apps.core.viewsets import OperationViewSet
from apps.sites.errors import IdentifierTaken

COOKIE, COOKIE_PATH = "cognitor_oauth", "/auth/oauth"


class OAuthViewSet(OperationViewSet):
    """Signing in with an account elsewhere."""

    category = "auth"

    @operation("auth_oauth_providers", allow=PUBLIC, rate="public", gives=ProviderOut, many=True)
    def providers(self, request: Request) -> Any:
        """The providers that this installation is configured for."""
        return services.oauth.providers()

    @operation(
        "auth_oauth_authorize",
        allow=PUBLIC,
        rate="login",
        timeout="write",
        query=AuthorizeQuery,
        gives=AuthorizeOut,
        effects="outside",
        refuses=[NotFound, errors.OAuthRedirectRefused, errors.OAuthFailed],
    )
    def authorize(self, request: Request, provider: str) -> HttpResponse:
        """Begins a sign-in: where to send the browser, with a state and a PKCE challenge, for ten minutes.

        Only the same browser can complete it: it holds an HttpOnly cookie, or the client its own `client_nonce`.
        """
        asked = {name: request.q[name] for name in ("redirect_uri", "client_nonce")}
        begun = services.oauth.begin(provider=provider, **asked)
        response = HttpResponse(dumps(AuthorizeOut(begun).data), content_type="application/json")
        response["Cache-Control"] = "no-store"
        if begun.cookie:
            options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
            response.set_cookie(COOKIE, begun.cookie, max_age=begun.expires_in, path=COOKIE_PATH, **options)
        return response

    @operation(
        "auth_oauth_callback",
        allow=PUBLIC,
        rate="login",
        timeout="write",
        takes=OAuthCallbackIn,
        gives=TokenOut,
        effects="outside",
        refuses=[
            NotFound,
            errors.OAuthStateRefused,
            errors.OAuthFailed,
            errors.OAuthUnverified,
            errors.OAuthUnlinked,
            errors.OAuthInactive,
            errors.OtpRequired,
            errors.OtpWrong,
            errors.FactorUnreadable,
            errors.SignupBlocked,
            errors.NoTenant,
            IdentifierTaken,
        ],
    )
    def callback(self, request: Request, provider: str) -> Grant:
        """Completes a sign-in with the code of the provider: signs in, signs up, or links a verified address.

        An account whose address is not verified here is never linked; its owner signs in with the password. Who has a
        second factor sends `otp` along, or is answered `auth.otp_required` and sends `state` and `otp` alone, from the
        same browser, within five minutes; after five tries, or a right one, the sign-in is to be begun again.
        """
        return services.oauth.complete(
            provider=provider,
            **request.valid,
            cookie=request.COOKIES.get(COOKIE, ""),
            address=clients.address(request),
            network=clients.network(request),
            device=request.headers.get("User-Agent", ""),
        )

    @operation("auth_oauth_identities", allow=USER, rate="read", gives=IdentityOut, many=True, refuses=[Forbidden])
    def identities(self, request: Request) -> Any:
        """The accounts elsewhere that open one's own, the one linked last first."""
        return services.oauth.linked(actor=request.actor)

    @operation(
        "auth_oauth_unlink",
        allow=USER,
        rate="write",
        effects="rows",
        refuses=[NotFound, errors.LastWayIn, Forbidden],
    )
    def unlink(self, request: Request, provider: str) -> None:
        """Lets the account at the provider open one's own no more, unless nothing else would; a mail tells of it."""
        services.oauth.unlink(actor=request.actor, provider=provider)
