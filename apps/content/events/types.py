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


@dataclass(frozen=True, kw_only=True)
class TypeDistributed(Event):
    """A type was brought from another site: `created`, `updated`, or `unchanged` since it was there already."""

    subject: ClassVar[str] = "type"
    source_site: str
    outcome: str
