from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MediaUploaded(Event):
    subject: ClassVar[str] = "media"
    media_type: str
    file_size: int


@dataclass(frozen=True, kw_only=True)
class MediaUpdated(Event):
    """`changed` names the members that were given. The address of a file never changes."""

    subject: ClassVar[str] = "media"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MediaDeleted(Event):
    """What shows the file shows nothing in its place from now on."""

    subject: ClassVar[str] = "media"
    media_type: str
