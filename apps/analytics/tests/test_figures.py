"""Figures are the events': held against what a plain walk over all of them finds, in time zones and at odd edges."""

import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.analytics.models import PARTITIONED, Event
from apps.analytics.services import copying, expiry, retention
from apps.analytics.services.copying import Row
from apps.analytics.tests.factories import queued
from apps.content.tests.factories import a_post
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Job
from apps.sites.events import SiteExpired, SitePurged
from apps.sites.models import Site
from conftest import AsRole
from tests.client import ApiClient

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
UTC = datetime.UTC
NOW = datetime.datetime(2026, 11, 26, 15, 42, 30, tzinfo=UTC)
SITE = "/analytics/sites/alpha-site"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime.datetime:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


@pytest.fixture
def reader(as_role: AsRole, now: datetime.datetime) -> ApiClient:
    return as_role("editor")


@pytest.fixture
def history(site_a: Site, site_b: Site, now: datetime.datetime) -> list[Row]:
    """Three weeks of a site, with people who come back, over midnights and month's ends; something of another site."""
    dice = random.Random(8)
    moments = sorted(NOW - datetime.timedelta(seconds=1 + dice.randrange(22 * 86_400)) for _ in range(700))
    moments += sorted(NOW - datetime.timedelta(seconds=2 + dice.randrange(2_000)) for _ in range(60))
    rows = []
    for at in sorted(moments):
        agent = dice.choice(["person"] * 6 + ["bot", "agent"])
        kind = dice.choice(["page_view"] * 4 + ["click", "search", "search_click", "read", "api"])
        person = agent == "person" and kind not in ("read", "api")
        rows.append(
            Row(
                tenant_id=site_a.tenant_id,
                site_id=site_a.pk,
                at=at,
                kind=kind,
                agent=agent,
                agent_name="" if agent == "person" else dice.choice(["Googlebot", "Claude"]),
                n=1 if person else dice.choice([1, 5]),
                visitor=at.toordinal() * 100 + dice.randrange(12) if person else None,
                path=dice.choice(["/", "/news", "/about"]) if kind == "page_view" else "",
                referrer=dice.choice(["", "example.org", "example.com"]) if kind == "page_view" else "",
                country=dice.choice(["DE", "FR", ""]),
                query=dice.choice(["tide", "boat", "gull"]) if kind.startswith("search") else "",
                results=dice.choice([0, 3]) if kind == "search" else None,
            )
        )
    other = Row(tenant_id=site_b.tenant_id, site_id=site_b.pk, at=NOW, kind="page_view", agent="person", visitor=1)
    with transaction.atomic():
        for first in range(0, len(rows), 50):  # as the batches of a queue
            copying.store(rows[first : first + 50])
        copying.store([other])
    return rows


def counted(rows: list[Row], start: datetime.datetime, end: datetime.datetime) -> dict[str, Any]:
    """The figures by a walk over the rows; who was last seen half an hour before begins a visit."""
    found: dict[str, Any] = dict.fromkeys(
        ("visits", "visitors", "page_views", "clicks", "searches", "search_clicks", "public_reads", "api_calls"), 0
    )
    found["bots"], found["agents"] = (
        dict.fromkeys(("page_views", "searches", "public_reads", "api_calls"), 0) for _ in range(2)
    )
    names = {"page_view": "page_views", "click": "clicks", "search": "searches", "search_click": "search_clicks"}
    both = {"read": "public_reads", "api": "api_calls"}
    seen: dict[int, datetime.datetime] = {}
    different = set()
    for row in rows:
        opens = False
        if row.visitor is not None:
            opens = row.visitor not in seen or row.at - seen[row.visitor] > datetime.timedelta(minutes=30)
            seen[row.visitor] = row.at
        if not start <= row.at < end:
            continue
        if row.visitor is not None:
            different.add((row.at.date(), row.visitor))
        found["visits"] += opens
        if row.kind in both:
            found[both[row.kind]] += row.n
        elif row.agent == "person":
            found[names[row.kind]] += row.n
        if row.agent != "person" and (name := (both | names).get(row.kind)) in found["bots"]:
            found["bots" if row.agent == "bot" else "agents"][name] += row.n
    found["visitors"] = len(different)
    return found


def moments() -> Iterator[tuple[str, str]]:
    yield "2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z"
    yield "2026-11-10T07:00:00Z", "2026-11-20T13:00:00Z"
    yield "2026-11-10T07:13:05Z", "2026-11-20T13:44:59.5Z"
    yield "2026-11-12T07:00:00Z", "2026-11-12T19:00:00Z"
    yield "2026-11-12T07:20:00Z", "2026-11-12T07:50:00Z"
    yield "2026-11-12T09:00:00Z", "2026-11-12T10:00:00Z"
    yield "2026-11-12T00:00:00Z", "2026-11-12T10:30:00Z"
    yield "2026-11-12T10:30:00Z", "2026-11-13T00:00:00Z"
    yield "2026-11-12T23:10:00Z", "2026-11-13T00:50:00Z"
    yield "2026-11-05T12:34:00+02:00", "2026-11-26T15:42:30Z"


@pytest.mark.parametrize(("start", "end"), list(moments()))
def test_a_summary_is_exact_wherever_its_edges_are(history: list[Row], reader: ApiClient, start: str, end: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = reader.get(f"{SITE}/summary", {"from": start, "to": end})
    assert answer.status_code == 200
    times = [datetime.datetime.fromisoformat(moment) for moment in (start, end)]
    assert answer.json()["figures"] == counted(history, *times)
    assert len([query for query in asked if "analytics_" in query["sql"]]) == 1


def test_without_a_range_it_is_the_last_thirty_days_of_the_zone(history: list[Row], reader: ApiClient) -> None:
    found = reader.get(f"{SITE}/summary", {"tz": "America/New_York"}).json()
    assert found["range"] == {
        "from": "2026-10-28T04:00:00.000000Z", "to": "2026-11-26T15:42:30.000000Z", "tz": "America/New_York"
    }  # fmt: skip
    assert found["figures"] == counted(history, NOW - datetime.timedelta(days=40), NOW)
    assert found["figures"]["visitors"] > 100


@pytest.mark.parametrize(
    ("interval", "zone", "first", "last"),
    [
        ("day", "UTC", "2026-11-10", "2026-11-19"),
        ("day", "Europe/Berlin", "2026-11-12", "2026-11-18"),
        ("day", "Asia/Kolkata", "2026-11-12", "2026-11-18"),
        ("week", "America/New_York", "2026-11-16", "2026-11-25"),
        ("hour", "Europe/Berlin", "2026-11-25", "2026-11-26"),
        ("hour", "Asia/Kolkata", "2026-11-24", "2026-11-24"),
    ],
)
def test_trends_are_exact_in_every_bucket_of_this_time_and_the_time_before(
    history: list[Row], reader: ApiClient, interval: str, zone: str, first: str, last: str
) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = reader.get(f"{SITE}/trends", {"interval": interval, "tz": zone, "from": first, "to": last})
    assert answer.status_code == 200
    assert len([query for query in asked if "analytics_" in query["sql"]]) == 1
    found = answer.json()
    for part in ("current", "previous"):
        series = found[part]
        begins = [datetime.datetime.fromisoformat(bucket["at"]) for bucket in series["buckets"]]
        ends = [*begins[1:], datetime.datetime.fromisoformat(series["range"]["to"])]
        assert begins[0] == datetime.datetime.fromisoformat(series["range"]["from"])
        for bucket, start, end in zip(series["buckets"], begins, ends, strict=True):
            bucket.pop("at")
            assert bucket == counted(history, start, end), (part, start)
        assert series["total"] == counted(history, begins[0], ends[-1])
    assert found["previous"]["range"]["to"] == found["current"]["range"]["from"]
    assert len(found["previous"]["buckets"]) == len(found["current"]["buckets"])
    local = datetime.datetime.fromisoformat(found["current"]["range"]["from"]).astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (0, 0)
    now, then = (found[part]["total"]["page_views"] for part in ("current", "previous"))
    assert found["change"]["page_views"] == (round(now / then - 1, 4) if then else None)


def test_a_day_on_which_clocks_are_set_has_its_own_length(reader: ApiClient) -> None:
    query = {"interval": "day", "tz": "Europe/Berlin", "from": "2026-10-24", "to": "2026-10-26"}
    buckets = reader.get(f"{SITE}/trends", query).json()["current"]["buckets"]
    assert [bucket["at"][5:16] for bucket in buckets] == ["10-23T22:00", "10-24T22:00", "10-25T23:00"]


def test_the_last_half_hour_is_told_by_the_minute(history: list[Row], reader: ApiClient) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = reader.get(f"{SITE}/realtime").json()
    assert len([query for query in asked if "analytics_" in query["sql"]]) == 1
    first = NOW.replace(second=0) - datetime.timedelta(minutes=29)
    whole = counted(history, first, NOW)
    assert (found["visitors"], found["page_views"]) == (whole["visitors"], whole["page_views"])
    assert len(found["minutes"]) == 30
    assert whole["page_views"] > 9
    for number, minute in enumerate(found["minutes"]):
        at = first + datetime.timedelta(minutes=number)
        assert datetime.datetime.fromisoformat(minute.pop("at")) == at
        assert minute == counted(history, at, at + datetime.timedelta(minutes=1))


def test_top_lists_count_people_and_name_who_else_came(
    history: list[Row], reader: ApiClient, site_a: Site, as_role: AsRole
) -> None:
    post = a_post(as_role("editor"), title="Tides", published=True)
    connection.set_schema_to_public()
    last = NOW - datetime.timedelta(seconds=1)
    for visitor in (1, 1, 2):
        queued(site_a, last, {"k": "page_view", "p": "/tides", "d": "post", "i": post["id"]}, v=visitor)
    queued(site_a, last, {"k": "page_view", "p": "/tides", "d": "post", "i": 99_999}, v=3)
    assert copying.copy() == 4
    start = NOW - datetime.timedelta(days=10)
    with CaptureQueriesContext(connection) as asked:
        found = reader.get(f"{SITE}/top?from=2026-11-16T15:42:30Z&limit=2").json()
    assert len([query for query in asked if "analytics_" in query["sql"] or "publicdocument" in query["sql"]]) == 2
    assert found["documents"] == [
        {"doc_type": "post", "doc_id": post["id"], "title": "Tides", "count": 3, "visitors": 2},
        {"doc_type": "post", "doc_id": 99_999, "title": "", "count": 1, "visitors": 1},
    ]
    rows = [row for row in history if start <= row.at and row.kind == "page_view" and row.agent == "person"]
    for name, column in (("paths", "path"), ("referrers", "referrer"), ("countries", "country")):
        lines: dict[str, list[Any]] = {}
        for row in rows:
            if key := getattr(row, column):
                lines.setdefault(key, []).append(row.visitor)
        best = sorted(lines.items(), key=lambda line: (-len(line[1]), line[0]))[:2]
        assert found[name] == [{"key": key, "count": len(who), "visitors": len(set(who))} for key, who in best]
    others: dict[tuple[str, str], int] = {}
    for row in history:
        if start <= row.at and row.agent != "person":
            others[row.agent, row.agent_name] = others.get((row.agent, row.agent_name), 0) + row.n
    best_agents = sorted(others.items(), key=lambda line: (-line[1], line[0]))[:2]
    assert found["agents"] == [{"name": name, "kind": kind, "count": n} for (kind, name), n in best_agents]


def test_searches_tell_what_was_found_and_what_was_clicked(history: list[Row], reader: ApiClient) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = reader.get(f"{SITE}/searches", {"limit": 2}).json()
    assert len([query for query in asked if "analytics_" in query["sql"]]) == 1
    people = [row for row in history if row.agent == "person"]
    searches = [row for row in people if row.kind == "search"]
    clicks = [row for row in people if row.kind == "search_click"]
    assert {name: found[name] for name in ("searches", "empty", "clicks", "click_rate")} == {
        "searches": len(searches),
        "empty": len([row for row in searches if row.results == 0]),
        "clicks": len(clicks),
        "click_rate": round(len(clicks) / len(searches), 4),
    }
    line = found["queries"][0]
    mine = [row for row in searches if row.query == line["query"]]
    assert (line["searches"], len(found["queries"])) == (len(mine), 2)
    assert line["searches"] == max(len([r for r in searches if r.query == q]) for q in ("tide", "boat", "gull"))
    assert line["results"] == round(sum(row.results or 0 for row in mine) / len(mine), 1)
    assert line["clicks"] == len([row for row in clicks if row.query == line["query"]])
    assert found["empty_queries"][0]["empty"] >= found["empty_queries"][1]["empty"] > 0


def test_the_overview_has_each_site_of_the_tenant_and_nothing_of_another(
    history: list[Row], as_role: AsRole, reader: ApiClient, now: datetime.datetime
) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = reader.get("/analytics/overview").json()
    assert len([query for query in asked if "analytics_" in query["sql"]]) == 1
    assert [site["identifier"] for site in found["sites"]] == ["alpha-site"]
    whole = counted(history, NOW - datetime.timedelta(days=40), NOW)
    assert found["figures"] == found["sites"][0]["figures"] == whole
    theirs = as_role("tenant_admin", tenant="beta")
    (other,) = theirs.get("/analytics/overview").json()["sites"]
    assert (other["identifier"], other["figures"]["page_views"], other["figures"]["visitors"]) == ("beta-site", 1, 1)
    assert theirs.get(f"{SITE}/summary").status_code == 404


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("summary", "unknown=1"),
        ("summary", "tz=Mars/Olympus"),
        ("summary", "tz=../../etc/passwd"),
        ("summary", "tz=%00"),
        ("summary", "from=yesterday"),
        ("summary", "from=2026-11-20&to=2026-11-19"),
        ("summary", "from=2025-01-01&to=2026-11-19"),
        ("summary", "from=9999-12-31&to=9999-12-31"),
        ("summary", "to=0001-01-01"),
        ("summary", "from=0001-01-01T00:00:00%2B14:00"),
        ("summary", "from=2026-11-01&from=2026-11-02"),
        ("trends", "interval=minute"),
        ("trends", "interval=hour&from=2026-09-01"),
        ("top", "limit=101"),
        ("top", "limit=99999999999999999999999999"),
        ("searches", "limit=0"),
        ("realtime", "from=2026-11-01"),
    ],
)
def test_what_is_not_understood_is_refused(reader: ApiClient, path: str, query: str) -> None:
    assert reader.get(f"{SITE}/{path}?{query}").status_code == 400


def test_what_has_had_its_time_goes_and_the_sums_stay(
    history: list[Row], reader: ApiClient, site_a: Site, settings: Any
) -> None:
    settings.ANALYTICS_KEPT = settings.ANALYTICS_KEPT | {"event": datetime.timedelta(days=5)}
    query = {"from": "2026-11-08T07:13:05Z", "to": "2026-11-20T00:00:00Z"}
    assert retention.sweep(NOW) == []
    kept = NOW.replace(minute=0, second=0) - datetime.timedelta(days=5)
    assert Event.objects.filter(site_id=site_a.pk).count() == len([row for row in history if row.at >= kept])
    # The edge is in what has gone: the whole of its hour counts.
    found = reader.get(f"{SITE}/summary", query).json()["figures"]
    start, end = datetime.datetime(2026, 11, 8, 7, tzinfo=UTC), datetime.datetime(2026, 11, 20, tzinfo=UTC)
    assert found == counted(history, start, end)
    later = NOW + datetime.timedelta(days=40)
    dropped = retention.sweep(later)
    assert "analytics_event_2026_11" in dropped
    assert "analytics_hour_2026_11" not in dropped
    assert Event.objects.count() == 0
    assert reader.get(f"{SITE}/summary", query).json()["figures"] == counted(history, start, end)


def test_a_month_that_nobody_made_ahead_has_its_rows_moved_into_it(site_a: Site) -> None:
    at = datetime.datetime(2031, 5, 17, 8, 0, tzinfo=UTC)
    Event.objects.create(tenant_id=site_a.tenant_id, site_id=site_a.pk, at=at, kind="page_view", agent="bot")
    row = Row(tenant_id=site_a.tenant_id, site_id=site_a.pk, at=at, kind="page_view", agent="bot")
    copying.store([row])
    copying.store([row])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM analytics_event WHERE at >= %s GROUP BY 1", [at])
        assert cursor.fetchall() == [("analytics_event_2031_05", 3)]


def test_what_was_counted_of_a_site_ends_with_it(
    history: list[Row], site_a: Site, site_b: Site, deliver_events: Callable[[], int]
) -> None:
    def left() -> list[set[int]]:
        return [set(model._base_manager.values_list("site_id", flat=True)) for model in PARTITIONED]

    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    emit(SiteExpired(subject_id=site_a.pk, site_id=site_a.pk), actor=actor)
    deliver_events()
    job = Job.objects.get(kind=expiry.KIND)
    count = Event.objects.filter(site_id=site_a.pk).count()
    assert expiry.run(job) == {"rows": 0}, "it was restored"
    assert left() == [{site_a.pk, site_b.pk}] * 4
    long_ago = timezone.now() - datetime.timedelta(days=40)
    Site.objects.filter(pk=site_a.pk).update(status=Site.Status.DELETING, deleted_at=long_ago)
    assert expiry.run(job)["rows"] > count > 0
    assert left() == [{site_b.pk}] * 4
    Event.objects.create(tenant_id=site_a.tenant_id, site_id=site_a.pk, at=long_ago, kind="page_view", agent="bot")
    emit(SitePurged(subject_id=site_a.pk, site_id=site_a.pk), actor=actor)
    deliver_events()
    assert left() == [{site_b.pk}] * 4
