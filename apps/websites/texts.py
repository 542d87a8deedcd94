"""The texts of a plan as a list, to be translated, and back again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

UNSPOKEN = {"keywords", "pictures", "price"}
"""Members that stay as they are."""


def spoken(plan: Mapping[str, Any]) -> list[str]:
    """All texts that people read, in the plan's own order."""
    return list(_texts(plan))


def spoken_again(plan: Mapping[str, Any], said: Sequence[str]) -> dict[str, Any]:
    """The plan with those texts in the place of its own."""
    rest = iter(said)
    found: dict[str, Any] = _replaced(plan, rest)
    return found


def batches(texts: list[str], limits: Mapping[str, Any]) -> Iterator[list[str]]:
    """Texts in their order, as many at once as a model takes."""
    most, longest = int(limits.get("texts", 50)), int(limits.get("characters", 20_000))
    batch: list[str] = []
    for text in texts:
        if batch and (len(batch) >= most or sum(map(len, batch)) + len(text) > longest):
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in UNSPOKEN:
                yield from _texts(one)


def _replaced(value: Any, rest: Iterator[str]) -> Any:
    if isinstance(value, str):
        return next(rest) if value else value
    if isinstance(value, list):
        return [_replaced(one, rest) for one in value]
    return {name: one if name in UNSPOKEN else _replaced(one, rest) for name, one in value.items()}
