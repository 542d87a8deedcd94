"""How long a sound or film takes and how large its picture is, where its head says so; nothing is decoded.

What cannot be read is None: a file is taken or refused for its kind alone.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from apps.media.inspection import kinds

MOST_BOXES = 10_000
HEAD = 1024 * 1024
TAIL = 64 * 1024
LONGEST = 1e7
"""Seconds; what claims to be longer is not believed."""


@dataclass(slots=True)
class Clip:
    duration: float | None = None
    width: int | None = None
    height: int | None = None


def read(file: IO[bytes], media_type: str, size: int) -> Clip:
    """What the file of that size says of itself."""
    reader = _READERS.get(media_type)
    found = Clip()
    if reader is not None:
        with suppress(ValueError, LookupError, ArithmeticError, struct.error):
            reader(file, size, found)
        file.seek(0)
    if found.duration is not None and not 0 < found.duration < LONGEST:
        found.duration = None
    if not (found.width and found.height and max(found.width, found.height) < 2**16):
        found.width = found.height = None
    return found


def _mp4(file: IO[bytes], size: int, found: Clip) -> None:
    """`mvhd` for the duration, the first `tkhd` with a size for the picture (ISO/IEC 14496-12, 8.2.2 and 8.3.2)."""
    for at, end in _boxes(file, 0, size, b"moov"):
        for start, _ in _boxes(file, at, end, b"mvhd"):
            file.seek(start)
            head = file.read(32)
            scale, length = struct.unpack(">IQ", head[20:32]) if head[0] == 1 else struct.unpack(">II", head[12:20])
            found.duration = round(length / scale, 3)
        for start, stop in _boxes(file, at, end, b"trak"):
            for inner, _ in _boxes(file, start, stop, b"tkhd"):
                file.seek(inner)
                head = file.read(96)
                place = 88 if head[0] == 1 else 76
                width, height = struct.unpack(">II", head[place : place + 8])
                if width >> 16 and not found.width:
                    found.width, found.height = width >> 16, height >> 16


def _boxes(file: IO[bytes], at: int, end: int, wanted: bytes) -> Iterator[tuple[int, int]]:
    """Where the contents of the boxes of that type begin and end."""
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(16)
        length, begin = int.from_bytes(head[:4]), at + 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16]), at + 16
        stop = at + length if length else end
        if stop < begin or stop > end:
            return
        if head[4:8] == wanted:
            yield begin, stop
        at = stop


def _wav(file: IO[bytes], size: int, found: Clip) -> None:
    """The size of `data` by the bytes a second of `fmt ` (RIFF; multimedia programming interface 1.0, 3)."""
    at, rate = 12, 0
    for _ in range(MOST_BOXES):
        if at + 8 > size:
            return
        file.seek(at)
        head = file.read(20)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] == b"fmt ":
            rate = int.from_bytes(head[16:20], "little")
        elif head[:4] == b"data":
            found.duration = round(min(length, size - at - 8) / rate, 3)
            return
        at += 8 + length + length % 2


def _ogg(file: IO[bytes], size: int, found: Clip) -> None:
    """The last page's granule position by the rate of the first packet (RFC 3533, 6; RFC 7845, 4; Vorbis I, 4.2.2)."""
    head = file.read(512)
    skipped = 0
    if (opus := head.find(b"OpusHead")) >= 0:
        rate, skipped = 48_000, int.from_bytes(head[opus + 10 : opus + 12], "little")
    else:
        vorbis = head.index(b"\x01vorbis")
        rate = int.from_bytes(head[vorbis + 12 : vorbis + 16], "little")
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    last = tail.rindex(b"OggS")
    found.duration = round((int.from_bytes(tail[last + 6 : last + 14], "little") - skipped) / rate, 3)


def _mp3(file: IO[bytes], size: int, found: Clip) -> None:
    """The frames that a Xing header counts; without one all are as large as the first (ISO/IEC 11172-3, 2.4)."""
    head, start = file.read(10), 0
    if head[:3] == b"ID3":
        start = 10 + sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    data = file.read(4096)
    at = min(n for n in range(len(data) - 4) if data[n] == 0xFF and kinds.mp3_frame(data[n : n + 4]))
    first = data[at + 1] >> 3 & 3 == 3
    hertz = (44100, 48000, 32000)[data[at + 2] >> 2 & 3] // {3: 1, 2: 2, 0: 4}[data[at + 1] >> 3 & 3]
    samples = 1152 if first else 576
    frame = data[at : at + 200]
    for mark in (b"Xing", b"Info"):
        if (place := frame.find(mark)) >= 0 and frame[place + 7] & 1:
            found.duration = round(int.from_bytes(frame[place + 8 : place + 12]) * samples / hertz, 3)
            return
    found.duration = round((size - start - at) / kinds.mp3_frame(data[at : at + 4]) * samples / hertz, 3)


def _webm(file: IO[bytes], size: int, found: Clip) -> None:
    """`Duration` by `TimestampScale`, and the pixels of the first track that has some (RFC 9559, 5.1)."""
    data = file.read(HEAD)
    scale, length = 1_000_000, None
    for kind, start, stop in _elements(data, 0, len(data)):
        value = data[start:stop]
        if kind == 0x2AD7B1:
            scale = int.from_bytes(value)
        elif kind == 0x4489:
            length = struct.unpack(">d" if len(value) == 8 else ">f", value)[0]
        elif kind == 0xB0 and not found.width:
            found.width = int.from_bytes(value)
        elif kind == 0xBA and not found.height:
            found.height = int.from_bytes(value)
    if length is not None:
        found.duration = round(length * scale / 1e9, 3)


_PARENTS = {0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0}


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, begin and end of each element, those inside of the ones that matter too (RFC 8794, 5 and 6)."""
    for _ in range(MOST_BOXES):
        if at >= end or not data[at]:
            return
        width = 9 - data[at].bit_length()
        kind, at = int.from_bytes(data[at : at + width]), at + width
        if at >= end or not data[at]:
            return
        width = 9 - data[at].bit_length()
        length = int.from_bytes(data[at : at + width]) & ((1 << 7 * width) - 1)
        unknown, at = length == (1 << 7 * width) - 1, at + width
        stop = end if unknown else min(at + length, end)
        if kind in _PARENTS:
            yield from _elements(data, at, stop)
        else:
            yield kind, at, stop
        at = stop


_READERS: dict[str, Callable[[IO[bytes], int, Clip], Any]] = {
    "video/mp4": _mp4,
    "video/webm": _webm,
    "audio/mpeg": _mp3,
    "audio/wav": _wav,
    "audio/ogg": _ogg,
}
