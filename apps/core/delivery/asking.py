"""What an anonymous read means: which delivered operation, with which values."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import QueryDict
from django.urls import URLPattern, get_resolver

from apps.core.encoding import dumps
from apps.core.operation import Operation, validated

PREFIXES = ("/public/", "/search/sites/")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request means: the operation, the values in its path, its query as far as it counts."""

    operation: Operation
    view: Any
    path: dict[str, Any]
    query: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.operation.id}:" + dumps([sorted(self.path.items()), sorted(self.query.items())]).decode()


def understood(path: str, query: str) -> Asked | None:
    """What is asked for, if it is an operation whose answers are delivered; the query as its serializer reads it."""
    try:
        # WSGI hands the path over as latin-1.
        found = _found(path.encode("latin-1").decode()[1:].removesuffix("/"))
    except UnicodeDecodeError:
        return None
    if found is None:
        return None
    operation, view, values = found
    asked = validated(operation.query, QueryDict(query))
    if asked.get("fields"):
        return None
    return Asked(operation, view, values, dict(asked))


def _found(path: str) -> tuple[Operation, Any, dict[str, Any]] | None:
    """As Django's resolver finds it, among the few patterns that can match."""
    for pattern in _patterns():
        if match := pattern.pattern.match(path):
            served: Any = pattern.callback
            action, view = served.actions.get("get", ""), served.cls
            operation = getattr(getattr(view, action, None), "operation", None)
            if operation is None or operation.delivered is None:
                return None
            return operation, view, match[2]
    return None


@cache
def _patterns() -> list[URLPattern]:
    """Those of the URL table below our prefixes, in its order; none lies in an `include` with a path of its own."""
    beginnings = tuple(prefix.removeprefix("/") for prefix in PREFIXES)
    found: list[URLPattern] = []

    def walk(patterns: list[Any]) -> None:
        for entry in patterns:
            route = str(entry.pattern)
            if isinstance(entry, URLPattern):
                if route.startswith(beginnings) and hasattr(entry.callback, "actions"):
                    found.append(entry)
            elif not route:
                walk(entry.url_patterns)
            elif route.startswith(beginnings):
                raise AssertionError(f"{route} is included with a path of its own.")

    walk(get_resolver().url_patterns)
    return found
