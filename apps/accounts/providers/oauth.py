"""Signing in at Google, GitHub or any OpenID Connect provider, through allauth's adapters and without its views.

allauth trusts the transport of a token that it fetched itself; here the signature of an OpenID token is always
verified, and so are what it leaves open: the nonce, the issuer of the configuration, and that the profile is of the
same person as the token (OpenID Connect Core 1.0, sections 3.1.3.7 and 5.3.2; Discovery 1.0, section 4.3).
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from requests import RequestException

from apps.accounts.errors import OAuthFailed
from apps.accounts.providers.openid import Google, OpenIDConnect
from apps.core.errors import NotFound

_log = structlog.get_logger(__name__)
_FAULTS = (
    OAuth2Error, RequestException, PermissionDenied, ImproperlyConfigured, redis.RedisError,
    # An answer of another shape than the documented one, or a key that is none.
    ValueError, KeyError, TypeError, AttributeError, IndexError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider that is configured."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider vouches for: `subject` is its own lasting name for the person."""

    provider: str
    subject: str
    email: str
    verified: bool
    name: str


def configured() -> list[Choice]:
    """Those that can be signed in with: without an address to come back to there is none.

    No address is taken for granted. A provider leads a browser back with GET, and here only a client's own page can
    take what it brings to the callback, since it is the client that is given the tokens.
    """
    found: list[Choice] = []
    if not settings.OAUTH_REDIRECT_URIS:
        return found
    for kind, declared in settings.SOCIALACCOUNT_PROVIDERS.items():
        for app in declared["APPS"]:
            found.append(Choice(app.get("provider_id", kind), app.get("name") or registry.get_class(kind).name))
    return found


def name_of(provider: str) -> str:
    """What people call it; its id once it is not configured any more."""
    return next((choice.name for choice in configured() if choice.id == provider), provider)


def authorization_url(provider: str, *, redirect_uri: str, state: str, verifier: str, nonce: str) -> str:
    """Where the browser goes; the code that comes back is of use to none but who holds the verifier (RFC 7636)."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    more = {"state": state, "code_challenge": challenge, "code_challenge_method": "S256"}
    with _failing(provider):
        found, adapter = _of(provider)
        scope = found.get_scope()
        if _is_openid(found):
            scope, more = [*scope, "openid"], more | {"nonce": nonce}
        client = _client(found, adapter, redirect_uri)
        return str(client.get_redirect_url(adapter.authorize_url, scope, more))


def identity(provider: str, *, code: str, redirect_uri: str, verifier: str, nonce: str) -> Identity:
    """Exchanges the code and asks who it is of. Whatever the provider answers amiss is `OAuthFailed`."""
    with _failing(provider):
        found, adapter = _of(provider)
        answer = _client(found, adapter, redirect_uri).get_access_token(code, pkce_code_verifier=verifier)
        openid = _is_openid(found)
        if openid and not answer.get("id_token"):
            raise OAuth2Error("no id_token")
        token = adapter.parse_token(answer)
        login = adapter.complete_login(adapter.request, found.app, token, response=answer)
        told, address = login.account.extra_data, next(iter(login.email_addresses), None)
        profile, verified = told, address is not None and address.verified is True
        if openid:
            claims = told.get("id_token", told)
            profile = told.get("userinfo") or claims
            if claims.get("nonce") != nonce or claims["sub"] != login.account.uid:
                raise OAuth2Error("the token is of another sign-in or person")
            verified = address is not None and profile.get("email_verified") is True  # no text, such as "false"
        if not login.account.uid.isprintable():
            raise OAuth2Error("a subject that is no text")
        name = "".join(filter(str.isprintable, str(profile.get("name") or ""))).strip()[:200]
        return Identity(provider, login.account.uid, str(address.email) if address else "", verified, name)


def _of(provider: str) -> tuple[Any, Any]:
    if provider not in {choice.id for choice in configured()}:
        raise NotFound
    request = HttpRequest()
    found = get_adapter(request).get_provider(request, provider)
    if found.id == "google":
        return found, Google(request)
    if found.id != "openid_connect":
        return found, found.oauth2_adapter_class(request)
    adapter = OpenIDConnect(request, provider)
    if adapter.openid_config["issuer"].rstrip("/") != found.app.settings["server_url"].rstrip("/"):
        raise OAuth2Error("the configuration is of another issuer")
    return found, adapter


def _client(found: Any, adapter: Any, redirect_uri: str) -> OAuth2Client:
    return adapter.client_class(
        adapter.request,
        found.app.client_id,
        found.app.secret,
        adapter.access_token_method,
        adapter.access_token_url,
        redirect_uri,
        scope_delimiter=adapter.scope_delimiter,
        headers=adapter.headers,
        basic_auth=adapter.basic_auth,
    )


def _is_openid(found: Any) -> bool:
    return found.id in ("google", "openid_connect")


@contextmanager
def _failing(provider: str) -> Iterator[None]:
    """Only the kind of the fault is logged: its text may hold what the provider answered, tokens included."""
    try:
        yield
    except _FAULTS as error:
        _log.warning("oauth_failed", provider=provider, fault=type(error).__name__)
        raise OAuthFailed from None
