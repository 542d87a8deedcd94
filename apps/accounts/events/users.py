"""People and what is said about them."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserInvited(Event):
    """Somebody was made a member; who has no password yet chooses one by the reset mail."""

    subject: ClassVar[str] = "user"
    role: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    subject: ClassVar[str] = "user"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class UserActivated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserAnonymised(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """`fields` names what was changed, not what it is now."""

    subject: ClassVar[str] = "user"
    fields: list[str]
