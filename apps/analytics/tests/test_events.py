"""Batches from sites' pages: taken whole or refused whole, queued without the database, and copied once."""

import datetime
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.analytics.models import Day, Event, Hour, Minute, Position
from apps.analytics.services import copying, queue
from apps.analytics.services.visitors import _kept
from apps.analytics.tests.factories import BROWSER, CLAUDE, GOOGLE, queued, view
from apps.core import redis
from apps.sites.models import Site
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
PATH = "/public/alpha-site/events"
SEARCH_PATH = 'SET search_path = "public","extensions"'


def post(api: ApiClient, *events: Any, **headers: str) -> Any:
    said: Any = {"HTTP_USER_AGENT": BROWSER} | headers
    return api.generic("POST", PATH, json.dumps({"events": events}), "text/plain;charset=UTF-8", **said)


def waiting() -> int:
    return queue.state()["entries"]


def totals(model: Any) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in model.objects.all():
        found[row.kind, row.agent] = found.get((row.kind, row.agent), 0) + row.n
    return {key: n for key, n in found.items() if n}


def test_a_beacon_is_taken_without_the_database_and_copied_as_it_was_sent(api: ApiClient, site_a: Site) -> None:
    post(api, view())  # the site is known from here on
    with CaptureQueriesContext(connection) as asked:
        answer = post(
            api,
            view(
                "/news?token=secret#part",
                doc_type="post",
                doc_id=7,
                referrer="https://www.Example.org/a?b=c",
                locale="de",
            ),
            {"type": "search", "query": "  Tide  TABLES ", "results": 0},
            {"type": "search_click", "query": "tide tables", "doc_type": "post", "doc_id": 7},
            {"type": "click", "path": "/news"},
        )
    assert (answer.status_code, answer.json()) == (202, {"accepted": 4})
    # Outside of a test's transaction the site is known for seconds.
    assert [query["sql"] for query in asked if 'FROM "sites_site"' not in query["sql"]] == [SEARCH_PATH]
    assert (answer["Access-Control-Allow-Origin"], dict(answer.cookies)) == ("*", {})
    assert copying.copy() == 5
    rows = list(
        Event.objects.order_by("id").values_list("kind", "path", "doc_type", "doc_id", "referrer", "query", "results")
    )
    assert rows[1:] == [
        ("page_view", "/news", "post", 7, "example.org", "", None),
        ("search", "", "", None, "", "tide tables", 0),
        ("search_click", "", "post", 7, "", "tide tables", None),
        ("click", "/news", "", None, "", "", None),
    ]
    first = Event.objects.earliest("id")
    assert (first.tenant_id, first.site_id, first.agent, first.opens) == (site_a.tenant_id, site_a.pk, "person", True)
    assert Event.objects.exclude(visitor=first.visitor).count() == 0
    assert waiting() == 0
    for model in (Minute, Day):
        assert totals(model)["page_view", "person"] == 2
    assert totals(Hour) == {
        ("page_view", "person"): 2, ("search", "person"): 1, ("search_click", "person"): 1, ("click", "person"): 1,
        ("visit", "person"): 1, ("visitor", "person"): 1, ("newcomer", "person"): 1, ("leaver", "person"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("events", "status", "code"),
    [
        ([view()] * 101, 400, "max_length"),
        ([view(), {"type": "page_view"}], 400, "required"),
        ([view(), {"type": "search"}], 400, "required"),
        ([view(), {"type": "api", "path": "/"}], 400, "invalid_choice"),
        ([view(), "text"], 400, "invalid"),
        ([view(), {"type": "page_view", "path": {"a": 1}}], 400, "invalid"),
        ([view(), view("/" * 501)], 400, "max_length"),
        ([view(), view(doc_type="post", doc_id="one")], 400, "invalid"),
        ([view(), view(doc_type="post", doc_id=2**63)], 400, "max_value"),
        ([view(), view(doc_id=1)], 400, "required"),
        ([view(), {"type": "search", "query": "a", "results": -1}], 400, "min_value"),
        ([view(), view("/\0")], 400, None),
        ("text", 400, "not_a_list"),
        ([view("/" * 400)] * 100 + [view("/" * 25_000)], 413, None),
    ],
)
def test_a_batch_with_a_fault_is_refused_whole(api: ApiClient, events: Any, status: int, code: str | None) -> None:
    body = json.dumps({"events": events})
    answer = api.generic("POST", PATH, body, "application/json", HTTP_USER_AGENT=BROWSER)
    assert answer.status_code == status
    assert code in [fault["code"] for fault in answer.json().get("errors", [])] + [None]
    assert waiting() == 0


def test_who_asks_not_to_be_counted_is_not(api: ApiClient) -> None:
    for header in ("HTTP_DNT", "HTTP_SEC_GPC"):
        answer = post(api, view(), **{header: "1"})
        assert (answer.status_code, answer.json()) == (202, {"accepted": 0})
    assert waiting() == 0
    assert post(api, view(), HTTP_DNT="0").json() == {"accepted": 1}


def test_bots_and_agents_are_told_from_people_and_are_no_visitors(api: ApiClient) -> None:
    for user_agent in (GOOGLE, CLAUDE, "curl/8.4.0", ""):
        post(api, view(), HTTP_USER_AGENT=user_agent)
    copying.copy()
    rows = Event.objects.order_by("id").values_list("agent", "agent_name", "visitor")
    assert list(rows) == [
        ("bot", "Googlebot", None),
        ("agent", "Claude", None),
        ("bot", "curl", None),
        ("bot", "unnamed", None),
    ]
    assert totals(Hour) == {("page_view", "bot"): 3, ("page_view", "agent"): 1}


def test_a_visitor_is_another_one_elsewhere_with_another_browser_and_on_another_day(
    api: ApiClient, site_b: Site
) -> None:
    post(api, view())
    post(api, view(), HTTP_USER_AGENT=BROWSER + " Other")
    post(api, view(), REMOTE_ADDR="192.0.2.7")
    api.generic(
        "POST", "/public/beta-site/events", json.dumps({"events": [view()]}), "text/plain", HTTP_USER_AGENT=BROWSER
    )
    (salt,) = redis.broker().call(lambda server: server.keys("analytics:salt:*"))
    assert 0 < redis.broker().call(lambda server: server.ttl(salt)) <= 86_400 + 600
    redis.broker().call(lambda server: server.delete(salt))  # as at the end of the day
    _kept.clear()
    post(api, view())
    copying.copy()
    assert Event.objects.values("visitor").distinct().count() == Event.objects.count() == 5


def test_a_full_queue_sheds_load_and_takes_again_once_it_was_copied(api: ApiClient, settings: Any) -> None:
    settings.ANALYTICS_QUEUE_BYTES = 700
    answers = [post(api, view("/" + "a" * 100)) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429] * 3
    assert (answers[-1].json()["code"], answers[-1]["Retry-After"]) == ("analytics.busy", "10")
    assert copying.copy() == 3
    assert post(api, view()).status_code == 202


def test_without_redis_nothing_is_promised(api: ApiClient, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = post(api, view())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


class Died(Exception):
    pass


def dead(*args: Any, **kwargs: Any) -> None:
    raise Died


def test_a_copier_that_dies_before_its_commit_loses_nothing(site_a: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.datetime.now(datetime.UTC)
    queued(site_a, now, {"k": "page_view", "p": "/"}, v=1)
    monkeypatch.setattr(Position, "save", dead)
    with pytest.raises(Died):
        copying.copy()
    assert (Event.objects.count(), Hour.objects.count(), waiting()) == (0, 0, 1)
    monkeypatch.undo()
    assert copying.copy() == 1
    assert (Event.objects.count(), waiting()) == (1, 0)


def test_a_copier_that_dies_after_its_commit_doubles_nothing(site_a: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.datetime.now(datetime.UTC)
    queued(site_a, now, {"k": "page_view", "p": "/"}, v=1)
    monkeypatch.setattr(queue, "done", dead)
    with pytest.raises(Died):
        copying.copy()
    assert (Event.objects.count(), waiting()) == (1, 1)
    monkeypatch.undo()
    queued(site_a, now + datetime.timedelta(seconds=1), {"k": "page_view", "p": "/"}, v=1)
    assert copying.copy() == 1
    assert (Event.objects.count(), totals(Hour)["page_view", "person"], waiting()) == (2, 2, 0)


def test_a_queue_that_was_begun_anew_with_a_clock_set_back_is_copied_from_its_beginning(site_a: Site) -> None:
    now = datetime.datetime.now(datetime.UTC)
    queued(site_a, now, {"k": "page_view", "p": "/"})
    copying.copy()
    redis.broker().call(lambda server: server.flushdb())
    queued(site_a, now - datetime.timedelta(hours=1), {"k": "page_view", "p": "/"})
    assert copying.copy() == 1
    assert (Event.objects.count(), waiting()) == (2, 0)


def test_what_cannot_be_read_and_what_is_of_no_site_is_passed_over(site_a: Site) -> None:
    now = datetime.datetime.now(datetime.UTC)
    redis.broker().call(lambda server: server.xadd(queue.STREAM, {"e": b"{"}, id=f"{int(now.timestamp() * 1000)}-1"))
    queued(site_a, now, {"k": "page_view", "p": "/"}, s=0)
    queued(site_a, now, {"k": "page_view", "p": "/"})
    queued(site_a, now, {"k": "page_view", "p": "/" * 501})
    queued(site_a, now, {"p": "/"})
    queued(site_a, now, {"k": "page_view", "p": "/"}, {"k": "page_view", "p": "\0"})
    queued(site_a, now, {"k": "page_view", "p": "/"})
    assert copying.copy() == 2
    assert (Event.objects.count(), totals(Hour)["page_view", "person"], waiting()) == (2, 2, 0)


def test_a_task_copies_and_somebody_elses_turn_is_waited_for(site_a: Site, django_db_blocker: Any) -> None:
    from apps.analytics.tasks import copy_events

    queued(site_a, datetime.datetime.now(datetime.UTC), {"k": "page_view", "p": "/"})
    assert copy_events() == 1
