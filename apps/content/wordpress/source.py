"""An export file as text that an XML parser accepts: decoded, without the characters XML 1.0 forbids, in pieces."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import HostileExport, UnreadableExport

PIECE = 256 * 1024
LARGEST_ENTRY = 32 * 1024 * 1024
"""Characters one item may span, comments included; WordPress itself refuses posts beyond a few megabytes."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")  # XML 1.0, production [2] Char
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_KNOWN = re.compile(r"utf-8|ascii|(iso8859|cp125|koi8|euc_|gb|big5|shift_jis).*")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)


class CleanText:
    """A readable source for the XML parser.

    WordPress writes control characters that sit in its database straight into exports, and plugins put blank lines
    before the XML declaration: both are dropped, as is NUL. Bytes that are not in the declared encoding become
    U+FFFD, since one broken character should not cost the whole site. `skipped_lines` says how many lines were
    dropped at the start.
    """

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._since_entry = 0
        self._started = False
        self.skipped_lines = 0
        self.at_end = False

    def entry_starts(self) -> None:
        """Told by the reader at each new entry, so that no single one can fill the memory."""
        self._since_entry = 0

    def read(self, size: int = PIECE) -> str:
        """The next piece, larger than asked for: small ones make expat rescan long tokens. Empty at the end."""
        while piece := self._text.read(PIECE):
            self._since_entry += len(piece)
            if self._since_entry > LARGEST_ENTRY + 2 * PIECE:
                raise HostileExport(f"One entry is larger than {LARGEST_ENTRY // 2**20} MB")
            clean = _FORBIDDEN.sub("", piece)
            if not self._started:
                start = clean.lstrip("\ufeff \t\r\n")
                self.skipped_lines += clean[: len(clean) - len(start)].count("\n")
                clean, self._started = start, bool(start)
            if clean:
                return clean
        self.at_end = True
        return ""


def _encoding(head: bytes) -> str:
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise UnreadableExport("This is a compressed archive: unpack it and give the .xml file inside")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    declared = _ENCODING.match(head)
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    try:
        known = codecs.lookup(name).name
    except LookupError:
        known = ""
    if not _KNOWN.fullmatch(known):
        raise UnreadableExport(f"The encoding “{name}” is not known", 1)
    return known


@contextmanager
def open_text(path: Path) -> Iterator[CleanText]:
    """Opens the file for one pass."""
    with path.open("rb") as file:
        encoding = _encoding(file.read(512))
        file.seek(0)
        yield CleanText(io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=""))
