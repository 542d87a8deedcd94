"""Access and refresh tokens: simplejwt's, for one user, one tenant and one session.

simplejwt by itself lets a token of one tenant pass in another and a spent refresh token pass again in parallel;
both are closed by the session that every token names (`services.sessions`, `authentication`).
"""

import hashlib
import time
import uuid
from dataclasses import dataclass
from functools import lru_cache

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from apps.accounts.models import Session


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says; whether it still holds is the session's matter."""

    user_id: int
    tenant_id: int | None
    session_id: uuid.UUID
    digest: str


def access(session: Session) -> str:
    return str(_about(AccessToken(), session))


def refresh(session: Session) -> tuple[str, str]:
    """A refresh token and the digest under which it is kept."""
    token = _about(RefreshToken(), session)
    return str(token), _digest(token)


def _about(token: Token, session: Session) -> Token:
    token["sub"] = str(session.user_id)
    token["tenant"] = session.tenant_id
    token["sid"] = str(session.pk)
    return token


def read(raw: str, kind: type[Token]) -> Claims | None:
    """The claims of a token of that kind; None when signature, time, issuer, audience or kind are wrong."""
    try:
        claims, ends = _checked(raw, kind)  # type: ignore[arg-type]  # classes can be hashed
    except (TokenError, KeyError, TypeError, ValueError):
        return None
    return claims if time.time() < ends else None


@lru_cache(maxsize=1000)
def _checked(raw: str, kind: type[Token]) -> tuple[Claims, float]:
    """The claims and the time at which they end. One token comes with many requests, and all of it but the time is as
    good as it was; what is wrong raises and is not kept."""
    token = kind(raw)  # type: ignore[arg-type]
    tenant = token["tenant"]
    claims = Claims(
        user_id=int(token["sub"]),
        tenant_id=None if tenant is None else int(tenant),
        session_id=uuid.UUID(token["sid"]),
        digest=_digest(token),
    )
    return claims, float(token["exp"]) + api_settings.LEEWAY


def _digest(token: Token) -> str:
    return hashlib.sha256(str(token["jti"]).encode()).hexdigest()


def read_access(raw: str) -> Claims | None:
    return read(raw, AccessToken)


def read_refresh(raw: str) -> Claims | None:
    return read(raw, RefreshToken)
