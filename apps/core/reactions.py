"""Where the kernel finds what `cognitor/reactions.py` lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings

from apps.core.actor import Actor
from apps.core.events import Event
from apps.core.models import Due, EventRow, Job


class Listed(Protocol):
    """The members that the module named by `COGNITOR_REACTIONS` has."""

    TOUCHES: Mapping[type[Event], Callable[[EventRow], Iterable[str]]]
    REACTIONS: Mapping[type[Event], Sequence[Callable[[EventRow], Any]]]
    DUE: Mapping[str, Callable[[Due], Any]]
    ALWAYS: Sequence[str]
    JOBS: Mapping[str, Callable[[Job], Any]]
    ENDED: Mapping[str, Callable[[Job, Actor], Any]]


@cache
def listed() -> Listed:
    module: Any = import_module(settings.COGNITOR_REACTIONS)
    found: Listed = module
    return found
