"""Identities at providers."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Event):
    """An identity at the provider opens the account from here on."""

    subject: ClassVar[str] = "user"
    provider: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Event):
    """The identity at the provider opens the account no more."""

    subject: ClassVar[str] = "user"
    provider: str
