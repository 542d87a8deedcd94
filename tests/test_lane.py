"""Anonymous reads in front of Django: finished bytes, and never an old one after an acknowledged write."""

import gzip
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.tests.factories import a_post, a_type, an_element
from apps.core import redis
from apps.core.delivery import Answer, shared, touching
from apps.core.delivery.generations import Generations
from apps.core.services import events
from cognitor.installation import ROOT
from tests.lanes import LaneClient

pytestmark = pytest.mark.slow


@pytest.fixture
def lane() -> LaneClient:
    redis.cache().raw.flushdb()
    return LaneClient()


@pytest.fixture
def live_lane(lane: LaneClient) -> Iterator[Any]:
    """The lane behind a socket."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    def served(environ: Any, start: Any) -> Any:
        environ["HTTP_HOST"] = "testserver"
        try:
            return list(lane.lane(environ, start))
        finally:
            connection.close()

    with make_server("127.0.0.1", 0, served, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", client=lane)
        server.shutdown()


@pytest.fixture
def shown(committed: Any) -> Any:
    """A client of a tenant's own, its site's identifier, and one published element of a type `card`."""
    client, site = committed.client, committed.site.identifier
    kind = a_type(client, site=site)
    element = an_element(client, kind, {"name": "one"}, site=site, published=True)
    return client, site, kind, element


def queries_of(lane: LaneClient, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = lane.get(path)
    assert (answer.status, answer.by_django) == (200, False)
    return len([query for query in captured if "search_path" not in query["sql"]])


def test_a_second_reader_costs_no_query_and_gets_what_django_says(lane, shown):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    time.sleep(1.01)  # a change of this very second is not dated
    first, second = queries_of(lane, path), queries_of(lane, path)
    assert (first > 0, second) == (True, 0)
    by_django, delivered = client.get(path), lane.get(path)
    assert delivered.body == by_django.content
    for name in ("ETag", "Cache-Control", "Content-Type", "Last-Modified", "Access-Control-Allow-Origin"):
        assert delivered.headers[name] == by_django.headers[name], name


@pytest.mark.parametrize("path", ["elements/{id}", "elements", "elements?type={site}_card", "elements?type=card"])
def test_a_miss_is_one_statement_once_the_site_is_known(lane, shown, path):
    _, site, _, element = shown
    path = f"/public/{site}/" + path.format(id=element["id"], site=site)
    assert lane.get(f"/public/{site}/elements?limit=1").status == 200
    redis.cache().raw.flushdb()
    with CaptureQueriesContext(connection) as captured:
        answer = lane.get(path)
    assert b"one" in answer.body
    assert len(captured) == 1, captured.captured_queries


@pytest.mark.parametrize("path", ["/public/{site}//elements", "/public/{site}/elements//"])
def test_a_path_with_doubled_slashes_is_no_other_name_of_an_answer(lane, shown, path):
    _, site, _, _ = shown
    path = path.format(site=site)
    answer = lane.get(path)
    assert (answer.by_django, answer.status) == (True, 404)


@pytest.mark.parametrize("header", ["X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"])
def test_what_django_says_on_every_answer_is_said_here_too(lane, shown, header):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    assert lane.get(path).headers[header] == client.get(path).headers[header]


def test_slashes_order_and_unknown_members_of_a_query_lead_to_one_entry(lane, shown):
    _, site, _, _ = shown
    assert queries_of(lane, f"/public/{site}/elements?limit=5&skip=0") > 0
    for same in ("elements/?limit=5&skip=0", "elements?skip=0&limit=5", "elements?category=a&skip=0&limit=5&x=1"):
        assert queries_of(lane, f"/public/{site}/{same}") == 0, same
    assert len(lane.lane.shelf.entries) == 1


def test_a_token_changes_nothing_and_is_not_looked_at(lane, shown):
    client, site, kind, _ = shown
    an_element(client, kind, {"name": "draft"}, site=site)
    path = f"/public/{site}/elements"
    authorised = lane.get(path, authorization=client.defaults["HTTP_AUTHORIZATION"])
    assert authorised.body == lane.get(path, authorization="Bearer nonsense").body == lane.get(path).body
    assert b"draft" not in authorised.body


def test_a_write_is_seen_at_once_by_every_lane_of_the_host(lane, shown):
    client, site, _, element = shown
    other = LaneClient()
    paths = [
        f"/public/{site}/elements",
        f"/public/{site}/elements?type=card",
        f"/public/{site}/elements/{element['id']}",
    ]
    for round_ in range(5):
        for each in (lane, other):
            for path in paths:
                each.get(path)
        client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": f"round {round_}"}})
        for each in (lane, other):
            assert all(f"round {round_}".encode() in each.get(path).body for path in paths)
    client.delete(f"/{site}/elements/{element['id']}")
    assert [lane.get(path).status for path in paths] == [200, 200, 404]
    assert lane.get(paths[0]).body == b"[]"


def test_what_shows_a_changed_document_follows_with_its_refreezing(lane, shown):
    client, site, kind, _ = shown
    post = a_post(client, site=site, title="old", published=True)
    card = an_element(client, kind, {"name": "shows", "story": post["id"]}, site=site, published=True)
    path = f"/public/{site}/elements/{card['id']}"
    assert json.loads(lane.get(path).body)["data"]["story"]["title"] == "old"
    client.patch(f"/{site}/posts/{post['id']}", {"title": "new"})
    while events.dispatch():
        pass
    assert json.loads(lane.get(path).body)["data"]["story"]["title"] == "new"


def test_a_draft_touches_nothing(lane, shown):
    client, site, _, element = shown
    path = f"/public/{site}/elements"
    lane.get(path)
    client.patch(f"/{site}/elements/{element['id']}?draft=true", {"data": {"name": "secret"}})
    assert queries_of(lane, path) == 0
    assert b"secret" not in lane.get(path).body


def test_settings_of_the_site_and_its_end_take_effect(lane, shown):
    client, site, _, _ = shown
    path = f"/public/{site}/elements"
    assert lane.get(path).headers["Cache-Control"] == "public, no-cache"
    assert client.put(f"/sites/{site}/settings", {"cache": {"max_age": 60}}).status_code == 200
    assert lane.get(path).headers["Cache-Control"] == "public, max-age=60"
    assert client.delete(f"/sites/{site}", {"confirm": site}).status_code == 204
    assert lane.get(path).status == 404


def test_a_suspended_tenant_is_out_of_reach_in_the_lane_too(lane, shown, committed):
    from apps.core.actor import Actor
    from apps.sites.services import tenants

    _, site, _, _ = shown
    path = f"/public/{site}/elements"
    assert lane.get(path).status == 200
    tenants.update(actor=Actor.system(because="test"), tenant_id=committed.tenant.pk, changes={"status": "suspended"})
    assert lane.get(path).status == 404


def test_validators_gzip_head_and_preflight(lane, shown):
    client, site, kind, _ = shown
    for number in range(20):
        an_element(client, kind, {"name": f"long enough to be compressed {number}" * 3}, site=site, published=True)
    path = f"/public/{site}/elements?limit=50"
    plain, small = lane.get(path), lane.get(path, accept_encoding="br;q=1.0, gzip")
    assert (small.headers["Content-Encoding"], small.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(small.body) == plain.body
    shelf = lane.lane.shelf
    assert shelf.bytes == sum(entry.size for entry in shelf.entries.values()) > len(plain.body) + len(small.body)
    assert small.headers["ETag"] != plain.headers["ETag"]
    assert lane.get(path, accept_encoding="gzip;q=0").body == plain.body
    for answer in (plain, small):
        assert lane.get(path, if_none_match=answer.headers["ETag"]).status == 304
    assert lane.get(path, if_none_match='"other"').status == 200
    head = lane.get(path, "HEAD")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(plain.body)))
    preflight = lane.get(path, "OPTIONS", access_control_request_method="GET", origin="https://example.org")
    assert (preflight.status, preflight.by_django) == (204, False)
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"


def test_one_document_answers_304_to_the_date_it_gave(lane, shown):
    _, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    time.sleep(1.01)  # a change of this very second is not dated
    date = lane.get(path).headers["Last-Modified"]
    assert lane.get(path, if_modified_since=date).status == 304
    assert lane.get(path, if_modified_since="Sat, 01 Jan 2000 00:00:00 GMT").status == 200
    assert lane.get(path, if_modified_since=date, if_none_match='"x"').status == 200


@pytest.mark.parametrize("path", ["elements?limit=x", "elements?limit=501", "elements/999999999", "nothing"])
def test_what_is_no_success_is_said_by_django_and_not_kept(lane, shown, path):
    client, site, _, _ = shown
    first, second = lane.get(f"/public/{site}/{path}"), lane.get(f"/public/{site}/{path}")
    expected = client.get(f"/public/{site}/{path}")
    assert (first.by_django, second.by_django) == (True, True)
    assert first.status == second.status == expected.status_code >= 400
    assert not lane.lane.shelf.entries


def test_a_host_that_is_not_ours_gets_nothing_that_is_kept(lane, shown):
    _, site, _, _ = shown
    path = f"/public/{site}/elements"
    assert lane.get(path).status == 200
    assert lane.get(path, host="evil.example").by_django


def test_names_of_one_entry_are_few_and_long_ones_are_not_kept(lane, shown):
    _, site, _, _ = shown
    for number in range(200):
        lane.get(f"/public/{site}/elements?x={number}")
    lane.get(f"/public/{site}/elements?x={'y' * 5000}")
    assert len(lane.lane.shelf.names) <= 51
    assert len(lane.lane.shelf.entries) == 1


def test_the_memory_is_bounded_by_bytes(lane, shown):
    _, site, _, _ = shown
    lane.lane.shelf.most_bytes = 20_000
    for skip in range(60):
        assert lane.get(f"/public/{site}/elements?skip={skip}").status == 200
    assert lane.lane.shelf.bytes <= 20_000
    assert 0 < len(lane.lane.shelf.entries) < 20


def test_what_is_too_large_to_be_kept_is_answered_all_the_same(lane, shown):
    _, site, _, _ = shown
    lane.lane.shelf.most_bytes = 0
    assert b"one" in lane.get(f"/public/{site}/elements").body
    assert (lane.lane.shelf.entries, lane.lane.shelf.names) == ({}, {})


def test_many_readers_of_one_thing_read_it_once(lane, shown, monkeypatch):
    _, site, _, _ = shown
    path = f"/public/{site}/elements"
    started, count = threading.Event(), [0]
    original = lane.lane._read

    def slow(asked: Any) -> Any:
        count[0] += 1
        started.wait(5)
        return original(asked)

    monkeypatch.setattr(lane.lane, "_read", slow)
    answers: list[int] = []

    def ask() -> None:
        answers.append(lane.get(path).status)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    while not count[0]:
        pass
    threading.Timer(0.3, started.set).start()
    for thread in threads:
        thread.join()
    assert (answers, count[0]) == ([200] * 8, 1)


class OtherHost:
    """A host of its own: other memory, the same Redis."""

    def __init__(self, folder: Any, monkeypatch: Any) -> None:
        self.generations = Generations(folder / "other.generations")
        self.client = LaneClient()
        self.client.lane.shelf.generations = self.generations
        self.monkeypatch = monkeypatch

    def get(self, path: str) -> Any:
        with self.monkeypatch.context() as patch:
            patch.setattr("apps.core.delivery.lane.generations", lambda: self.generations)
            return self.client.get(path)


def test_another_host_takes_answers_from_the_shared_cache_but_no_old_ones(lane, shown, tmp_path, monkeypatch):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    other = OtherHost(tmp_path, monkeypatch)
    lane.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert b"one" in other.get(path).body
    assert not [query for query in captured if "content_publicdocument" in query["sql"]]
    client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": "two"}})
    other.client.lane.shelf.entries.clear()
    other.client.lane.shelf.names.clear()
    assert b"two" in other.get(path).body


def test_another_host_hears_of_a_touch_within_200_ms(lane, shown, tmp_path, monkeypatch):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    other = OtherHost(tmp_path, monkeypatch)
    listener = shared.Listener(other.generations.touch)
    listener.start()
    deadline = time.monotonic() + 5
    while not listener.hearing:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    for round_ in range(5):
        other.get(path)
        client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": f"round {round_}"}})
        acknowledged = time.monotonic()
        while f"round {round_}".encode() not in other.get(path).body:
            assert time.monotonic() < acknowledged + 0.2
            time.sleep(0.002)


def test_while_redis_is_away_reads_and_writes_go_on_and_nothing_old_comes_back_with_it(lane, shown, monkeypatch):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    lane.get(path)
    kept = redis.cache

    class Gone:
        def call(self, work: Any) -> Any:
            raise redis.Away

    monkeypatch.setattr(redis, "cache", Gone)
    client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": "two"}})
    assert b"two" in lane.get(path).body
    monkeypatch.setattr(redis, "cache", kept)
    assert b"two" in LaneClient().get(path).body, "the shared cache still has the old answer, and is not believed"
    assert touching.generations().distrusting


def test_a_flushed_redis_believes_nothing_from_before(lane, shown):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    at, _ = shared.get("any")
    redis.cache().raw.flushdb()
    lane.get(path)
    client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": "two"}})
    shared.put("late", at, Answer(b"old", ("any",)))
    assert shared.get("late")[1] is None


def test_a_writer_killed_before_its_word_is_made_good_by_the_sweep(lane, shown, monkeypatch):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    lane.get(path)
    monkeypatch.setattr("apps.core.delivery.touching.touch_now", lambda *tags, event=None: None)
    client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": "two"}})
    monkeypatch.undo()
    assert b"one" in lane.get(path).body, "the word was lost"
    while events.dispatch():
        pass
    assert b"two" in lane.get(path).body


def test_a_word_that_was_given_is_not_given_again_with_the_dispatch(lane, shown):
    client, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": "two"}})
    assert b"two" in lane.get(path).body
    while events.dispatch():
        pass
    assert queries_of(lane, path) == 0


@pytest.fixture
def second_process() -> Iterator[Any]:
    env = os.environ | {"READING_DATABASE": settings.DATABASES["default"]["NAME"]}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
    )
    yield process
    assert process.stdin
    process.stdin.close()
    process.wait(10)


def test_thousands_of_writes_and_reads_over_two_processes_see_no_old_byte(lane, shown, second_process):
    """The other process reads without pause, so that there is always a read in the midst of a write."""
    client, site, _, element = shown
    path, list_path = f"/public/{site}/elements/{element['id']}", f"/public/{site}/elements?type=card"
    for number in range(600):
        answer = client.patch(f"/{site}/elements/{element['id']}", {"data": {"name": f"n{number}."}})
        assert answer.status_code == 200
        asked = path if number % 2 else list_path
        second_process.stdin.write(asked + "\n")
        second_process.stdin.flush()
        assert f"n{number}.".encode() in lane.get(asked).body
        line = second_process.stdout.readline()
        assert line.startswith("200 ")
        assert f"n{number}." in line


def test_the_command_makes_answers_be_read_anew(lane, shown):
    _, site, _, element = shown
    path = f"/public/{site}/elements/{element['id']}"
    for options in ({}, {"site": site}, {"tag": f"site:{element['site_id']}"}):
        assert queries_of(lane, path) > 0
        assert queries_of(lane, path) == 0
        redis.cache().raw.flushdb()
        call_command("cache", "invalidate", stdout=io.StringIO(), **options)
    with pytest.raises(CommandError, match="There is no site nowhere"):
        call_command("cache", "invalidate", site="nowhere")


def test_the_command_warms_a_sites_public_paths(shown, live_lane):
    client, site, _, _ = shown
    a_post(client, site=site, title="A post", published=True)
    said = io.StringIO()
    call_command("cache", "warm", site=site, base_url=live_lane.url, stdout=said)
    assert said.getvalue() == "Asked for 7 paths: 7 warm, 0 failed.\n"
    assert queries_of(live_lane.client, f"/public/{site}/posts/a-post") == 0
