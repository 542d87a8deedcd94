"""What the server answers is counted in the process: by the lane, by Django, with a token and without."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.analytics.models import Event, Minute
from apps.analytics.services import copying, counting, queue
from apps.analytics.tests.factories import BROWSER, CLAUDE, fresh
from apps.content.tests.factories import a_post
from apps.core.delivery.lane import Lane
from apps.sites.models import Site
from apps.sites.selectors import site_at
from conftest import AsRole, Committed
from tests.client import ApiClient
from tests.lanes import LaneClient


def told() -> dict[tuple[str, str, str], int]:
    counting.tell()
    copying.copy()
    found: dict[tuple[str, str, str], int] = {}
    for row in Event.objects.filter(site_id__isnull=False):
        key = row.kind, row.agent, row.agent_name
        found[key] = found.get(key, 0) + row.n
    return found


def test_reads_of_the_lane_are_counted_by_site_and_agent_with_nothing_sent_for_each(committed: Committed) -> None:
    site = committed.site.identifier
    a_post(committed.client, site, published=True)
    connection.set_schema_to_public()
    fresh()
    client = LaneClient()
    client.lane = Lane(client.lane.application, site_at, counting.read)
    for _ in range(7):
        assert client.get(f"/public/{site}/posts", user_agent=BROWSER).status == 200
    for _ in range(3):
        assert not client.get(f"/public/{site}/posts", user_agent=CLAUDE).by_django
    assert client.get("/public/no-site/posts", user_agent=BROWSER).status == 404
    assert queue.state()["entries"] == 0
    counting.tell()
    ((_, entry),) = queue.waiting("0-0", 10)
    assert entry == {"n": [["read", site, "person", "", 7], ["read", site, "agent", "Claude", 3]], "q": []}


@pytest.mark.django_db
def test_calls_with_a_token_are_counted_and_those_of_service_accounts_are_agents(
    as_role: AsRole, api: ApiClient, users: Any
) -> None:
    admin = as_role("tenant_admin")
    key = admin.post("/service-accounts", {"name": "Machine", "codes": ["content.read"]}).json()["key"]
    fresh()
    assert admin.get("/alpha-site/posts", HTTP_USER_AGENT=BROWSER).status_code == 200
    assert admin.get("/alpha-site/posts/99999", HTTP_USER_AGENT=BROWSER).status_code == 404
    assert admin.get("/users", HTTP_USER_AGENT=BROWSER).status_code == 200  # of no site
    assert ApiClient().bearer(key).get("/alpha-site/posts", HTTP_USER_AGENT=BROWSER).status_code == 200
    assert api.get("/public/alpha-site/posts", HTTP_USER_AGENT=BROWSER).status_code == 200
    assert told() == {
        ("api", "person", ""): 1, ("api", "agent", "service account"): 1, ("read", "person", ""): 1
    }  # fmt: skip


@pytest.mark.django_db
def test_what_cannot_be_told_is_told_later_and_once(settings: Any, site_a: Site) -> None:
    counting.read("/public/alpha-site/posts", BROWSER)
    counting._tally._tell(whole=False)  # set aside
    counting.read("/public/alpha-site/posts", BROWSER)
    settings.ANALYTICS_QUEUE_BYTES = 0
    counting._tally._tell(whole=False)
    counting.tell()
    assert queue.state()["entries"] == 0
    settings.ANALYTICS_QUEUE_BYTES = 10_000
    counting.read("/public/alpha-site/posts", BROWSER)
    assert told() == {("read", "person", ""): 3}
    assert {(row.site_id, row.kind, row.agent): row.n for row in Minute.objects.all()} == {
        (site_a.pk, "read", "person"): 3
    }
    assert told() == {("read", "person", ""): 3}


def test_invented_user_agents_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_KEYS", 10)
    for number in range(100):
        counting.read("/public/alpha-site/posts", f"Invented/{number}")
        counting.read(f"/public/site-{number}/posts", BROWSER)
    assert len(counting._tally.now) <= 20


@pytest.mark.django_db
def test_public_searches_are_counted_with_what_they_found(site_a: Site) -> None:
    said: Any = {"site_id": site_a.pk, "address": "192.0.2.1", "user_agent": BROWSER}
    counting.search(query="  Tide Tables", total=0, **said)
    counting.search(query="tide tables", total=3, locale="de", **said)
    counting.search(query="a" * 500, total=3, **said | {"user_agent": CLAUDE})
    counting.tell()
    assert copying.copy() == 3
    rows = list(Event.objects.order_by("id").values_list("kind", "query", "results", "agent", "opens"))
    assert rows == [
        ("search", "tide tables", 0, "person", True),
        ("search", "tide tables", 3, "person", False),
        ("search", "a" * 200, 3, "agent", False),
    ]


@pytest.mark.django_db
def test_a_search_of_the_public_is_heard_once_and_not_of_who_does_not_want_it(api: ApiClient, site_a: Site) -> None:
    fresh()
    door = "/search/sites/alpha-site"
    for query, privacy in (("q=Tide", "0"), ("q=tide&page=2", "0"), ("q=%20", "0"), ("q=secret", "1"), ("q=tide", "0")):
        assert api.get(f"{door}?{query}", HTTP_USER_AGENT=BROWSER, HTTP_DNT=privacy).status_code == 200
    counting.tell()
    copying.copy()
    found = Event.objects.filter(kind="search").values_list("site_id", "query", "results", "agent")
    assert list(found) == [(site_a.pk, "tide", 0, "person")] * 2


@pytest.mark.django_db
def test_the_state_of_the_index_is_told_to_those_who_look_after_it(
    as_role: AsRole, api: ApiClient, deliver_events: Callable[[], int]
) -> None:
    fresh()
    editor, admin = as_role("editor"), as_role("site_admin")
    post = a_post(editor, title="Curlew", published=True)
    a_post(editor, title="Curlew draft")
    deliver_events()
    editor.patch(f"/alpha-site/posts/{post['id']}?draft=true", {"title": "Curlew changed"})
    deliver_events()
    for q in ("curlew", "Curlew ", "nowhere"):
        api.get("/search/sites/alpha-site", {"q": q}, HTTP_USER_AGENT=BROWSER)
    counting.tell()
    copying.copy()
    found = admin.get("/search/stats").json()
    assert found["documents"] == {"live": 1, "working": 2, "by_type": {"post": 2}}
    assert found["size_bytes"] > 0
    assert found["lag"]["documents"] == 3
    assert 0 <= found["lag"]["p50_ms"] <= found["lag"]["p95_ms"] < 600_000
    assert found["lag"]["last_indexed_at"] > post["created_at"]
    assert found["semantic"] == {
        "available": False,
        "reason": "It is switched off (SEARCH_SEMANTIC).",
        "embedded": 0,
        "waiting": 0,
    }
    assert found["queries"] == {
        "top": [{"query": "curlew", "count": 2}, {"query": "nowhere", "count": 1}],
        "empty": [{"query": "nowhere", "count": 1}],
    }
    assert [(one["site"], one["generation"], one["languages"]) for one in found["sites"]] == [
        ("alpha-site", 1, ["english"])
    ]
    assert admin.get("/search/stats?site=alpha-site").json()["documents"] == found["documents"]
    assert admin.get("/search/stats?site=beta-site").status_code == 404
    beta = as_role("site_admin", tenant="beta").get("/search/stats").json()
    assert (beta["documents"]["live"], beta["queries"]["top"]) == (0, [])
