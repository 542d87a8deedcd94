"""What happens to websites; their documents and media tell of themselves too."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class WebsiteBegun(Event):
    """A brief was accepted and is being worked on."""

    subject: ClassVar[str] = "website"
    design: str


@dataclass(frozen=True, kw_only=True)
class WebsiteMade(Event):
    """Its documents are there, as drafts; `documents` counts them."""

    subject: ClassVar[str] = "website"
    documents: int


@dataclass(frozen=True, kw_only=True)
class WebsiteFailed(Event):
    """It came to nothing, and nothing of it is left."""

    subject: ClassVar[str] = "website"


@dataclass(frozen=True, kw_only=True)
class WebsitePublished(Event):
    """So many of its documents became public; `failed` did not."""

    subject: ClassVar[str] = "website"
    published: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class WebsiteDiscarded(Event):
    """So many of its documents went to the trash; `failed` stayed."""

    subject: ClassVar[str] = "website"
    trashed: int
    failed: int
