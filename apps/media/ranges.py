"""Parts of files (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest
from django.utils.http import parse_http_date_safe

from apps.media.errors import RangeNotSatisfiable

_SINGLE = re.compile(r"bytes\s*=\s*(?:(?P<first>\d{1,18})\s*-\s*(?P<last>\d{1,18})?|-\s*(?P<suffix>\d{1,18}))\s*")
CHUNK = 64 * 1024


def wanted(request: HttpRequest, size: int, tag: str, modified: int | None = None) -> tuple[int, int] | None:
    """First and last byte of the range that is asked for and may be given; None for the whole file.

    What is not one well-formed range of bytes is left out of account, as the standard allows: several ranges, other
    units. So is a range for another version of the file than ours (`If-Range`). 416 when it lies behind the end.
    """
    found = _SINGLE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or not found:
        return None
    condition = request.headers.get("If-Range", "").strip()
    if condition and condition != f'"{tag}"' and (modified is None or parse_http_date_safe(condition) != modified):
        return None
    if found["suffix"] is not None:
        first, last = max(0, size - int(found["suffix"])), size - 1
        if first > last:
            first = size
    else:
        first, last = int(found["first"]), min(int(found["last"] or size - 1), size - 1)
        if found["last"] is not None and int(found["last"]) < first:
            return None
    if first >= size:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return first, last


class Part:
    """The bytes of an open file from `start`, `length` of them, in chunks; closes the file, read or not."""

    def __init__(self, file: IO[bytes], start: int, length: int) -> None:
        self.file, self.start, self.length = file, start, length

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.start)
        left = self.length
        while left > 0 and (chunk := self.file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self.file.close()
