"""The tenant's own roles."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class RoleCreated(Event):
    subject: ClassVar[str] = "role"
    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    subject: ClassVar[str] = "role"
    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class RoleDeleted(Event):
    subject: ClassVar[str] = "role"
