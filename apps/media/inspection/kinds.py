"""The kinds of files that are taken, told apart by how their bytes begin (after the WHATWG's MIME Sniffing)."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

HEAD = 4096  # bytes that are looked at

# By type: extensions that a file of it may have, the first where it has another.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/avif": ("avif",),
    "image/svg+xml": ("svg",),
    "application/pdf": ("pdf",),
    "application/zip": ("zip",),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "video/ogg": ("ogv",),
    "video/mp4": ("mp4", "m4v"),
    "video/webm": ("webm",),
    "text/plain": ("txt",),
    "text/markdown": ("md", "markdown"),
    "text/csv": ("csv",),
}
TYPES = {extension: type for type, extensions in EXTENSIONS.items() for extension in extensions}
RASTER = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}

_MP4 = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
_MARKUP = re.compile(
    rb"(?:<!--.*?-->|<\?xml.*?\?>|<!doctype\s+svg[^>\[]*(?:\[.*?\]\s*)?>|\s)*"
    rb"<(?:(?P<svg>(?:svg:)?svg)|!doctype\s+html|html|head|body|script|iframe|style|title|xml|\?|!|\w+:html)(?=[\s>/:\[])",
    re.IGNORECASE | re.DOTALL,
)
# Control characters that text does not have; escape sequences would act on a terminal.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`media_type` is empty where the bytes do not say what they are."""

    media_type: str
    text: bool = False


def sniff(head: bytes) -> Sniffed:
    """What a file that begins with these bytes is, or may be."""
    match head[:4]:
        case b"\x89PNG" if head[:8] == b"\x89PNG\r\n\x1a\n":
            return Sniffed("image/png")
        case b"GIF8" if head[:6] in (b"GIF87a", b"GIF89a"):
            return Sniffed("image/gif")
        case b"RIFF" if head[8:12] == b"WEBP":
            return Sniffed("image/webp")
        case b"RIFF" if head[8:12] == b"WAVE":
            return Sniffed("audio/wav")
        case b"%PDF" if head[4:5] == b"-":
            return Sniffed("application/pdf")
        case b"PK\x03\x04" | b"PK\x05\x06":
            return Sniffed("application/zip")
        case b"OggS":
            return Sniffed("video/ogg" if b"\x80theora" in head[:300] else "audio/ogg")
        case b"\x1aE\xdf\xa3":
            return Sniffed("video/webm" if b"\x42\x82\x84webm" in head[:64] else "")
    if head[:3] == b"\xff\xd8\xff":
        return Sniffed("image/jpeg")
    if head[:3] == b"ID3" or _is_mp3(head):
        return Sniffed("audio/mpeg")
    if head[4:8] == b"ftyp":
        return Sniffed(_of_brands(head))
    markup = _MARKUP.match(head.removeprefix(codecs.BOM_UTF8))
    if markup:
        return Sniffed("image/svg+xml" if markup["svg"] else "")
    return Sniffed("", text=True)


def _of_brands(head: bytes) -> str:
    """ISO base media by its brands (ISO/IEC 14496-12, 4.3; AVIF 1.1, 6.2)."""
    size = min(int.from_bytes(head[:4]), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))}
    if brands & {b"avif", b"avis"}:
        return "image/avif"
    return "video/mp4" if brands & _MP4 else ""


def _is_mp3(head: bytes) -> bool:
    """Two frames of MPEG audio layer III in a row; one alone begins many other files (ISO/IEC 11172-3, 2.4)."""
    length = mp3_frame(head[:4])
    return bool(length) and bool(mp3_frame(head[length : length + 4]))


def mp3_frame(header: bytes) -> int:
    """Length of the frame with this header in bytes; 0 when it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, rate, sampling = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or sampling == 3:
        return 0
    first = version == 3
    rates = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    lower = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    hertz = (44100, 48000, 32000)[sampling] // {3: 1, 2: 2, 0: 4}[version]
    kilobits = (rates if first else lower)[rate - 1]
    return (144 if first else 72) * kilobits * 1000 // hertz + (header[2] >> 1 & 1)


def is_text(chunks: Iterable[bytes]) -> bool:
    """Whether all of it is UTF-8 without control characters."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    try:
        found = any(_NOT_TEXT.search(decode(chunk)) for chunk in chunks)
        decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not found
