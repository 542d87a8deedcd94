from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PageSaved(Event):
    """A new version of a page; what the public sees is as before."""

    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PagePublished(Event):
    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PageUnpublished(Event):
    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PageScheduled(Event):
    """When it will be published and taken back by itself was changed; null: not."""

    subject: ClassVar[str] = "page"
    publish_at: str | None
    unpublish_at: str | None


@dataclass(frozen=True, kw_only=True)
class PageDeleted(Event):
    """To the trash."""

    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PageRestored(Event):
    """Out of the trash."""

    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PagePurged(Event):
    """For good, with all versions."""

    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PageMoved(Event):
    """To another parent or position."""

    subject: ClassVar[str] = "page"


@dataclass(frozen=True, kw_only=True)
class PageReaddressed(Event):
    """The public path is another one, since a page above was moved or has another slug."""

    subject: ClassVar[str] = "page"
