"""Dispatch of the outbox: at least once, in order per subject, never by an id watermark."""

import datetime
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import get_tenant_model

from apps.core import metrics, redis
from apps.core.delivery import touch, touching
from apps.core.events import Event
from apps.core.models import EventRow
from apps.core.reactions import Together, listed
from apps.core.tenancy import inside

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
BATCH = 200
TOGETHER = 20
"""Events in one transaction, whose locks a writer may wait for."""
LINGER = 0.2
"""Seconds: much shorter than anybody notices, and long enough that a busy writer does not nudge for each event."""

# Of each subject the oldest waiting event. Commit order and id order differ, so an id is never taken for a watermark:
# whatever is not dispatched is waiting, however old. `min` is asked for each row, by an index; as a join it would be
# planned by statistics of a queue that were true at another moment.
_OLDEST = """
FROM public.core_event e
WHERE e.dispatched_at IS NULL AND (e.retry_at IS NULL OR e.retry_at <= now())
  AND e.id = (
    SELECT min(o.id) FROM public.core_event o
    WHERE o.dispatched_at IS NULL AND o.subject_type = e.subject_type
      AND o.subject_id = e.subject_id AND o.tenant_id IS NOT DISTINCT FROM e.tenant_id)
"""
_WAITING = f"SELECT e.id, e.tenant_id, e.name {_OLDEST} ORDER BY e.id LIMIT %s"
_CLAIM = f"SELECT e.* {_OLDEST} AND e.id = ANY(%s) ORDER BY e.id FOR UPDATE OF e SKIP LOCKED"

_NUDGED = "events:nudged"

Reactions = Sequence[Callable[[EventRow], Any]]
Tenants = dict[int | None, Any]


def nudge() -> None:
    """Says that there is something to dispatch. When the broker is away the sweep finds it: nothing is lost."""
    from apps.core.tasks import dispatch_events

    try:
        redis.broker().call(lambda server: server.set(_NUDGED, 1, nx=True, px=1000)) and dispatch_events.delay()
    except redis.Away:
        log.warning("dispatch_left_to_the_sweep")
    except Exception as error:  # the commit has happened: no failure of the messenger may turn into a 500
        log.warning("dispatch_left_to_the_sweep", error=type(error).__name__)


def dispatch(limit: int = BATCH, *, linger: float = 0) -> int:
    """Dispatches up to `limit` waiting events and returns how many there were.

    Those of a tenant whose reactions all take several at once are dispatched some in a transaction, others alone.
    After few it looks again in `linger` seconds, until nothing has come: meanwhile nobody needs to nudge.
    """
    count = 0
    tenants: Tenants = {None: None}
    while linger and count < limit and (found := _round(limit - count, tenants)):
        count += found
        with suppress(redis.Away):
            redis.broker().call(lambda server: server.set(_NUDGED, 1, px=1000))
        if found < TOGETHER:
            time.sleep(linger)
    _allow_nudges()
    # What was committed while nobody needed to nudge.
    while count < limit and (found := _round(limit - count, tenants)):
        count += found
    if count >= limit:
        nudge()
    return count


def _allow_nudges() -> None:
    """Allows the next nudge: what is committed from now on may come after the last look."""
    with suppress(redis.Away):
        redis.broker().call(lambda server: server.delete(_NUDGED))


def _round(limit: int, tenants: Tenants) -> int:
    """Of each subject the event that waits longest. `tenants` holds those met so far."""
    return sum(_dispatch(ids, reactions, tenants) for ids, reactions in list(_waiting(limit)))


def _waiting(limit: int) -> Iterator[tuple[list[int], Reactions]]:
    """Ids of events that may be dispatched together, with what reacts to them."""
    groups: dict[Any, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [limit])
        for id, tenant_id, name in cursor.fetchall():
            kind = Event.known.get(name)
            reactions = tuple(listed().REACTIONS.get(kind, ())) if kind else ()
            alone = None if all(isinstance(reaction, Together) for reaction in reactions) else id
            groups[tenant_id, reactions, alone].append(id)
    for (_, reactions, _), ids in groups.items():
        for first in range(0, len(ids), TOGETHER):
            yield ids[first : first + TOGETHER], reactions


class _Apart(Exception):
    """Of several events one failed: which it was is known when each is dispatched alone."""


def _dispatch(ids: list[int], reactions: Reactions, tenants: Tenants) -> int:
    """How many it were, without what somebody else is at work on or has done."""
    try:
        with transaction.atomic():
            rows = list(EventRow.objects.raw(_CLAIM, [ids]))
            if rows:
                _settle(rows, reactions, tenants)
            return len(rows)
    except _Apart:
        return sum(_dispatch([id], reactions, tenants) for id in ids)


def _settle(rows: list[EventRow], reactions: Reactions, tenants: Tenants) -> None:
    tenant_id = rows[0].tenant_id
    try:
        if tenant_id not in tenants:
            tenants[tenant_id] = get_tenant_model().objects.get(pk=tenant_id)
        # A savepoint: what a failed reaction wrote is undone, that it failed is kept.
        with transaction.atomic(), inside(tenants[tenant_id]):
            _touch_again(rows)
            for reaction in reactions:
                reaction.act(rows) if isinstance(reaction, Together) else reaction(rows[0])
    except Exception as error:
        if len(rows) > 1:
            raise _Apart from error
        _failed(rows[0], error)
    else:
        EventRow.objects.filter(pk__in=[row.pk for row in rows]).update(dispatched_at=timezone.now(), error="")
        for row in rows:
            metrics.EVENTS.labels(row.name, "done").inc()


def _touch_again(rows: Sequence[EventRow]) -> None:
    """Where the writer was killed between its commit and its word to the delivery lane, or Redis was away."""
    kinds = [(row, Event.known.get(row.name)) for row in rows]
    touches = [(row, touched) for row, kind in kinds if kind and (touched := listed().TOUCHES.get(kind))]
    said = touching.said([row.pk for row, _ in touches])
    for row, touched in touches:
        if row.pk not in said:
            touch(*touched(row))


def _failed(row: EventRow, error: Exception) -> None:
    row.attempts += 1
    row.error = f"{type(error).__name__}: {error}"[:2000]
    row.retry_at = timezone.now() + datetime.timedelta(seconds=min(600, 2**row.attempts))
    if row.attempts >= MAX_ATTEMPTS:
        row.dispatched_at = timezone.now()  # given up; `error` says so and the log raises the alarm
        log.critical("event_given_up", event_name=row.name, event_id=row.pk, error=row.error)
    else:
        log.error("reaction_failed", event_name=row.name, event_id=row.pk, error=row.error, attempts=row.attempts)
    row.save(update_fields=["attempts", "error", "retry_at", "dispatched_at"])
    metrics.EVENTS.labels(row.name, "failed").inc()


def purge(days: int = 400) -> int:
    """Deletes dispatched events older than `days`."""
    before = timezone.now() - datetime.timedelta(days=days)
    deleted, _ = EventRow.objects.filter(created_at__lt=before).exclude(dispatched_at=None).delete()
    return deleted
