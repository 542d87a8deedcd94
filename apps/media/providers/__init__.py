"""Storages that take large files in parts straight from clients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.core.files.base import File
from django.core.files.storage import default_storage

Parts = Sequence[tuple[int, int]]
"""Number, from 1, and size in bytes of each part."""


class Direct(Protocol):
    """Parts come by PUT to addresses that need no token; `path` is theirs alone in the storage."""

    def begin(self, path: str) -> str:
        """Gets ready for parts; answers what the storage calls them."""

    def address(self, path: str, reference: str, number: int, size: int, *, seconds: int) -> str:
        """Where one part is put, for so long."""

    def gather(self, path: str, reference: str, parts: Parts) -> File[bytes]:
        """All of it, as a temporary file; `media.parts` names those that are missing or of another size."""

    def end(self, path: str, reference: str, parts: Parts) -> None:
        """Forgets and deletes what has come; nothing to do is no error."""


def direct() -> Direct:
    """That of the storage which the settings name."""
    from apps.media.providers import local, s3

    return s3.BucketParts(default_storage) if s3.is_bucket(default_storage) else local.LocalParts()
