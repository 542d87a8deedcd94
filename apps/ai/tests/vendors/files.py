"""Files that the vendors' doubles answer with, made by the standard library alone."""

import struct
import zlib


def png(width: int, height: int, colour: tuple[int, int, int] = (200, 90, 60)) -> bytes:
    """An even picture (PNG specification, section 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def samples(seconds: float, rate: int = 22_050) -> bytes:
    """A square wave of 16 bit."""
    return b"".join(struct.pack("<h", 4000 if at // 50 % 2 else -4000) for at in range(int(seconds * rate)))


def wav(seconds: float, rate: int = 22_050) -> bytes:
    data = samples(seconds, rate)
    form = (b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", len(data))
    return struct.pack("<4sI4s4sIHHIIHH4sI", *form) + data


MP4 = struct.pack(">I4s4sI4s", 20, b"ftyp", b"isom", 512, b"mp41") + struct.pack(">I4s", 8, b"mdat")
