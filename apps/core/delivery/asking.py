"""What an anonymous read means: which delivered operation, with which values."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import Resolver404, get_resolver

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
    """As Django finds it."""
    try:
        match = get_resolver().resolve(f"/{path}")
    except Resolver404:
        return None
    served: Any = match.func
    action, view = getattr(served, "actions", {}).get("get", ""), getattr(served, "cls", None)
    operation = getattr(getattr(view, action, None), "operation", None)
    if operation is None or operation.delivered is None:
        return None
    return operation, view, match.kwargs
