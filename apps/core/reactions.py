"""Where the kernel finds what `cognitor/reactions.py` lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, update_wrapper
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


class Together:
    """A reaction that takes several events of one tenant at once, each of another subject; also one alone.

    If it fails for several, each is dispatched alone: it must do nothing that a rollback does not undo.
    """

    def __init__(self, act: Callable[[Sequence[EventRow]], Any]) -> None:
        self.act = act
        update_wrapper(self, act)

    def __call__(self, event: EventRow) -> Any:
        return self.act([event])


@cache
def listed() -> Listed:
    module: Any = import_module(settings.COGNITOR_REACTIONS)
    found: Listed = module
    return found
