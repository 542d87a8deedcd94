from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class MembershipGranted(Event):
    subject: ClassVar[str] = "user"
    role: str


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
