"""Figures of spans of time, of one site or of many, by one statement."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.analytics.models import Agent, Kind
from apps.analytics.selectors.spans import Piece, Size, Span, before, buckets, pieces

_OF_VISITORS = ["visitor", "newcomer", "leaver"]


@dataclass
class Traffic:
    """What bots, or agents, did."""

    page_views: int = 0
    searches: int = 0
    public_reads: int = 0
    api_calls: int = 0


@dataclass
class Figures:
    """People's visits, and everybody's reads and calls, of which `bots` and `agents` are parts."""

    visits: int = 0
    visitors: int = 0
    page_views: int = 0
    clicks: int = 0
    searches: int = 0
    search_clicks: int = 0
    public_reads: int = 0
    api_calls: int = 0
    bots: Traffic = field(default_factory=Traffic)
    agents: Traffic = field(default_factory=Traffic)

    def add(self, kind: str, agent: str, n: int) -> None:
        if (name := _EVERYBODYS.get(kind)) or (agent == Agent.PERSON and (name := _PEOPLES.get(kind))):
            setattr(self, name, getattr(self, name) + n)
        if agent != Agent.PERSON and (name := _TRAFFIC.get(kind)):
            traffic = self.bots if agent == Agent.BOT else self.agents
            setattr(traffic, name, getattr(traffic, name) + n)


_EVERYBODYS: dict[str, str] = {Kind.READ: "public_reads", Kind.API: "api_calls"}
_PEOPLES: dict[str, str] = {
    "visit": "visits",
    "visitor": "visitors",
    Kind.PAGE_VIEW: "page_views",
    Kind.CLICK: "clicks",
    Kind.SEARCH: "searches",
    Kind.SEARCH_CLICK: "search_clicks",
}
_TRAFFIC: dict[str, str] = _EVERYBODYS | {Kind.PAGE_VIEW: "page_views", Kind.SEARCH: "searches"}
METRICS = tuple(_PEOPLES.values()) + tuple(_EVERYBODYS.values())


def measured(site_ids: Sequence[int], spans: Sequence[Span]) -> list[dict[int, Figures]]:
    """For each span the figures of each site; sites without any are left out."""
    now = timezone.now()
    raw_since = now - settings.ANALYTICS_KEPT["event"]
    cut = [p for index, span in enumerate(spans) for p in pieces(index, span, now=now, raw_since=raw_since)]
    found: list[dict[int, Figures]] = [{} for _ in spans]
    if not cut or not site_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute(*_statement(list(site_ids), cut))
        for index, site_id, kind, agent, n in cursor.fetchall():
            found[index].setdefault(site_id, Figures()).add(kind, agent, int(n))
    return found


def _statement(site_ids: list[int], cut: Sequence[Piece]) -> tuple[str, list[Any]]:
    parts, params = [], []
    for source in ("day", "hour"):
        if some := [piece for piece in cut if piece.source == source]:
            parts.append(
                "SELECT p.i, t.site_id, CASE WHEN p.measure = 'counts' THEN t.kind ELSE 'visitor' END AS kind,"  # noqa: S608
                f" t.agent, t.n FROM {_pieces()} JOIN analytics_{source} t ON t.site_id = ANY(%s) AND t.at >= p.start"
                " AND t.at < p.until"
                " AND CASE WHEN p.measure = 'counts' THEN t.kind <> ALL(%s) ELSE t.kind = p.measure END"
            )
            params += [*_columns(some), site_ids, _OF_VISITORS]
    if some := [piece for piece in cut if piece.source == "raw" and piece.measure == "counts"]:
        # An event that opens a visit counts as itself and as the visit.
        parts.append(
            f"SELECT p.i, t.site_id, k.kind, t.agent, k.n FROM {_pieces()} JOIN analytics_event t"  # noqa: S608
            " ON t.site_id = ANY(%s) AND t.at >= p.start AND t.at < p.until CROSS JOIN LATERAL (VALUES (t.kind, t.n),"
            " ('visit', CASE WHEN t.opens THEN 1 ELSE 0 END)) AS k (kind, n)"
        )
        params += [*_columns(some), site_ids]
    if some := [piece for piece in cut if piece.source == "raw" and piece.measure == "visitor"]:
        parts.append(
            "SELECT p.i, t.site_id, 'visitor', 'person', count(DISTINCT (t.at AT TIME ZONE 'UTC')::date::text"  # noqa: S608
            f" || t.visitor::text) FROM {_pieces()} JOIN analytics_event t ON t.site_id = ANY(%s)"
            " AND t.visitor IS NOT NULL AND t.at >= p.start AND t.at < p.until GROUP BY 1, 2"
        )
        params += [*_columns(some), site_ids]
    found = " UNION ALL ".join(parts)
    return f"SELECT i, site_id, kind, agent, sum(n) FROM ({found}) AS found GROUP BY 1, 2, 3, 4", params  # noqa: S608


def _pieces() -> str:
    return "unnest(%s::int[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS p (i, measure, start, until)"


def _columns(some: Iterable[Piece]) -> list[list[Any]]:
    rows = [(piece.index, piece.measure, piece.start, piece.end) for piece in some]
    return [list(column) for column in zip(*rows, strict=True)]


def summary(site_id: int, span: Span) -> Figures:
    return measured([site_id], [span])[0].get(site_id, Figures())


@dataclass(frozen=True)
class Series:
    """A span in buckets, and what all of it comes to: visitors of a span are fewer than those of its parts."""

    span: Span
    buckets: list[tuple[datetime.datetime, Figures]]
    total: Figures


def trends(site_id: int, span: Span, size: Size, zone: Any) -> tuple[Series, Series]:
    """The span's whole buckets, and as many before them."""
    parts = buckets(span, size, zone)
    whole = Span(parts[0].start, parts[-1].end)
    earlier = before(whole, size, len(parts), zone)
    previous = buckets(earlier, size, zone)
    found = [one.get(site_id, Figures()) for one in measured([site_id], [*parts, *previous, whole, earlier])]
    here, there = found[: len(parts)], found[len(parts) : len(parts) + len(previous)]
    return (
        Series(whole, [(part.start, one) for part, one in zip(parts, here, strict=True)], found[-2]),
        Series(earlier, [(part.start, one) for part, one in zip(previous, there, strict=True)], found[-1]),
    )


def realtime(site_id: int, minutes: int) -> tuple[list[tuple[datetime.datetime, Figures]], int]:
    """The last so many minutes, the running one last, and how many visitors there were in them."""
    now = timezone.now()
    first = now.replace(second=0, microsecond=0) - datetime.timedelta(minutes=minutes - 1)
    found = [(first + datetime.timedelta(minutes=number), Figures()) for number in range(minutes)]
    by_minute = dict(found)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, kind, agent, n FROM analytics_minute WHERE site_id = %s AND at >= %s"
            " UNION ALL SELECT NULL, 'visitor', 'person', count(DISTINCT (at AT TIME ZONE 'UTC')::date::text"
            " || visitor::text) FROM analytics_event WHERE site_id = %s AND visitor IS NOT NULL AND at >= %s",
            [site_id, first, site_id, first],
        )
        rows = cursor.fetchall()
    for at, kind, agent, n in rows:
        if at in by_minute:
            by_minute[at].add(kind, agent, int(n))
    return found, next(n for at, _, _, n in rows if at is None)


def together(some: Iterable[Figures]) -> Figures:
    """The sum of them."""
    total = Figures()
    for one in some:
        for name in METRICS:
            setattr(total, name, getattr(total, name) + getattr(one, name))
        for mine, other in ((total.bots, one.bots), (total.agents, one.agents)):
            for name in _TRAFFIC.values():
                setattr(mine, name, getattr(mine, name) + getattr(other, name))
    return total
