"""Writing an XMP packet into a picture that has none, without decoding a pixel: PNG, JPEG and WebP."""

import struct
import zlib
from collections.abc import Callable

_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_VP8X_XMP, _VP8X_ALPHA = 0b100, 0b10000


def marked(data: bytes, media_type: str, packet: bytes) -> bytes:
    """The same picture with the packet; unchanged where the format is none of the three."""
    write = _BY_TYPE.get(media_type)
    return write(data, packet) if write else data


def _jpeg(data: bytes, packet: bytes) -> bytes:
    """In an APP1 segment of its own, behind JFIF's (XMP specification, part 3, 1.1.3)."""
    at = 2
    while data[at : at + 2] == b"\xff\xe0":
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    body = _JPEG_XMP + packet
    return data[:at] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[at:]


def _png(data: bytes, packet: bytes) -> bytes:
    """In an uncompressed iTXt chunk behind the header (part 3, 1.1.5)."""
    body = b"iTXt" + b"XML:com.adobe.xmp" + b"\0" * 5 + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + chunk + data[33:]


def _webp(data: bytes, packet: bytes) -> bytes:
    """In a chunk at the end, announced by the extended header (RFC 9649, 2.7)."""
    body = data[12:]
    if body[:4] != b"VP8X":
        body = _extended(body) + body
    body = body[:8] + bytes((body[8] | _VP8X_XMP,)) + body[9:]
    body += b"XMP " + struct.pack("<I", len(packet)) + packet + b"\0" * (len(packet) % 2)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _extended(body: bytes) -> bytes:
    """The header that a plain picture lacks: its size, and whether it may be transparent (RFC 9649, 2.5 and 3.4)."""
    flags = 0
    if body[:4] == b"VP8L":
        head = int.from_bytes(body[9:13], "little")
        width, height = head & 0x3FFF, head >> 14 & 0x3FFF
        flags = _VP8X_ALPHA if head >> 28 & 1 else 0
    else:
        width, height = ((side & 0x3FFF) - 1 for side in struct.unpack("<HH", body[14:18]))
    sides = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    return b"VP8X" + struct.pack("<I", 10) + bytes((flags, 0, 0, 0)) + sides


_BY_TYPE: dict[str, Callable[[bytes, bytes], bytes]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
}
