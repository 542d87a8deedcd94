"""Cutting metadata out of pictures, and what follows their end, without decoding a pixel.

What is kept is what changes how the picture looks: colour profiles, gamma, animation. What goes: EXIF with its
places and times, XMP, IPTC, comments, thumbnails, and bytes behind the end, where other files like to hide.
"""

import io
import re
from collections.abc import Callable, Iterator

from PIL import Image


class Broken(ValueError):
    """The structure is not that of the format."""


def stripped(data: bytes, format: str) -> bytes:
    """The same picture without metadata; `format` as Pillow calls it. Raises `Broken`."""
    return _BY_FORMAT[format](data)


# ISO/IEC 10918-1, B.1.1: entropy-coded data ends at a marker that is neither stuffing nor a restart.
_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_SCAN, _END = 0xDA, 0xD9


def _jpeg(data: bytes) -> bytes:
    """Keeps JFIF (APP0), colour profiles (APP2 `ICC_PROFILE`) and Adobe's colour transform (APP14)."""
    kept, at = [data[:2]], 2
    while at < len(data):
        found = _MARKER.match(data, at)
        if not found:
            raise Broken
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            return b"".join(kept) + b"\xff\xd9"
        length = int.from_bytes(data[at : at + 2])
        segment, at = data[at : at + length], at + length
        if length < 2 or len(segment) < length:
            raise Broken
        application = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not application or marker in (0xE0, 0xEE) or (marker == 0xE2 and segment[2:13] == b"ICC_PROFILE"):
            kept.append(bytes((0xFF, marker)) + segment)
        if marker == _SCAN:
            end = _MARKER.search(data, at)
            # Cameras that lose power leave the end off; browsers show such pictures.
            stop = end.start() if end else len(data)
            kept.append(data[at:stop])
            at = stop
    return b"".join(kept) + b"\xff\xd9"


_PNG_DROPPED = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX"}


def _png(data: bytes) -> bytes:
    """Drops texts, EXIF and time; everything else stays (PNG, third edition, 5 and 11)."""
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if end > len(data):
            raise Broken
        if kind not in _PNG_DROPPED:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end
    raise Broken


_VP8X_EXIF_XMP = 0b1100


def _webp(data: bytes) -> bytes:
    """Drops the EXIF and XMP chunks and the flags that announce them (RFC 9649, 2.7)."""
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    body, at = b"", 12
    while at + 8 <= end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        stop = at + 8 + size + size % 2
        chunk = data[at:stop]
        if at + 8 + size > end:
            raise Broken
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_VP8X_EXIF_XMP & 0xFF,)) + chunk[9:]
        if kind not in (b"EXIF", b"XMP "):
            body += chunk
        at = stop
    if not body:
        raise Broken
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _gif(data: bytes) -> bytes:
    """Drops comments and application data other than the number of repetitions (GIF89a, 23 to 26)."""
    at = 13 + _table(data[10])
    kept = [data[:at]]
    while at < len(data):
        start, kind = at, data[at]
        if kind == 0x3B:
            return b"".join(kept) + b";"
        if kind == 0x2C and at + 10 <= len(data):
            at = _blocks(data, at + 11 + _table(data[at + 9]))
            kept.append(data[start:at])
        elif kind == 0x21 and at + 2 <= len(data):
            at = _blocks(data, at + 2)
            if data[start + 1] == 0xF9 or data[start + 2 : start + 14] in (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0"):
                kept.append(data[start:at])
        else:
            raise Broken
    raise Broken


def _table(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """The place behind a row of sub-blocks."""
    while at < len(data):
        size = data[at]
        at += 1 + size
        if size == 0:
            return at
    raise Broken


def _avif(data: bytes) -> bytes:
    """Blanks EXIF and XMP in place, since boxes refer to each other by position; cuts what follows the last box."""
    data = data[: max(_boxes(data), default=0)]
    with Image.open(io.BytesIO(data), formats=["AVIF"]) as image:
        for blob in (image.info.get("exif"), image.info.get("xmp")):
            if not isinstance(blob, bytes) or not blob:
                continue
            blob = blob.removeprefix(b"Exif\0\0")
            if blob not in data:
                raise Broken
            # Decoders want EXIF to begin with the header of TIFF; what follows is a directory without entries.
            kept = blob[:8] if blob[:4] in (b"II*\0", b"MM\0*") else b""
            data = data.replace(blob, kept.ljust(len(blob), b"\0"))
    return data


def _boxes(data: bytes) -> Iterator[int]:
    """Where each of the outer boxes ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data) and data[at + 4 : at + 8].isalnum():
        size = int.from_bytes(data[at : at + 4])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        elif size == 0:
            size = len(data) - at
        if size < 8 or at + size > len(data):
            return
        at += size
        yield at


_BY_FORMAT: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
    "AVIF": _avif,
}
