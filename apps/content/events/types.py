from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TypeCreated(Event):
    subject: ClassVar[str] = "type"


@dataclass(frozen=True, kw_only=True)
class TypeChanged(Event):
    subject: ClassVar[str] = "type"
    schema_changed: bool


@dataclass(frozen=True, kw_only=True)
class TypeDeleted(Event):
    subject: ClassVar[str] = "type"
    elements: int
