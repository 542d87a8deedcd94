"""Spans of time: what a query asks for, cut into the pieces of which the sums are known."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
Size = Literal["hour", "day", "week"]
Source = Literal["day", "hour", "raw"]
Measure = Literal["counts", "visitor", "newcomer", "leaver"]


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on, up to but without `end`."""

    start: datetime.datetime
    end: datetime.datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of span number `index`: what is summed there, and from which table."""

    index: int
    source: Source
    measure: Measure
    start: datetime.datetime
    end: datetime.datetime


def buckets(span: Span, size: Size, zone: ZoneInfo) -> list[Span]:
    """The hours, days or weeks (from Monday) of the place that the span touches, whole, in their order.

    A day is as long as it is there: 23 or 25 hours when the clocks are set.
    """
    start = floor(span.start, size, zone)
    found = []
    while start < span.end:
        end = moved(start, size, 1, zone)
        found.append(Span(start, end))
        start = end
    return found


def before(whole: Span, size: Size, count: int, zone: ZoneInfo) -> Span:
    """The same number of buckets that end where these begin."""
    return Span(moved(whole.start, size, -count, zone), whole.start)


def floor(moment: datetime.datetime, size: Size, zone: ZoneInfo) -> datetime.datetime:
    local = moment.astimezone(zone)
    if size == "hour":
        # On the clock of the place, of which an hour may stand twice: so far back from the moment itself.
        return moment - datetime.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    date = local.date()
    if size == "week":
        date -= datetime.timedelta(days=date.weekday())
    return midnight(date, zone)


def moved(start: datetime.datetime, size: Size, count: int, zone: ZoneInfo) -> datetime.datetime:
    if size == "hour":
        return start + count * HOUR
    days = count * (7 if size == "week" else 1)
    return midnight(start.astimezone(zone).date() + datetime.timedelta(days=days), zone)


def midnight(date: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """When the day begins there, in UTC."""
    return datetime.datetime.combine(date, datetime.time(), zone).astimezone(datetime.UTC)


def pieces(index: int, span: Span, *, now: datetime.datetime, raw_since: datetime.datetime) -> Iterator[Piece]:
    """Whole days from days, whole hours from hours, what is left at the edges from the events.

    After `now` nothing has happened, so that a span up to it may as well end with the hour. Before `raw_since` there
    are no events: edges there fall back to the beginning of their hour.
    """
    start, end = (_hour_before(m) if m < raw_since else m for m in (span.start, span.end))
    if end >= now:
        end = _hour_after(end)
    if start >= end:
        return
    yield from _counts(index, start, end)
    yield from _visitors(index, start, end, raw_since)


def _counts(index: int, start: datetime.datetime, end: datetime.datetime) -> Iterator[Piece]:
    first, last = _hour_after(start), _hour_before(end)
    if first > last:
        yield Piece(index, "raw", "counts", start, end)
        return
    if start < first:
        yield Piece(index, "raw", "counts", start, first)
    if last < end:
        yield Piece(index, "raw", "counts", last, end)
    dawn, dusk = _day_after(first), _day_before(last)
    if dawn >= dusk:
        yield Piece(index, "hour", "counts", first, last)
        return
    yield Piece(index, "hour", "counts", first, dawn)
    yield Piece(index, "day", "counts", dawn, dusk)
    yield Piece(index, "hour", "counts", dusk, last)


def _visitors(
    index: int, start: datetime.datetime, end: datetime.datetime, raw_since: datetime.datetime
) -> Iterator[Piece]:
    """A visitor is one of a day (UTC): each day's are counted by itself, and added."""
    if _is_hour(start) and end - start == HOUR:
        yield Piece(index, "hour", "visitor", start, end)
        return
    dawn, dusk = _day_after(start), _day_before(end)
    if dawn > dusk:  # in the midst of one day
        kept = start >= raw_since
        yield Piece(index, "raw" if kept else "hour", "visitor" if kept else "newcomer", start, end)
        return
    if start < dawn:
        yield Piece(
            index, "hour" if _is_hour(start) else "raw", "leaver" if _is_hour(start) else "visitor", start, dawn
        )
    if dawn < dusk:
        yield Piece(index, "day", "visitor", dawn, dusk)
    if dusk < end:
        yield Piece(index, "hour" if _is_hour(end) else "raw", "newcomer" if _is_hour(end) else "visitor", dusk, end)


def _is_hour(moment: datetime.datetime) -> bool:
    return moment == _hour_before(moment)


def _hour_before(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _hour_after(moment: datetime.datetime) -> datetime.datetime:
    before = _hour_before(moment)
    return before if before == moment else before + HOUR


def _day_before(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _day_after(moment: datetime.datetime) -> datetime.datetime:
    before = _day_before(moment)
    return before if before == moment else before + DAY
