"""What in a document is a text for people: where each stands, how it is marked up, and another text in its place.

Numbers, dates, references, choices, addresses, identifiers and whatever has a pattern to follow are none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from apps.content.models import Document, Element
from apps.content.schemas.keywords import Place
from apps.content.schemas.reading import Reader

Format = Literal["text", "markdown", "html"]
Path = tuple[str | int, ...]

_WORDS = {"type": ["string", "null"]}
_OF: Mapping[str, dict[str, Any]] = {
    "post": {
        "properties": {
            "title": _WORDS,
            "content": {**_WORDS, "format": "markdown"},
            "short_description": _WORDS,
            "keywords": {"items": _WORDS},
        }
    },
    "page": {
        "properties": {
            "title": _WORDS,
            "description": _WORDS,
            "seo": {"properties": dict.fromkeys(("title", "description", "og_title", "og_description"), _WORDS)},
        }
    },
}
LONGEST: Mapping[str, int] = {"title": 500, "short_description": 10_000, "description": 10_000, "keywords": 200}
"""Characters that members of posts and pages may have; of elements their type says it."""

_FORMATS: Mapping[str, Format] = {
    "": "text",
    "text": "text",
    "textarea": "text",
    "markdown": "markdown",
    "html": "html",
    "richtext": "html",
}
_NO_TEXT = {"code", "color", "colour", "slug", "url", "email", "icon", "date", "json", "password", "select"}
"""Widgets of what is a string for machines."""
_OTHER = re.compile(
    r"[a-z][a-z0-9+.-]*:/?/?\S+|/\S*|\S+@\S+\.\w+|#[0-9a-f]{3,8}|"  # addresses and colours
    r"[a-z0-9]+(?:[_./][a-z0-9]+)+|(?=\S*\d)[a-z0-9]+(?:-[a-z0-9]+)+|[a-z0-9]+(?:-[a-z0-9]+){2,}|"  # identifiers
    r"[\W\d_]*",
    re.I,
)
_LONGEST_OTHER = 500
# Possessive where a hostile text could make the search go back and forth.
_MARKS = re.compile(
    r"(?P<code>(?<!`)`++[^`]++`+)|(?P<tag><[^<>]++>)|\]\(\s*+<?(?P<link>[^)\s>]+)|"
    r"(?P<url>https?://[^\s)>\]]*[^\s)>\].,;:!?\"'])|"
    r"(?P<field>\{\{[^{}\n]*+\}\}|\{[\w.]*+\}|%\(\w++\)[sd]|(?<!\d)%[sd]\b)"
)


@dataclass(frozen=True, slots=True)
class Prose:
    """A text for people: its path in the members that are translated, and how it is marked up."""

    path: Path
    text: str
    format: Format

    @property
    def member(self) -> str:
        """The member of the document, or of an element's data, that it stands in."""
        return str(self.path[1] if self.path[0] == "data" else self.path[0])


def prose_in(document: Document, snapshot: Mapping[str, Any]) -> list[Prose]:
    """The texts of a snapshot in the order in which they stand."""
    if isinstance(document, Element):
        return list(_walk(Reader(document.type.schema), [("", document.type.schema)], snapshot["data"], ("data",)))
    schema = _OF[document.doc_type]
    members = {name: snapshot[name] for name in schema["properties"]}
    return list(_walk(Reader(schema, branches=False), [("", schema)], members, ()))


def _walk(reader: Reader, places: list[Place], value: Any, path: Path) -> Iterator[Prose]:
    flat = reader.flat(places, value)
    match value:
        case str() if flat and (marked := _format_of(flat)) and not _is_other(value.strip()):
            yield Prose(path, value, marked)
        case dict():
            for name, inner in value.items():
                yield from _walk(reader, reader.member(flat, name), inner, (*path, name))
        case list():
            for index, inner in enumerate(value):
                yield from _walk(reader, reader.item(flat, index), inner, (*path, index))


def _is_other(value: str) -> bool:
    return len(value) <= _LONGEST_OTHER and _OTHER.fullmatch(value) is not None


def _format_of(flat: list[Place]) -> Format | None:
    """How the text is marked up that these schemas describe; None when it is none for people."""
    found: set[str] = set()
    for _, schema in flat:
        hints = schema.get("x-ui")
        widget = str(hints.get("widget", "")).lower() if isinstance(hints, dict) else ""
        types = schema.get("type", "string")
        if (
            any(name in schema for name in ("enum", "const", "pattern", "x-unique"))
            or "string" not in types
            or widget in _NO_TEXT
            or schema.get("format", "") not in _FORMATS
        ):
            return None
        found |= {_FORMATS.get(widget, "text"), _FORMATS[schema.get("format", "")]}
        found |= {str(schema.get("contentMediaType", "")).removeprefix("text/")} & {"html", "markdown"}
    return "html" if "html" in found else "markdown" if "markdown" in found else "text"


def members_with(snapshot: Mapping[str, Any], texts: Mapping[Path, str]) -> dict[str, Any]:
    """The members to lay over the snapshot so that these texts stand in it: of `data` and `seo` only those of their
    members that hold one, everything else whole."""
    members: dict[str, Any] = {}
    for path, text in texts.items():
        where, source = members, snapshot
        if path[0] in ("data", "seo"):
            where, source, path = members.setdefault(path[0], {}), snapshot[path[0]], path[1:]
        name = str(path[0])
        where[name] = _with(where.get(name, source[name]), path[1:], text)
    return members


def _with(value: Any, path: Path, text: str) -> Any:
    if not path:
        return text
    if isinstance(value, list):
        return [_with(one, path[1:], text) if index == path[0] else one for index, one in enumerate(value)]
    return {name: _with(one, path[1:], text) if name == path[0] else one for name, one in value.items()}


def marks_of(text: str) -> Counter[tuple[str, str]]:
    """What has to stay when a text is translated: code, tags, addresses, fields to be filled; each as often."""
    return Counter((str(found.lastgroup), found[str(found.lastgroup)]) for found in _MARKS.finditer(text))
