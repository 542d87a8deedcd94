"""The ids in what documents say, exchanged for others: a site on its way to where its ids are somebody else's.

What is a reference is said by the type's schema: by the one under which the data was written, and by today's, as which
an old version would be read if it was restored.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apps.content import schemas
from apps.content.models import ContentType

Swap = Callable[[str, int], Any]
"""Kind of document and id → what stands in its place."""
Path = tuple[str | int, ...]


class Kind:
    """A content type with its past: `schemas_by_version` has the schema of each of its versions."""

    def __init__(self, kind: ContentType, schemas_by_version: Mapping[int, Any]) -> None:
        self.kind, self.schema, self.past = kind, kind.schema, schemas_by_version

    def swapped(self, data: Any, version: int, swap: Swap) -> Any:
        """Data that was written under a version of the type, its names kept, with other ids in it."""
        own = self.past.get(version, self.schema)
        found: dict[Path, schemas.Found] = dict(_found(schemas.marked(own, data)))
        if own != self.schema:
            origins = self.kind.current(_origins(data), version)
            for path, reference in _found(schemas.marked(self.schema, self.kind.current(data, version))):
                found.setdefault(_at(origins, path), reference)
        return _with(data, {path: swap(one.target, one.id) for path, one in found.items()}) if found else data


def of_page(members: Mapping[str, Any], swap: Swap) -> dict[str, Any]:
    """A page's snapshot, or the part of it that a translation has."""
    changed = dict(members)
    if "page_elements" in changed:
        places = changed["page_elements"]
        changed["page_elements"] = [{**one, "element_id": swap("element", one["element_id"])} for one in places]
    if (seo := changed.get("seo")) and seo.get("image_media_id"):
        changed["seo"] = {**seo, "image_media_id": swap("media", seo["image_media_id"])}
    return changed


def _found(marked: Any, path: Path = ()) -> Iterator[tuple[Path, schemas.Found]]:
    if isinstance(marked, schemas.Found):
        yield path, marked
    for step, value in _members(marked):
        yield from _found(value, (*path, step))


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _origins(data: Any, path: Path = ()) -> Any:
    """The data with its own path in the place of each value, so that a renaming shows where each came from."""
    if isinstance(data, dict):
        return {name: _origins(value, (*path, name)) for name, value in data.items()}
    if isinstance(data, list):
        return [_origins(value, (*path, index)) for index, value in enumerate(data)]
    return path


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _with(data: Any, values: Mapping[Path, Any], path: Path = ()) -> Any:
    if isinstance(data, dict):
        return {name: _with(value, values, (*path, name)) for name, value in data.items()}
    if isinstance(data, list):
        return [_with(value, values, (*path, index)) for index, value in enumerate(data)]
    return values.get(path, data)
