import uuid
from typing import Any

from rest_framework.parsers import FormParser
from rest_framework.request import Request

from apps.accounts import errors, selectors, services
from apps.accounts.serializers.auth import (
    AddressIn,
    CurrentUserIn,
    CurrentUserOut,
    LinkIn,
    LoginIn,
    MailedOut,
    PasswordChangeIn,
    PasswordResetIn,
    RefreshIn,
    SessionOut,
    SessionQuery,
    SignupIn,
    TokenOut,
)
from apps.accounts.services.service_accounts import KeyGrant
from apps.accounts.services.sessions import Grant
from apps.core import clients
from apps.core.errors import Forbidden, NotFound
from apps.core.operation import PUBLIC, USER, operation
from apps.core.parsers import JSONBodyParser
from apps.core.query import Page, page_of, sorted_by
from apps.core.viewsets import OperationViewSet
from apps.sites.errors import IdentifierMalformed, IdentifierReserved, IdentifierTaken


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
        refuses=[
            errors.WrongCredentials,
            errors.OtpRequired,
            errors.OtpWrong,
            errors.FactorUnreadable,
            errors.NoTenant,
        ],
    )
    def login(self, request: Request) -> Grant | KeyGrant:
        """Signs in with e-mail address and password (JSON or form) and gives tokens for one tenant.

        An account with a second factor is asked for a code (`auth.otp_required`) once the password is right.
        A service account sends its prefix and key (`client_credentials`) and is given the key as its token.
        """
        if request.valid["grant_type"] == "client_credentials":
            who, key = request.valid["client_id"], request.valid["client_secret"]
            return services.service_accounts.login(client_id=who, key=key, address=clients.address(request))
        return services.sessions.login(
            email=request.valid["username"],
            password=request.valid["password"],
            otp=request.valid["otp"],
            tenant=request.valid["tenant"],
            address=clients.address(request),
            network=clients.network(request),
            device=request.headers.get("User-Agent", ""),
        )

    @operation(
        "auth_refresh",
        allow=PUBLIC,
        rate="login",
        takes=RefreshIn,
        gives=TokenOut,
        refuses=[errors.RefreshRefused, errors.NoTenant],
    )
    def refresh(self, request: Request) -> Grant:
        """Exchanges a refresh token, good for one use, for new tokens; reuse of a spent one ends the session.

        With `tenant` the new tokens are for that tenant, and those of the old one are dead.
        """
        device = request.headers.get("User-Agent", "")
        return services.sessions.refresh(**request.valid, address=clients.address(request), device=device)

    @operation("auth_logout", allow=USER, rate="write", refuses=[Forbidden])
    def logout(self, request: Request) -> None:
        """Ends this session: its access token and its refresh tokens are dead at once."""
        services.sessions.logout(actor=request.actor)

    @operation("auth_currentuser", allow=USER, rate="read", gives=CurrentUserOut)
    def currentuser(self, request: Request) -> dict[str, Any]:
        """Who am I: profile, tenant, role, permissions and the sites with the role on each."""
        return selectors.describe(request.actor)

    @operation(
        "auth_currentuser_update",
        allow=USER,
        rate="write",
        takes=CurrentUserIn,
        gives=CurrentUserOut,
        effects="rows",
        refuses=[errors.NoTenant, Forbidden],
    )
    def update(self, request: Request) -> dict[str, Any]:
        """Changes one's own name, preferences and home tenant; what is left out stays."""
        services.profiles.change(actor=request.actor, **request.valid)
        return selectors.describe(request.actor)

    @operation(
        "auth_change_password",
        allow=USER,
        rate="login",
        takes=PasswordChangeIn,
        refuses=[errors.WrongPassword, Forbidden],
    )
    def change_password(self, request: Request) -> None:
        """Sets a new password; needs the current one. All other sessions of the person end, in every tenant."""
        current, new = request.valid["current_password"], request.valid["new_password"]
        services.passwords.change(actor=request.actor, current=current, new=new, network=clients.network(request))

    @operation("auth_sessions_list", allow=USER, rate="read", gives=SessionOut, query=SessionQuery)
    def sessions(self, request: Request) -> Page:
        """One's own sessions that live, in all tenants: where from, since when, and which one asks."""
        rows = sorted_by(selectors.sessions_of(request.actor), "-used_at")
        page = page_of(rows, request.q)
        for session in page.items:
            session.current = str(session.pk) == request.actor.session
        return page

    @operation("auth_sessions_revoke", allow=USER, rate="write", effects="rows", refuses=[NotFound])
    def revoke(self, request: Request, session_id: uuid.UUID) -> None:
        """Ends one of one's own sessions: its access and refresh tokens are dead at once."""
        services.sessions.revoke(actor=request.actor, session_id=session_id)


class RecoveryViewSet(OperationViewSet):
    """By mail: a new password, and whether an address is one's own. No answer says whether an address is known."""

    category = "auth"

    @operation(
        "auth_forgot_password",
        allow=PUBLIC,
        rate="mail",
        takes=AddressIn,
        gives=MailedOut,
        status=202,
        effects="outside",
    )
    def forgot(self, request: Request) -> dict[str, str]:
        """Mails a link for a new password, good once and for an hour. Known and unknown addresses answer alike."""
        services.recovery.forget(email=request.valid["email"])
        return {"detail": "If the address has an account, a mail is on its way to it."}

    @operation(
        "auth_reset_password",
        allow=PUBLIC,
        rate="login",
        takes=PasswordResetIn,
        effects="outside",
        refuses=[errors.LinkRefused],
    )
    def reset(self, request: Request) -> None:
        """Sets a new password with the token of a mail; all sessions of the person end, in every tenant."""
        services.recovery.reset(token=request.valid["token"], password=request.valid["password"])

    @operation(
        "auth_verify_email",
        allow=PUBLIC,
        rate="login",
        takes=LinkIn,
        effects="outside",
        refuses=[errors.LinkRefused],
    )
    def verify(self, request: Request) -> None:
        """Takes the token of a verification mail as proof that the address is the person's."""
        services.recovery.verify(token=request.valid["token"])

    @operation(
        "auth_resend_verification",
        allow=PUBLIC,
        rate="mail",
        takes=AddressIn,
        gives=MailedOut,
        status=202,
        effects="outside",
    )
    def resend(self, request: Request) -> dict[str, str]:
        """Mails a new verification link to an address that waits for one; any other answers alike."""
        services.recovery.resend(email=request.valid["email"])
        return {"detail": "If the address waits to be verified, a mail is on its way to it."}


class SignupViewSet(OperationViewSet):
    """Coming in from outside."""

    category = "auth"

    @operation(
        "auth_signup",
        allow=PUBLIC,
        rate="signup",
        timeout="write",
        takes=SignupIn,
        gives=MailedOut,
        status=202,
        effects="outside",
        refuses=[errors.SignupBlocked, IdentifierTaken, IdentifierReserved, IdentifierMalformed],
    )
    def signup(self, request: Request) -> dict[str, str]:
        """Creates a person with a tenant and its first site; the mail that follows opens them.

        An address that has an account is answered alike, and its owner is told by mail.
        """
        address, network = clients.address(request), clients.network(request)
        services.signup.sign_up(**request.valid, address=address, network=network)
        return {"detail": "A mail is on its way to the address; its link opens the account."}
