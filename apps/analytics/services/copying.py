"""From the queue into the tables: in batches, by COPY, each with its sums and its place in the queue as one.

How far the queue was read stands in `Position`, which moves in the same transaction: a process that dies before the
commit has done nothing, one that dies after it has left entries in the queue that nobody takes a second time.
"""

import datetime
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import structlog
from django.db import DataError, connection, transaction

from apps.analytics.models import Kind, Position
from apps.analytics.services import partitions, queue
from apps.sites.models import Site

log = structlog.get_logger(__name__)

ENTRIES = 100
SECONDS = 20.0
PAUSE = datetime.timedelta(minutes=30)
"""Who was not seen for so long begins another visit."""
COLUMNS = (
    *("tenant_id", "site_id", "at", "kind", "agent", "agent_name", "n", "visitor", "opens", "path", "doc_type"),
    *("doc_id", "referrer", "country", "locale", "query", "results"),
)
_SIZES = ("minute", "hour", "day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of `Event`, in its columns' order."""

    tenant_id: int
    site_id: int
    at: datetime.datetime
    kind: str
    agent: str
    agent_name: str = ""
    n: int = 1
    visitor: int | None = None
    opens: bool = False
    path: str = ""
    doc_type: str = ""
    doc_id: int | None = None
    referrer: str = ""
    country: str = ""
    locale: str = ""
    query: str = ""
    results: int | None = None

    def values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in COLUMNS)


def copy(seconds: float = SECONDS) -> int:
    """Copies what waits, for so long at most, and answers how many rows that were. One process at a time does it.

    Raises `redis.Away`.
    """
    Position.objects.get_or_create(name=queue.STREAM)
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        found = _batch()
        if found is None:
            break
        count += found
    return count


def _batch() -> int | None:
    """One batch; None when nothing waits, or somebody else is at it."""
    with transaction.atomic():
        place = Position.objects.select_for_update(skip_locked=True).filter(name=queue.STREAM).first()
        if place is None:
            return None
        entries = queue.waiting(place.entry, ENTRIES)
        if entries:
            count = _taken(entries)
            place.entry = entries[-1][0]
            place.save()
    queue.done(place.entry)
    return count if entries else None


def _taken(entries: Sequence[tuple[str, dict[str, Any] | None]]) -> int:
    """Stores the entries and answers how many rows they were. One that cannot be stored is left out: it would stand
    in the way of all behind it for ever."""
    try:
        with transaction.atomic():
            rows = _rows(entries)
            store(rows)
            return len(rows)
    except (DataError, KeyError, TypeError, ValueError) as error:
        if len(entries) == 1:
            log.error("events_lost", entry=entries[0][0], error=type(error).__name__)
            return 0
    middle = len(entries) // 2
    return _taken(entries[:middle]) + _taken(entries[middle:])


def store(rows: Sequence[Row]) -> None:
    """Writes rows, oldest first, with their sums; call it in a transaction that holds the `Position`, if others copy.

    What a site's visitors did before decides what begins a visit and who is new; so the order counts.
    """
    if not rows:
        return
    partitions.make({partitions.month_of(row.at) for row in rows})
    opened, sums = _summed(rows, _last_seen(rows))
    with connection.cursor() as cursor:
        statement = f"COPY analytics_event ({', '.join(COLUMNS)}) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(statement) as target:
            for row in opened:
                target.write_row(row.values())
        for size in _SIZES:
            _add(cursor, size, {key[1:]: n for key, n in sums.items() if key[0] == size})


def _rows(entries: Iterable[tuple[str, dict[str, Any] | None]]) -> list[Row]:
    """The rows that entries stand for; nothing of sites that are gone, and nothing of what cannot be read."""
    read = [(_moment(id), entry) for id, entry in entries if entry is not None]
    identifiers = {one[1] for _, entry in read for one in entry.get("n", ())}
    ids = {entry["s"] for _, entry in read if "s" in entry} | {
        one[0] for _, entry in read for one in entry.get("q", ())
    }
    sites = Site.objects.filter(identifier__in=identifiers) | Site.objects.filter(pk__in=ids)
    by_id = {pk: (pk, tenant, name) for pk, tenant, name in sites.values_list("pk", "tenant_id", "identifier")}
    by_name = {name: (pk, tenant, name) for pk, tenant, name in by_id.values()}
    found: list[Row] = []
    for at, entry in read:
        if "s" in entry and entry["s"] in by_id:
            found += _events(at, entry, by_id[entry["s"]][1])
        for kind, name, agent, agent_name, n in entry.get("n", ()):
            if name in by_name:
                site_id, tenant_id, _ = by_name[name]
                found.append(
                    Row(tenant_id=tenant_id, site_id=site_id, at=at, kind=kind, agent=agent, agent_name=agent_name, n=n)
                )
        for site_id, agent, agent_name, visitor, country, locale, query, results in entry.get("q", ()):
            if site_id in by_id:
                found.append(
                    Row(
                        tenant_id=by_id[site_id][1],
                        site_id=site_id,
                        at=at,
                        kind=Kind.SEARCH,
                        agent=agent,
                        agent_name=agent_name,
                        visitor=visitor,
                        country=country,
                        locale=locale,
                        query=query,
                        results=results,
                    )
                )
    return found


def _events(at: datetime.datetime, entry: dict[str, Any], tenant_id: int) -> Iterable[Row]:
    for event in entry["e"]:
        yield Row(
            tenant_id=tenant_id,
            site_id=entry["s"],
            at=at,
            kind=event["k"],
            agent=entry["a"],
            agent_name=entry["m"],
            visitor=entry["v"],
            path=event.get("p", ""),
            doc_type=event.get("d", ""),
            doc_id=event.get("i"),
            referrer=event.get("r", ""),
            country=entry["c"],
            locale=event.get("l", ""),
            query=event.get("q", ""),
            results=event.get("n"),
        )


def _moment(id: str) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(queue.milliseconds(id) / 1000, tz=datetime.UTC)


Seen = dict[tuple[int, int, datetime.datetime], datetime.datetime]
"""(site, visitor, day) → when last seen."""


def _last_seen(rows: Sequence[Row]) -> Seen:
    """When the rows' visitors were last seen on these days, before these rows."""
    asked = sorted({(row.site_id, row.visitor, _day(row.at)) for row in rows if row.visitor is not None})
    if not asked:
        return {}
    sites, visitors, dates = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.site_id, v.visitor, v.day, seen.at"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS v (site_id, visitor, day)"
            " CROSS JOIN LATERAL (SELECT max(e.at) AS at FROM analytics_event e WHERE e.site_id = v.site_id"
            " AND e.visitor = v.visitor AND e.at >= v.day AND e.at < v.day + interval '1 day') AS seen"
            " WHERE seen.at IS NOT NULL",
            [list(sites), list(visitors), list(dates)],
        )
        return {(site_id, visitor, day): at for site_id, visitor, day, at in cursor.fetchall()}


Sums = Counter[tuple[str, int, int, datetime.datetime, str, str]]
"""(size, tenant, site, beginning, kind, agent) → n."""


def _summed(rows: Sequence[Row], seen: Seen) -> tuple[list[Row], Sums]:
    """The rows, with who opens a visit, and what they add to the sums."""
    sums: Sums = Counter()
    found: list[Row] = []
    for row in rows:
        here = _beginnings(row.at)
        whose = row.tenant_id, row.site_id
        added = [(size, at, row.kind, row.n) for size, at in here.items()]
        if row.visitor is not None:
            key = row.site_id, row.visitor, here["day"]
            last = seen.get(key)
            seen[key] = row.at if last is None else max(last, row.at)
            if last is None or row.at - last > PAUSE:
                row = replace(row, opens=True)
                added += [(size, at, "visit", 1) for size, at in here.items()]
            added += _of_visitor(here, None if last is None else _beginnings(last))
        for size, at, kind, n in added:
            sums[size, *whose, at, kind, row.agent] += n
        found.append(row)
    return found, sums


def _of_visitor(here: Mapping[str, Any], last: Mapping[str, Any] | None) -> list[tuple[str, Any, str, int]]:
    """What somebody seen now adds to the counts of different visitors, `last` having been seen so far that day."""
    hour = here["hour"]
    if last is None:
        added = [("day", here["day"], "visitor", 1), ("hour", hour, "newcomer", 1)]
    else:
        added = [("hour", last["hour"], "leaver", -1)] if last["hour"] < hour else []
    if last is None or last["hour"] < hour:
        added += [("hour", hour, "leaver", 1), ("hour", hour, "visitor", 1)]
    if last is None or last["minute"] < here["minute"]:
        added.append(("minute", here["minute"], "visitor", 1))
    return added


@lru_cache(maxsize=2_000)  # the rows of an entry have one moment, and reckoning with dates took most of their time
def _beginnings(at: datetime.datetime) -> Mapping[str, datetime.datetime]:
    """Of the minute, the hour and the day that the moment is in."""
    minute = at.replace(second=0, microsecond=0)
    return {"minute": minute, "hour": minute.replace(minute=0), "day": _day(at)}


@lru_cache(maxsize=2_000)
def _day(at: datetime.datetime) -> datetime.datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _add(cursor: Any, size: str, sums: dict[tuple[Any, ...], int]) -> None:
    if not sums:
        return
    rows = sorted((*key, n) for key, n in sums.items())  # in one order: two that add never wait for each other
    tenants, sites, begins, kinds, agents, counts = map(list, zip(*rows, strict=True))
    table = f"analytics_{size}"
    cursor.execute(
        f"INSERT INTO {table} (tenant_id, site_id, at, kind, agent, n) SELECT * FROM"  # noqa: S608
        " unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[])"
        f" ON CONFLICT (site_id, at, kind, agent) DO UPDATE SET n = {table}.n + excluded.n",
        [tenants, sites, begins, kinds, agents, counts],
    )
