"""Signing in, and the end of it."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    subject: ClassVar[str] = "user"
    session: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    subject: ClassVar[str] = "user"
    session: str


@dataclass(frozen=True, kw_only=True)
class RefreshReused(Event):
    """A spent refresh token came back: somebody copied it, so its session was ended."""

    subject: ClassVar[str] = "user"
    session: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in was ended otherwise than by signing out there: `reason` is that of the session's row."""

    subject: ClassVar[str] = "user"
    session: str
    reason: str
