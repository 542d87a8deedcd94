"""One upload in, the file to store out."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import File

from apps.core.errors import TooLarge
from apps.media.errors import TypeRefused
from apps.media.inspection import clips, kinds, svg
from apps.media.pictures import pool


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be stored: `content` without metadata, `extensions` that its name may have, best first."""

    media_type: str
    extensions: tuple[str, ...]
    content: File[Any]
    width: int | None = None
    height: int | None = None
    placeholder: str = ""
    duration: float | None = None


def inspect(upload: File[Any]) -> Inspected:
    """Refuses unless the bytes are one of `kinds.EXTENSIONS` and harmless; the stored type is what the bytes say."""
    upload.seek(0)
    sniffed = kinds.sniff(upload.read(kinds.HEAD))
    upload.seek(0)
    media_type = sniffed.media_type
    if sniffed.text:
        # Plain bytes have no mark of their own: here alone the extension chooses, and only among kinds of text.
        media_type = kinds.TYPES.get((upload.name or "").rpartition(".")[2].lower(), "")
        if not media_type.startswith("text/") or not kinds.is_text(upload.chunks()):
            raise TypeRefused
        upload.seek(0)
    if not media_type:
        raise TypeRefused
    extensions = kinds.EXTENSIONS[media_type]
    if media_type in kinds.RASTER:
        # Decoded in memory, whatever way it came.
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise TooLarge(limit=settings.UPLOAD_MAX_BYTES)
        picture = pool.inspect(upload.read(), kinds.RASTER[media_type])
        content = File(io.BytesIO(picture.content), name=upload.name)
        return Inspected(media_type, extensions, content, picture.width, picture.height, picture.placeholder)
    if media_type == "image/svg+xml":
        width, height = svg.inspect(upload)
        return Inspected(media_type, extensions, upload, width, height)
    clip = clips.read(upload, media_type, upload.size or 0)
    return Inspected(media_type, extensions, upload, clip.width, clip.height, duration=clip.duration)
