"""Files as clients send them, good and bad, and media made through the service."""

import io
import struct
import zlib
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.core.actor import Actor
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.services import media


def picture(format: str = "PNG", size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    """A picture that is not the same on both sides, so that turning it shows."""
    image = Image.new("RGB", size, (200, 40, 40))
    image.paste((20, 60, 220), (0, 0, size[0] // 2, size[1]))
    target = io.BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def camera(format: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (32, 16)) -> bytes:
    """A picture with the place where it was taken, and the maker's name, in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    return picture(format, size, exif=exif.tobytes())


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int = 13_000, height: int = 13_000) -> bytes:
    """A one-bit PNG of a few kilobytes that is 169 million pixels."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer, row = zlib.compressobj(9), bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def file(name: str, content: bytes, type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=type)


def make(site: Any, *, name: str = "a.png", content: bytes | None = None, author: Any = None, **about: Any) -> Media:
    """Media in the site's tenant, by the user or by the system."""
    actor = Actor.system(because="tests", tenant_id=site.tenant_id)
    if author is not None:
        actor = Actor(kind="user", id=author.pk, tenant_id=site.tenant_id)
    with inside(site.tenant):
        return media.upload(actor=actor, site=site, upload=file(name, content or picture()), **about)


def stored(site: Any) -> set[str]:
    """The names of all files that the storage has of the site."""
    folder = f"uploads/site_{site.pk}"
    try:
        return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    except FileNotFoundError:
        return set()
