"""Tokens of a provider, judged without one: its documents are held here, and every look at them is counted."""

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from apps.accounts.providers import openid
from tests.openid import certificate

URL, ISSUER, CLIENT = "https://id.example.org/keys", "https://id.example.org", "cognitor"
RSA = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
EC = ec.generate_private_key(ec.SECP256R1())


class Published:
    """What the provider publishes, and how often it was asked."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.asked: list[str] = []

    def get_requests_session(self) -> "Published":
        return self

    def __enter__(self) -> "Published":
        return self

    def __exit__(self, *error: object) -> None: ...

    def get(self, url: str) -> Any:
        self.asked.append(url)
        found = self.documents[url]

        class Answer:
            raise_for_status = staticmethod(lambda: None)
            json = staticmethod(lambda: found)

        return Answer


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    there = Published()
    monkeypatch.setattr(openid, "get_adapter", lambda: there)
    openid.forget()
    yield there
    openid.forget()


def jwk(key: Any, kid: str | None, **members: Any) -> dict[str, Any]:
    family = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    named = {"kid": kid} if kid else {}
    return {**family.to_jwk(key.public_key(), as_dict=True), **named, **members}


def token(key: Any = RSA[0], kid: str | None = "a", alg: str = "RS256", without: str = "", **claims: Any) -> str:
    now = int(time.time())
    told = {"iss": ISSUER, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 60} | claims
    told.pop(without, None)
    return jwt.encode(told, key, alg, headers={"kid": kid} if kid else {})


def claims(credential: str) -> Any:
    return openid.claims(credential, keys_url=URL, issuer=ISSUER, audience=CLIENT)


def test_documents_are_fetched_once_in_ten_minutes(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    published.documents[URL] = {"keys": [jwk(RSA[0], "a")]}
    assert [claims(token())["sub"] for _ in range(3)] == ["1"] * 3
    assert published.asked == [URL]
    later = time.monotonic() + openid.KEPT_SECONDS
    monkeypatch.setattr(openid.time, "monotonic", lambda: later)
    claims(token())
    assert published.asked == [URL] * 2


def test_a_key_that_is_not_known_is_looked_for_once_more(published: Published) -> None:
    published.documents[URL] = {"keys": [jwk(RSA[0], "a")]}
    claims(token())
    published.documents[URL] = {"keys": [jwk(RSA[1], "b")]}
    assert claims(token(RSA[1], "b"))["sub"] == "1"
    assert len(published.asked) == 2
    for kid in ("c", "../../etc/passwd", "' OR 1=1 --"):
        published.asked.clear()
        with pytest.raises(OAuth2Error):
            claims(token(kid=kid))
        assert published.asked == [URL]


def test_a_failure_is_not_kept(published: Published) -> None:
    with pytest.raises(KeyError):
        claims(token())
    published.documents[URL] = {"keys": [jwk(RSA[0], "a")]}
    assert claims(token())["sub"] == "1"


@pytest.mark.parametrize(
    ("keys", "is_taken"),
    [
        ([jwk(RSA[0], "a")], True),
        ([jwk(RSA[0], None)], True),
        ([jwk(RSA[0], "a"), jwk(EC, "b"), jwk(RSA[1], "c", use="enc"), jwk(RSA[1], "d", alg="PS256")], True),
        ([jwk(RSA[0], "a"), jwk(RSA[1], "b")], False),
        ([jwk(RSA[1], "a")], False),
        ([jwk(RSA[0], "a", use="enc")], False),
        ([], False),
    ],
)
def test_a_token_that_names_no_key_is_taken_where_one_alone_is_suitable(
    published: Published, keys: list[Any], is_taken: bool
) -> None:
    published.documents[URL] = {"keys": keys}
    if is_taken:
        assert claims(token(kid=None))["sub"] == "1"
    else:
        with pytest.raises(OAuth2Error):
            claims(token(kid=None))


def test_for_a_token_that_names_no_key_those_of_now_count(published: Published) -> None:
    published.documents[URL] = {"keys": [jwk(RSA[1], None)]}
    openid.document(URL)
    published.documents[URL] = {"keys": [jwk(RSA[0], None)]}
    assert claims(token(kid=None))["sub"] == "1"


def test_certificates_are_keys_too(published: Published) -> None:
    published.documents[URL] = {"a": certificate(jwk(RSA[0], "a"))}
    assert claims(token())["sub"] == claims(token(kid=None))["sub"] == "1"
    published.documents[URL]["b"] = certificate(jwk(RSA[1], "b"))
    assert claims(token(RSA[1], "b"))["sub"] == "1"
    for refused in (token(kid=None), token(kid="c"), token(kid="b")):
        with pytest.raises(OAuth2Error):
            claims(refused)


def test_another_kind_of_key_signs_with_its_own_algorithm(published: Published) -> None:
    published.documents[URL] = {"keys": [jwk(EC, "a")]}
    assert claims(token(EC, alg="ES256"))["sub"] == "1"
    with pytest.raises(OAuth2Error):
        claims(token())


def unsigned(credential: str) -> str:
    return jwt.encode(jwt.decode(credential, options={"verify_signature": False}), None, "none", {"kid": "a"})  # type: ignore[arg-type]


PUBLIC = str(jwk(RSA[0], "a")["n"])


@pytest.mark.parametrize(
    "credential",
    [
        unsigned(token()),
        token(PUBLIC, alg="HS256"),
        token(RSA[1]),
        token(alg="RS512"),
        token(iss="https://other.example.org"),
        token(aud="another"),
        token(exp=int(time.time()) - 60),
        token(iat=int(time.time()) + 3600),
        token(nbf=int(time.time()) + 3600),
        *(token(without=name) for name in ("iss", "aud", "sub", "exp", "iat")),
        token() + "x",
        "no.token.at-all",
    ],
)
def test_a_token_that_does_not_hold_is_refused(published: Published, credential: str) -> None:
    published.documents[URL] = {"keys": [jwk(RSA[0], "a", alg="RS256")]}
    with pytest.raises(OAuth2Error):
        claims(credential)


def test_a_token_is_good_once(published: Published) -> None:
    published.documents[URL] = {"keys": [jwk(RSA[0], "a")]}
    once = token(jti="one")
    assert claims(once)["sub"] == "1"
    with pytest.raises(OAuth2Error):
        claims(once)
