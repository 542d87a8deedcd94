"""Many changes in one request: one after another, in one transaction, each with its own answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db import transaction

from apps.core import context
from apps.core.problems import body
from apps.core.refusal import Refusal

MOST = 500


class Item(Protocol):
    """`id` is 0 for what is to be created."""

    @property
    def action(self) -> str: ...

    @property
    def id(self) -> int: ...


Change = TypeVar("Change", bound=Item)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status that the item's own operation would have answered; `error` is its problem."""

    index: int
    action: str
    status: int
    id: int | None
    version: int | None = None
    etag: str | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    atomic: bool
    items: list[Outcome]

    @property
    def failed(self) -> int:
        return sum(outcome.error is not None for outcome in self.items)

    @property
    def done(self) -> int:
        return len(self.items) - self.failed


def run(
    items: Iterable[Change],
    do: Callable[[Change], tuple[int, Any]],
    *,
    atomic: bool,
    refused: type[Refusal],
    account: Any,
) -> Report:
    """Does the items in their order; call it in a transaction. `do` answers a status and the row, None when it is gone.

    What is refused leaves no trace: neither rows nor events nor what it took of the usage `account`. With `atomic`
    one that fails is `refused` for all, with the report.
    """
    outcomes = []
    for index, item in enumerate(items):
        events = context.current().events
        told, counted = len(events), account.moved
        try:
            with transaction.atomic():
                status, row = do(item)
        except Refusal as refusal:
            del events[told:]
            account.moved = counted
            outcomes.append(Outcome(index, item.action, refusal.status, item.id or None, error=body(refusal)))
        else:
            outcomes.append(_done(index, item, status, row))
    report = Report(atomic, outcomes)
    if atomic and report.failed:
        raise refused(items=[_undone(outcome) for outcome in outcomes])
    return report


def _done(index: int, item: Item, status: int, row: Any) -> Outcome:
    if row is None:
        return Outcome(index, item.action, status, item.id)
    return Outcome(index, item.action, status, row.pk, row.version, row.etag)


def _undone(outcome: Outcome) -> dict[str, Any]:
    failed = outcome.error is not None
    kept = outcome.id if outcome.action != "create" else None
    return {
        "index": outcome.index,
        "action": outcome.action,
        "status": outcome.status if failed else 424,
        "id": kept,
        "error": outcome.error,
    }
