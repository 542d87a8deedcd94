"""Fragments of a text with the words in them marked that were looked for; the rest of it escaped."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from apps.search.words import folded

SHORTEST, LONGEST = 30, 200
MOST_FRAGMENTS = 3
EXAMINED = 20_000
MOST_MATCHES = 400
_AROUND = 50


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Each plain letter with those that only differ from it by marks."""
    found: dict[str, str] = {}
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        plain = unicodedata.normalize("NFD", chr(code))[0].lower()
        if plain.isascii() and plain.isalpha():
            found[plain] = found.get(plain, "") + chr(code)
    return found


def candidates(wanted: Iterable[str]) -> re.Pattern[str] | None:
    """What finds the words of a text that may have the stem of one that is wanted: those that begin alike."""
    beginnings = set()
    for word in wanted:
        beginning = ""
        for letter in word[:2]:
            others = _alike().get(letter, "")
            beginning += f"[{re.escape(letter)}{re.escape(letter.upper())}{others}]" + ("e?" if letter in "aou" else "")
        beginnings.add(beginning)
    if not beginnings:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(beginnings))})[^\W_]*")


def words_in(pattern: re.Pattern[str], text: str, language: str) -> set[str]:
    """The candidates among the text's words, folded."""
    found: set[str] = set()
    for match in pattern.finditer(text[:EXAMINED]):
        found.add(folded(match[0], language))
        if len(found) >= MOST_MATCHES:
            break
    return found


def fragments(text: str, pattern: re.Pattern[str], matches: Callable[[str], bool]) -> list[str]:
    """Up to three pieces of 30 to 200 characters, markup included, around the words that match; none without one."""
    text = text[:EXAMINED]
    spans: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        if matches(match[0]):
            spans.append(match.span())
            if len(spans) >= 50:
                break
    found: list[str] = []
    end = 0
    for begin, finish in spans:
        if begin < end or len(found) >= MOST_FRAGMENTS:
            continue
        start, end = _window(text, begin, finish, after=end)
        piece = _rendered(text, start, end, spans)
        while len(piece) > LONGEST and end - start > SHORTEST + 10:
            end = max(finish, start + (end - start) * 3 // 4)
            start = max(start, begin - (end - start) // 2) if end == finish else start
            piece = _rendered(text, start, end, spans)
            if end == finish and begin - start < SHORTEST:
                break
        found.append(piece)
    return found


def _window(text: str, begin: int, finish: int, *, after: int) -> tuple[int, int]:
    """A piece of some 130 characters around the word, from and to the ends of words."""
    start = max(after, begin - _AROUND)
    if start > after or (start and not text[start - 1].isspace()):
        space = text.find(" ", start, begin)
        start = space + 1 if space >= 0 else start
    stop = min(len(text), max(finish, start + LONGEST - 70))
    if stop < len(text):
        space = text.rfind(" ", finish, stop)
        stop = space if space > finish else stop
    if stop - start < SHORTEST:
        start = max(0, min(start, stop - SHORTEST))
        stop = min(len(text), max(stop, start + SHORTEST))
    return start, stop


def _rendered(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> str:
    parts, at = [], start
    for begin, finish in spans:
        if begin >= at and finish <= end:
            parts += [html.escape(text[at:begin], quote=False), f"<mark>{html.escape(text[begin:finish])}</mark>"]
            at = finish
    return "".join(parts) + html.escape(text[at:end], quote=False)
