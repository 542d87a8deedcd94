"""Second factors."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnabled(Event):
    """`ended` counts the other sessions that ended, since they were opened without it."""

    subject: ClassVar[str] = "user"
    ended: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorDisabled(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(Event):
    """Somebody else took it from a person who lost it; `ended` counts the sessions that ended with it."""

    subject: ClassVar[str] = "user"
    ended: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Event):
    """A new set; those of the old one are void."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """`left` counts the codes that are still good."""

    subject: ClassVar[str] = "user"
    left: int
