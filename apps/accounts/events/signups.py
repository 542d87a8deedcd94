"""Signing up, and showing that an address is one's own."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class VerificationWanted(Event):
    """The person at the address is to be asked whether it is theirs."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class EmailVerified(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class SignupRepeated(Event):
    """Somebody signed up with the address of this account."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class SignupAbandoned(Event):
    """A sign-up whose address nobody verified in time was deleted, with all that it had made."""

    subject: ClassVar[str] = "tenant"
