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
    """`changed` names the members that were given. The file and its address stay."""

    subject: ClassVar[str] = "media"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MediaDeleted(Event):
    """What shows the file shows nothing in its place from now on."""

    subject: ClassVar[str] = "media"
    media_type: str


@dataclass(frozen=True, kw_only=True)
class MediaReplaced(Event):
    """Another file stands in the place of the one before; the address that shows it is another one."""

    subject: ClassVar[str] = "media"
    media_type: str
    file_size: int
    revision: int


@dataclass(frozen=True, kw_only=True)
class FolderCreated(Event):
    subject: ClassVar[str] = "folder"


@dataclass(frozen=True, kw_only=True)
class FolderUpdated(Event):
    """`changed` names the members that were given: `name`, `parent_id`."""

    subject: ClassVar[str] = "folder"
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FolderDeleted(Event):
    """`folders`: how many went, itself included; `media`: how many files are in the folder above now."""

    subject: ClassVar[str] = "folder"
    folders: int
    media: int


@dataclass(frozen=True, kw_only=True)
class UploadBegun(Event):
    """A file of `size` bytes is about to come in parts; when it is whole, `media_uploaded` tells."""

    subject: ClassVar[str] = "upload"
    size: int


@dataclass(frozen=True, kw_only=True)
class UploadAborted(Event):
    subject: ClassVar[str] = "upload"
