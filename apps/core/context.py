"""What belongs to the running request or task and is not worth handing through every call: names for logs, events."""

from contextvars import ContextVar
from dataclasses import dataclass, field, replace


@dataclass(slots=True)
class Context:
    """`operation` and `request_id` go into each event; `events` collects what a dry run would have emitted.

    `charged`: credits that the operation was charged for so far; None where nothing was to be paid.
    `notes`: facts about what was answered, by name, for whoever counts such things after the answer.
    """

    request_id: str = ""
    operation: str = ""
    run: str = ""
    dry: bool = False
    charged: int | None = None
    events: list[dict[str, object]] = field(default_factory=list)
    notes: dict[str, dict[str, object]] = field(default_factory=dict)


_current: ContextVar[Context] = ContextVar("cognitor_context")
_nothing = Context()


def current() -> Context:
    return _current.get(_nothing)


def begin(request_id: str = "", operation: str = "", run: str = "") -> Context:
    """Starts a fresh context for this thread of work."""
    context = replace(_nothing, request_id=request_id, operation=operation, run=run, events=[], notes={})
    _current.set(context)
    return context


def charge(credits: int) -> None:
    """Counts credits that were charged for what is going on; the operation's answer tells them."""
    now = current()
    if now is not _nothing:
        now.charged = (now.charged or 0) + credits


def note(name: str, **facts: object) -> None:
    """Leaves facts about what is going on; no operation's answer shows them."""
    now = current()
    if now is not _nothing:
        now.notes[name] = facts
