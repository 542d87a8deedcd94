from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ElementSaved(Event):
    """A new version of an element; what the public sees is as before."""

    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class ElementPublished(Event):
    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class ElementUnpublished(Event):
    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class ElementScheduled(Event):
    """When it will be published and taken back by itself was changed; null: not."""

    subject: ClassVar[str] = "element"
    type_key: str
    publish_at: str | None
    unpublish_at: str | None


@dataclass(frozen=True, kw_only=True)
class ElementDeleted(Event):
    """To the trash."""

    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class ElementRestored(Event):
    """Out of the trash."""

    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class ElementPurged(Event):
    """For good, with all versions."""

    subject: ClassVar[str] = "element"
    type_key: str
