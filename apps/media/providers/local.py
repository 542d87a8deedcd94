"""Parts of large files beside the other files of the local storage, put there by `/files/parts/{token}`."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from django.conf import settings
from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage

from apps.media.errors import PartsMissing
from apps.media.providers import Parts

_SALT = "media.part"


def place(path: str, number: int) -> str:
    return f"{path}_{number}"


class LocalParts:
    """Each part is a file; names begin with a dot, which `/files/` never gives out."""

    def begin(self, path: str) -> str:
        return ""

    def address(self, path: str, reference: str, number: int, size: int, *, seconds: int) -> str:
        token = signing.dumps([path, number, size], salt=_SALT)
        return f"{settings.PUBLIC_BASE_URL}/files/parts/{token}"

    def gather(self, path: str, reference: str, parts: Parts) -> File[bytes]:
        there = {number for number, size in parts if _size(place(path, number)) == size}
        if missing := [number for number, _ in parts if number not in there]:
            raise PartsMissing(parts=missing[:100])
        whole: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        for number, _ in parts:
            with default_storage.open(place(path, number), "rb") as part:
                for chunk in part.chunks():
                    whole.write(chunk)
        whole.seek(0)
        return File(whole)

    def end(self, path: str, reference: str, parts: Parts) -> None:
        for number, _ in parts:
            default_storage.delete(place(path, number))


def opened(token: str, *, seconds: int) -> tuple[str, int, int] | None:
    """Path, number and size of the part that the token is for; None for one that is not ours, or is over."""
    try:
        path, number, size = signing.loads(token, salt=_SALT, max_age=seconds)
    except signing.BadSignature:
        return None
    return str(path), int(number), int(size)


def put(path: str, number: int, content: Any) -> None:
    """Stores a part; one that is sent again takes the place of the first."""
    name = place(path, number)
    default_storage.delete(name)
    if default_storage.save(name, File(content, name=name)) != name:
        raise OSError(f"{name} was put twice at once")


def _size(name: str) -> int:
    return default_storage.size(name) if default_storage.exists(name) else -1
