"""Shapes of events and figures. Times are UTC; `tz` decides where a day begins."""

import datetime
import re
import zoneinfo
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers

from apps.analytics.models import Agent, Kind
from apps.analytics.selectors import spans
from apps.core.query import Query

MOST_EVENTS, MOST_DAYS, MOST_HOURS = 100, 400, 31 * 24
DEFAULT_DAYS = 30
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")
_TYPES = (Kind.PAGE_VIEW, Kind.CLICK, Kind.SEARCH, Kind.SEARCH_CLICK)


class EventIn(serializers.Serializer[Any]):
    """One thing that a visitor did. Of `path` the query and of `referrer` all but the host are thrown away."""

    type = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in _TYPES])
    path = serializers.CharField(
        required=False, max_length=500, help_text="Of the page; needed for page views, clicks."
    )
    doc_type = serializers.ChoiceField(
        required=False, choices=["element", "post", "page"], help_text="With `doc_id`: what was shown or clicked."
    )
    doc_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    referrer = serializers.CharField(required=False, max_length=2000, allow_blank=True, help_text="document.referrer")
    locale = serializers.CharField(required=False, max_length=35, allow_blank=True)
    query = serializers.CharField(
        required=False, max_length=200, help_text="What was searched for; needed for searches and their clicks."
    )
    results = serializers.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, help_text="How much a search found."
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        needed = "query" if data["type"] in (Kind.SEARCH, Kind.SEARCH_CLICK) else "path"
        if needed not in data:
            raise serializers.ValidationError({needed: f"A {data['type']} needs this."}, code="required")
        if ("doc_type" in data) != ("doc_id" in data):
            raise serializers.ValidationError("doc_type and doc_id go together.", code="required")
        return data


class EventsIn(serializers.Serializer[Any]):
    events = serializers.ListField(child=EventIn(), max_length=MOST_EVENTS)


class AcceptedOut(serializers.Serializer[Any]):
    accepted = serializers.IntegerField(help_text="All of the batch, or 0 where the visitor asks not to be counted.")


class ZoneField(serializers.CharField):
    """A time zone of the IANA database."""

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        try:
            if _ZONE.fullmatch(name):
                return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            pass
        raise serializers.ValidationError("This time zone is not known.", code="invalid")


class MomentField(serializers.CharField):
    """A date, or a date with a time; without an offset it is UTC."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)[:40]
        try:
            found = parse_date(text) or parse_datetime(text.replace(" ", "+"))
        except ValueError:
            found = None
        if found is None:
            raise serializers.ValidationError("A date (2026-11-27) or a time (2026-11-27T08:00:00Z).", code="invalid")
        if isinstance(found, datetime.datetime):
            aware = found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
            try:
                return aware.astimezone(datetime.UTC)
            except OverflowError:
                raise serializers.ValidationError("This is too far away.", code="invalid") from None
        return found


class RangeQuery(Query):
    """`from` and `to`; absent: the last 30 days. A date is the whole day in `tz`, as `to` with all of it."""

    from_ = MomentField(required=False, help_text="Beginning: a date, or a date with a time.")
    to = MomentField(required=False, help_text="End, a date with all of its day. At most 400 days on.")
    tz = ZoneField(default="UTC", help_text="Time zone, such as Europe/Berlin, that days are days of.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"from": fields.pop("from_"), **fields}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        zone = data["tz"] = data["tz"] if not isinstance(data["tz"], str) else zoneinfo.ZoneInfo(data["tz"])
        now = timezone.now()
        try:
            end = _end(data.get("to"), zone, now)
            start = _start(data.get("from"), zone, end)
        except OverflowError:
            raise serializers.ValidationError({"from": "This is too far away."}, code="invalid") from None
        if start >= end:
            raise serializers.ValidationError({"from": "This is not before the end."}, code="invalid")
        if end - start > datetime.timedelta(days=MOST_DAYS, hours=1):
            raise serializers.ValidationError({"from": f"At most {MOST_DAYS} days are looked at."}, code="max_value")
        return data | {"span": spans.Span(start, end)}


def _end(said: Any, zone: zoneinfo.ZoneInfo, now: datetime.datetime) -> datetime.datetime:
    if said is None:
        return now
    if isinstance(said, datetime.datetime):
        return min(said, now)
    return min(spans.midnight(said + datetime.timedelta(days=1), zone), now)


def _start(said: Any, zone: zoneinfo.ZoneInfo, end: datetime.datetime) -> datetime.datetime:
    if isinstance(said, datetime.datetime):
        return said
    if said is None:
        last = (end - datetime.timedelta(microseconds=1)).astimezone(zone).date()
        said = last - datetime.timedelta(days=DEFAULT_DAYS - 1)
    return spans.midnight(said, zone)


class TrendsQuery(RangeQuery):
    """The range widened to whole buckets. Hours are answered for up to 31 days."""

    interval = serializers.ChoiceField(choices=["hour", "day", "week"], default="day")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        found = super().validate(data)
        span = found["span"]
        if found["interval"] == "hour" and span.end - span.start > datetime.timedelta(hours=MOST_HOURS + 1):
            raise serializers.ValidationError({"interval": "By the hour at most 31 days are looked at."})
        return found


class TopQuery(RangeQuery):
    limit = serializers.IntegerField(default=10, min_value=1, max_value=100, help_text="Lines of each list.")


class TrafficOut(serializers.Serializer[Any]):
    page_views = serializers.IntegerField()
    searches = serializers.IntegerField()
    public_reads = serializers.IntegerField()
    api_calls = serializers.IntegerField()


class FiguresOut(serializers.Serializer[Any]):
    """Visits to search clicks are people's. Reads and calls are everybody's; `bots` and `agents` are parts of them."""

    visits = serializers.IntegerField(help_text="Begun in the time; one ends after half an hour without an event.")
    visitors = serializers.IntegerField(help_text="Different people, each counted once a day (UTC).")
    page_views = serializers.IntegerField()
    clicks = serializers.IntegerField()
    searches = serializers.IntegerField()
    search_clicks = serializers.IntegerField()
    public_reads = serializers.IntegerField(help_text="Anonymous reads answered by this server.")
    api_calls = serializers.IntegerField(help_text="Calls with a token.")
    bots = TrafficOut(help_text="Crawlers, monitors and other programs.")
    agents = TrafficOut(help_text="Fetchers of AI models and assistants, and service accounts.")


class RangeOut(serializers.Serializer[Any]):
    from_ = serializers.DateTimeField()
    to = serializers.DateTimeField(help_text="Not included.")
    tz = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"from": fields.pop("from_"), **fields}


class SiteSummaryOut(serializers.Serializer[Any]):
    range = RangeOut()
    figures = FiguresOut()


class OverviewSiteOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    name = serializers.CharField()
    figures = FiguresOut()


class OverviewOut(serializers.Serializer[Any]):
    range = RangeOut()
    figures = FiguresOut(help_text="Of all sites; who visits two of them is two visitors.")
    sites = OverviewSiteOut(many=True, help_text="Most page views first.")


class BucketOut(FiguresOut):
    at = serializers.DateTimeField(help_text="When the bucket begins.")


class SeriesOut(serializers.Serializer[Any]):
    range = RangeOut()
    total = FiguresOut(help_text="Of the whole time: visitors are fewer than those of its parts together.")
    buckets = BucketOut(many=True)


class TrendsOut(serializers.Serializer[Any]):
    interval = serializers.CharField()
    current = SeriesOut()
    previous = SeriesOut(help_text="As many buckets, up to where the current ones begin.")
    change = serializers.DictField(
        child=serializers.FloatField(allow_null=True),
        help_text="Each figure's total against the one before, 0.25 for a quarter more; null where there was nothing.",
    )


class TopDocumentOut(serializers.Serializer[Any]):
    doc_type = serializers.CharField()
    doc_id = serializers.IntegerField()
    title = serializers.CharField(help_text="Empty for what is not public any more.")
    count = serializers.IntegerField()
    visitors = serializers.IntegerField()


class TopLineOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    count = serializers.IntegerField()
    visitors = serializers.IntegerField()


class TopAgentOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=[Agent.BOT.value, Agent.AGENT.value])
    count = serializers.IntegerField(help_text="Events, reads and calls together.")


class TopOut(serializers.Serializer[Any]):
    """People's page views by document, path, referring host and country; and who else came."""

    range = RangeOut()
    documents = TopDocumentOut(many=True)
    paths = TopLineOut(many=True)
    referrers = TopLineOut(many=True)
    countries = TopLineOut(many=True)
    agents = TopAgentOut(many=True)


class RealtimeOut(serializers.Serializer[Any]):
    visitors = serializers.IntegerField(help_text="Different people in these minutes.")
    page_views = serializers.IntegerField()
    minutes = BucketOut(many=True, help_text="The last 30, the running one last.")


class SearchLineOut(serializers.Serializer[Any]):
    query = serializers.CharField(help_text="In lower case.")
    searches = serializers.IntegerField()
    empty = serializers.IntegerField(help_text="Searches that found nothing.")
    clicks = serializers.IntegerField()
    click_rate = serializers.FloatField(allow_null=True, help_text="Clicks a search.")
    results = serializers.FloatField(allow_null=True, help_text="What was found on average, where it was told.")


class SearchesOut(serializers.Serializer[Any]):
    """People's searches."""

    range = RangeOut()
    searches = serializers.IntegerField()
    empty = serializers.IntegerField()
    clicks = serializers.IntegerField()
    click_rate = serializers.FloatField(allow_null=True)
    queries = SearchLineOut(many=True)
    empty_queries = SearchLineOut(many=True)
