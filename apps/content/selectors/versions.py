"""What a document was, save by save."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from apps.content.models import Document, Version
from apps.core import errors
from apps.core.encoding import dumps, loads
from apps.core.query import Page

MAX_CHANGES = 50
MAX_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A member that became another; `before` and `after` are None where it was not there."""

    path: str
    kind: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in a document's history; `public` while it is the one that the public sees."""

    version: Version
    public: bool
    diff: list[Change] = field(default_factory=list)
    diff_cut: bool = False


def versions_of(document: Document) -> QuerySet[Version]:
    rows = Version.objects.filter(doc_type=document.doc_type, doc_id=document.pk)
    return rows.select_related("author").order_by("-number")


def version_for(document: Document, number: int) -> Entry:
    """404 for a version that there never was."""
    found = versions_of(document).filter(number=number).first() if number < 2**31 else None
    if found is None:
        raise errors.NotFound
    return Entry(found, number == document.published_version)


def history_of(document: Document, query: dict[str, Any]) -> Page:
    """A page of the versions, newest first, each with what it changed; two are in memory at a time."""
    page, size = query["page"], query["size"]
    rows, start = versions_of(document), (page - 1) * size
    entries: list[Entry] = []
    newer: tuple[Version, Any] | None = None
    for version in rows[start : start + size + 1].iterator(chunk_size=2):
        snapshot = loads(version.source)
        snapshot.pop("type_version", None)
        version.source = ""
        if newer:
            entries.append(_entry(document, newer[0], snapshot, newer[1]))
        newer = (version, snapshot)
    if newer and len(entries) < size:
        entries.append(Entry(newer[0], newer[0].number == document.published_version))
    return Page(entries, rows.order_by().count(), page, size)


def _entry(document: Document, version: Version, before: Any, after: Any) -> Entry:
    found: list[Change] = []
    for change in changes(before, after):
        found.append(change)
        if len(found) > MAX_CHANGES:
            break
    public = version.number == document.published_version
    return Entry(version, public, found[:MAX_CHANGES], len(found) > MAX_CHANGES)


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """What differs, by dotted path: members of objects by name, of arrays by index."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = {key: (before.get(key, _NONE), after.get(key, _NONE)) for key in before | after}
    elif isinstance(before, list) and isinstance(after, list):
        longest = range(max(len(before), len(after)))
        pairs = {str(i): (_at(before, i), _at(after, i)) for i in longest}
    else:
        if type(before) is not type(after) or before != after:
            yield _change(path, before, after)
        return
    for key, (old, new) in pairs.items():
        yield from changes(old, new, f"{path}.{key}" if path else key)


_NONE: Any = object()


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _NONE


def _change(path: str, before: Any, after: Any) -> Change:
    kind = "added" if before is _NONE else "removed" if after is _NONE else "changed"
    return Change(path[:300], kind, _shown(before), _shown(after))


def _shown(value: Any) -> Any:
    """A value to look at: a long one as the first of its text."""
    if value is _NONE or value is None or isinstance(value, bool | int | float):
        return None if value is _NONE else value
    text = value if isinstance(value, str) else dumps(value).decode()
    return value if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
