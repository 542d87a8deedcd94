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
class ElementDeleted(Event):
    subject: ClassVar[str] = "element"
    type_key: str


@dataclass(frozen=True, kw_only=True)
class PostSaved(Event):
    """A new version of a post; what the public sees is as before."""

    subject: ClassVar[str] = "post"


@dataclass(frozen=True, kw_only=True)
class PostPublished(Event):
    subject: ClassVar[str] = "post"


@dataclass(frozen=True, kw_only=True)
class PostUnpublished(Event):
    subject: ClassVar[str] = "post"


@dataclass(frozen=True, kw_only=True)
class PostDeleted(Event):
    subject: ClassVar[str] = "post"
