"""Dispatch of the outbox: at least once, in order per subject, never by an id watermark."""

import datetime
import time
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
from apps.core.reactions import listed
from apps.core.tenancy import inside

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
BATCH = 200
LINGER = 0.03
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
_WAITING = f"SELECT e.id {_OLDEST} ORDER BY e.id LIMIT %s"
_CLAIM = f"SELECT e.* {_OLDEST} AND e.id = %s FOR UPDATE OF e SKIP LOCKED"


def nudge() -> None:
    """Says that there is something to dispatch. When the broker is away the sweep finds it: nothing is lost."""
    from apps.core.tasks import dispatch_events

    try:
        redis.broker().call(lambda server: server.set("events:nudged", 1, nx=True, px=1000)) and dispatch_events.delay()
    except redis.Away:
        log.warning("dispatch_left_to_the_sweep")
    except Exception as error:  # the commit has happened: no failure of the messenger may turn into a 500
        log.warning("dispatch_left_to_the_sweep", error=type(error).__name__)


def dispatch(limit: int = BATCH, *, linger: float = 0) -> int:
    """Dispatches up to `limit` waiting events, one transaction each, and returns how many there were.

    After any it looks again in `linger` seconds, until nothing has come: meanwhile nobody needs to nudge.
    """
    count = found = _pass(limit)
    while linger and found and count < limit:
        time.sleep(linger)
        count += (found := _pass(limit - count))
    redis_free()
    # What was committed while nobody needed to nudge.
    count += _pass(limit - count)
    if count >= limit:
        nudge()
    return count


def _pass(limit: int) -> int:
    tenants: dict[int | None, Any] = {None: None}
    count = 0
    while count < limit and (ids := _waiting(limit - count)):
        done = sum(_dispatch_one(id, tenants) for id in ids)
        count += done
        if not done:
            break
    return count


def _waiting(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [limit])
        return [id for (id,) in cursor.fetchall()]


def redis_free() -> None:
    """Allows the next nudge: what is committed from now on may come after the last pass has looked."""
    with suppress(redis.Away):
        redis.broker().call(lambda server: server.delete("events:nudged"))


def _dispatch_one(id: int, tenants: dict[int | None, Any]) -> bool:
    """False when somebody else is at work on the event, or was quicker. `tenants` holds those met so far."""
    with transaction.atomic():
        row = next(iter(EventRow.objects.raw(_CLAIM, [id])), None)
        if row is None:
            return False
        kind = Event.known.get(row.name)
        try:
            if row.tenant_id not in tenants:
                tenants[row.tenant_id] = get_tenant_model().objects.get(pk=row.tenant_id)
            # A savepoint: what a failed reaction wrote is undone, that it failed is kept.
            with transaction.atomic(), inside(tenants[row.tenant_id]):
                if kind and (touched := listed().TOUCHES.get(kind)) and not touching.said(row.pk):
                    # Its writer was killed between its commit and its word to the delivery lane, or Redis was away.
                    touch(*touched(row))
                for reaction in listed().REACTIONS.get(kind, ()) if kind else ():
                    reaction(row)
        except Exception as error:
            _failed(row, error)
        else:
            row.dispatched_at, row.error = timezone.now(), ""
            row.save(update_fields=["dispatched_at", "error"])
            metrics.EVENTS.labels(row.name, "done").inc()
    return True


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
