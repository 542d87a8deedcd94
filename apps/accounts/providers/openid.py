"""What is asked of a provider besides the person: its configuration, its keys, and whether a token is one of its own.

allauth fetches both documents for each sign-in and takes no token without `kid`; here they are kept for a while, and
a token is judged by OpenID Connect Core 1.0, sections 2, 3.1.3.7 and 10.1.
"""

import time
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

KEPT_SECONDS = 600
_MOST = 64
_LEEWAY = 30
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_CLAIMS = ["iss", "sub", "aud", "exp", "iat"]

# Of this process: when it was fetched, and what. Its addresses are those of the configured providers.
_kept: dict[str, tuple[float, Any]] = {}


def document(url: str, *, anew: bool = False) -> Any:
    """What the provider publishes there, at most ten minutes old; `anew`: as it is now. A failure is not kept."""
    found = _kept.get(url)
    if found and not anew and time.monotonic() - found[0] < KEPT_SECONDS:
        return found[1]
    with get_adapter().get_requests_session() as session:
        response = session.get(url)
        response.raise_for_status()
        answer = response.json()
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[url] = (time.monotonic(), answer)
    return answer


def forget() -> None:
    """Lets every document be fetched anew."""
    _kept.clear()


class OpenIDConnect(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> Any:
        provider = self.get_provider()
        found = document(provider.server_url)
        return found | provider.app.settings.get("openid_configuration_overrides", {})

    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        config = self.openid_config
        return claims(id_token, keys_url=config["jwks_uri"], issuer=config["issuer"], audience=app.client_id)


class Google(google.GoogleOAuth2Adapter):
    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        issuer, keys_url = google.ID_TOKEN_ISSUER, google.CERTS_URL
        return claims(id_token, keys_url=keys_url, issuer=issuer, audience=app.client_id)


def claims(token: str, *, keys_url: str, issuer: str, audience: str) -> Any:
    """What the token says, once its signature, issuer, audience and times hold and it was not seen before.

    A key that is not among the kept ones is looked for once more among those of now. A token that names none cannot
    say that the keys have changed, so they are always fetched for it; it is taken where just one key is suitable.
    """
    try:
        header = jwt.get_unverified_header(token)
        alg, kid = header["alg"], header.get("kid")
        if alg not in _ALGORITHMS:
            raise OAuth2Error("an algorithm that no provider signs with")
        key = _key(document(keys_url, anew=kid is None), alg, kid)
        if key is None and kid is not None:
            key = _key(document(keys_url, anew=True), alg, kid)
        if key is None:
            raise OAuth2Error("no key, or more than one, for this token")
        told = jwt.decode(
            token,
            key,
            algorithms=[alg],
            issuer=issuer,
            audience=audience,
            leeway=_LEEWAY,
            options={"require": _CLAIMS},
        )
    except jwt.PyJWTError as error:
        raise OAuth2Error("a token that does not hold") from error
    jwtkit.verify_jti(told)
    return told


def _key(published: Any, alg: str, kid: str | None) -> Any:
    """The one key that the token can be signed with; None when there is no such, or more than one."""
    if "keys" not in published:  # certificates by their `kid`, as Google publishes them
        named = published if kid is None else {kid: published[kid]} if kid in published else {}
        return jwtkit.lookup_kid_pem_x509_certificate(named, *named) if len(named) == 1 else None
    found = [row for row in published["keys"] if _suits(row, alg) and kid in (None, row.get("kid"))]
    return jwt.PyJWK(found[0], algorithm=alg).key if len(found) == 1 else None


def _suits(row: Any, alg: str) -> bool:
    """By RFC 7517, sections 4.1 to 4.4."""
    is_type = row.get("kty") == _KEY_TYPES[alg[:2]]
    return is_type and row.get("use", "sig") == "sig" and row.get("alg", alg) == alg
