"""What a change of a type's schema would do, counted before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.content import schemas
from apps.content.models import ContentType, Element
from apps.content.selectors.types import in_batches


@dataclass(slots=True)
class Failing:
    """A page of the elements that would not fit the schema, with their faults."""

    page: int
    size: int
    total: int = 0
    items: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_next(self) -> bool:
        return self.page * self.size < self.total


@dataclass(slots=True)
class Impact:
    """`exact` is false when only the first `elements` elements were looked at."""

    fields: dict[str, Any]
    indexes: dict[str, list[str]]
    unique: dict[str, list[str]]
    elements: int = 0
    exact: bool = True
    values_lost: dict[str, int] = field(default_factory=dict)
    names_taken: dict[str, int] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=lambda: {"added": 0, "removed": 0})
    doubles: int = 0
    failing_now: int = 0
    failing: Failing = field(default_factory=lambda: Failing(1, 50))
    job_id: str | None = None


def impact_of(
    kind: ContentType,
    source: str,
    after: dict[str, Any],
    renames: dict[str, str],
    *,
    page: int = 1,
    size: int = 50,
    most: int | None = None,
) -> Impact:
    """Goes through all living elements of the type (or the first `most`) in batches; `source` is the text of `after`.

    Of those that would fail, the faults are listed for one page only.
    """
    before = kind.schema
    found = _declared(before, after, renames)
    found.failing = failing = Failing(page, size)
    lost, taken = found.fields["removed"], _new_names(before, renames)
    seen: set[tuple[str, str]] = set()
    for element in _elements(kind, found, most):
        data = element.data
        _count(found.values_lost, lost, data)
        for name, path in taken.items():
            found.names_taken[name] = found.names_taken.get(name, 0) + _holds(data, path.split("."))
        moved = schemas.renamed(data, [renames])
        _references(found, schemas.references(before, data), schemas.references(after, moved))
        found.doubles += _doubles(seen, found.unique["added"], moved)
        found.failing_now += not schemas.fits(kind.source, data)
        if not schemas.fits(source, moved):
            if (page - 1) * size <= failing.total < page * size:
                failing.items.append({"id": element.pk, "errors": schemas.faults_of(source, moved)})
            failing.total += 1
    found.names_taken = {name: count for name, count in found.names_taken.items() if count}
    return found


def _declared(before: dict[str, Any], after: dict[str, Any], renames: dict[str, str]) -> Impact:
    paths = schemas.moved(schemas.fields(before), renames)

    def came_and_went(old: set[str], new: set[str]) -> dict[str, list[str]]:
        old = {paths.get(path, path) for path in old}
        return {"added": sorted(new - old), "removed": sorted(old - new)}

    return Impact(
        fields=schemas.differences(before, after, paths),
        indexes=came_and_went(schemas.indexed_fields(before), schemas.indexed_fields(after)),
        unique=came_and_went(set(schemas.unique_fields(before)), set(schemas.unique_fields(after))),
    )


def _elements(kind: ContentType, found: Impact, most: int | None) -> Iterator[Element]:
    for batch in in_batches(kind):
        for element in batch:
            if most is not None and found.elements >= most:
                found.exact = False
                return
            found.elements += 1
            yield element


def _new_names(before: dict[str, Any], renames: dict[str, str]) -> dict[str, str]:
    """Where, in the data as it is, a value would stand in the way of each new name."""
    places = {new: ".".join([*old.split(".")[:-1], new.split(".")[-1]]) for old, new in renames.items()}
    return {new: path for new, path in places.items() if path not in renames}


def _count(counts: dict[str, int], paths: list[str], data: Any) -> None:
    for path in paths:
        counts[path] = counts.get(path, 0) + _holds(data, path.split("."))


def _holds(data: Any, steps: list[str]) -> bool:
    """Whether there is a value at the path, in any member of the lists on the way."""
    if not steps:
        return data is not None
    name, _, lists = steps[0].partition("[")
    if not isinstance(data, dict) or name not in data:
        return False
    inner = [data[name]]
    for _ in range(lists.count("]")):
        inner = [one for value in inner if isinstance(value, list) for one in value]
    return any(_holds(one, steps[1:]) for one in inner)


def _references(found: Impact, before: Iterator[schemas.Found], after: Iterator[schemas.Found]) -> None:
    old, new = ({(one.target, one.id) for one in some} for some in (before, after))
    found.references["added"] += len(new - old)
    found.references["removed"] += len(old - new)


def _doubles(seen: set[tuple[str, str]], fields: list[str], data: dict[str, Any]) -> int:
    """How many of the element's values in these fields another has already."""
    values = {(name, fingerprint) for name, fingerprint in schemas.unique_values(fields, data)}
    doubles = len(values & seen)
    seen |= values
    return doubles
