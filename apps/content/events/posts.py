from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


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
class PostScheduled(Event):
    """When it will be published and taken back by itself was changed; null: not."""

    subject: ClassVar[str] = "post"
    publish_at: str | None
    unpublish_at: str | None


@dataclass(frozen=True, kw_only=True)
class PostDeleted(Event):
    """To the trash."""

    subject: ClassVar[str] = "post"


@dataclass(frozen=True, kw_only=True)
class PostRestored(Event):
    """Out of the trash."""

    subject: ClassVar[str] = "post"


@dataclass(frozen=True, kw_only=True)
class PostPurged(Event):
    """For good, with all versions."""

    subject: ClassVar[str] = "post"
