"""Making the index anew beside the present one; how it stands; the end of a site."""

import io
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.content.tests.factories import a_post
from apps.core.models import EventRow, Job
from apps.core.services import events, jobs
from apps.core.tenancy import inside
from apps.search.errors import ReindexRunning
from apps.search.models import IndexedDocument, SiteIndex
from apps.search.services import indexing, reindexing
from apps.sites.models import Site
from conftest import AsRole, Committed
from tests.client import ApiClient

Deliver = Callable[[], int]


def titles(api: ApiClient, q: str, site: str = "alpha-site") -> set[str]:
    found = {hit["title"] for hit in api.get(f"/search/sites/{site}?size=100&q={q}").json()["results"]}
    connection.set_schema_to_public()
    return found


def state(site: Site) -> tuple[int, int | None, list[int]]:
    """The generation that is searched, the one that is made, and those of the rows."""
    with inside(site.tenant):
        row = SiteIndex.objects.get(site_id=site.pk)
        numbers = IndexedDocument.objects.filter(site_id=site.pk).values_list("generation", flat=True).distinct()
        return row.generation, row.building, sorted(numbers)


@pytest.mark.django_db
def test_a_job_makes_the_index_anew_and_tells_how_far_it_is(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any
) -> None:
    editor, admin = as_role("editor"), as_role("site_admin")
    a_post(editor, title="Heron one", published=True)
    a_post(editor, title="Heron two")
    deliver_events()
    with inside(site_a.tenant):
        IndexedDocument.objects.all().delete()
    assert titles(api, "heron") == set()
    answer = admin.post("/search/sites/alpha-site/reindex")
    job_id = answer.json()["id"]
    assert (answer.status_code, answer["Location"]) == (202, f"/search/reindex/{job_id}")
    assert admin.post("/search/sites/alpha-site/reindex").json()["id"] == job_id
    connection.set_schema_to_public()
    (told,) = EventRow.objects.filter(name="search.reindex_started")
    assert (told.subject_type, told.subject_id, told.data) == (
        "index",
        site_a.pk,
        {"whole_tenant": False},
    )
    jobs.run(job_id)
    done = as_role("tenant_admin").get(f"/search/reindex/{job_id}").json()
    assert (done["state"], done["progress"], done["result"]) == ("succeeded", 1.0, {"sites": 1, "documents": 2})
    assert titles(api, "heron") == {"Heron one"}
    assert state(site_a) == (2, None, [2])
    whole = admin.post("/search/reindex").json()["id"]
    assert whole != job_id
    connection.set_schema_to_public()
    jobs.run(whole)
    assert state(site_a) == (3, None, [3])
    for client, path in ((as_role("tenant_admin", tenant="beta"), job_id), (admin, uuid.uuid4())):
        assert client.get(f"/search/reindex/{path}").status_code == 404


@pytest.mark.django_db
def test_what_ended_early_is_gone_on_with_and_the_old_is_searched_until_then(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "BATCH", 2)
    editor = as_role("editor")
    posts = [a_post(editor, title=f"Stork {number}", published=True) for number in range(5)]
    deliver_events()
    every = {post["title"] for post in posts}
    steps: list[int] = []

    def die(count: int) -> None:
        steps.append(count)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with inside(site_a.tenant), pytest.raises(KeyboardInterrupt):
        reindexing.rebuild(site_a, step=die)
    assert titles(api, "stork") == every
    assert state(site_a) == (1, 2, [1, 2])
    editor.patch(f"/alpha-site/posts/{posts[0]['id']}", {"title": "Crane"})
    editor.delete(f"/alpha-site/posts/{posts[1]['id']}?force=true")
    a_post(editor, title="Stork new", published=True)
    connection.set_schema_to_public()
    deliver_events()
    expected = (every - {"Stork 0", "Stork 1"}) | {"Stork new"}
    assert titles(api, "stork") == expected
    with inside(site_a.tenant):
        assert reindexing.rebuild(site_a, step=steps.append) == 2
    assert (titles(api, "stork"), titles(api, "crane")) == (expected, {"Crane"})
    assert state(site_a) == (2, None, [2])


@pytest.mark.slow
def test_writes_during_a_reindex_are_in_both_and_none_is_lost(
    committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "BATCH", 5)
    client, site = committed.client, committed.site
    name = site.identifier
    made = [a_post(client, name, title=f"Ibis {number}", published=True)["id"] for number in range(15)]
    connection.set_schema_to_public()
    while events.dispatch():
        pass
    done = threading.Event()

    def write() -> None:
        try:
            other = committed.client
            for number, post_id in enumerate(made):
                other.patch(f"/{name}/posts/{post_id}", {"title": f"Egret {number}"})
                connection.set_schema_to_public()
                while events.dispatch():
                    pass
        finally:
            done.set()
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    rounds = 0
    while not done.is_set() or rounds < 2:
        with inside(committed.tenant):
            assert reindexing.rebuild(site, workers=2) == 15
        rounds += 1
        seen = titles(ApiClient(), "ibis", name) | titles(ApiClient(), "egret", name)
        assert len(seen) >= 15  # one that changes between the two questions is seen twice
    writer.join()
    assert titles(ApiClient(), "egret", name) == {f"Egret {number}" for number in range(15)}
    assert titles(ApiClient(), "ibis", name) == set()
    assert len(state(site)[2]) == 1


@pytest.mark.django_db
def test_two_at_once_on_one_site_are_refused(site_a: Any, django_db_blocker: Any) -> None:
    with inside(site_a.tenant), reindexing._alone(site_a.pk):
        found: list[Any] = []

        def other() -> None:
            try:
                with reindexing._alone(site_a.pk):
                    found.append("in")
            except ReindexRunning as refusal:
                found.append(refusal.code)
            finally:
                connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == ["search.reindex.running"]


@pytest.mark.django_db
def test_the_command_indexes_a_site_a_tenant_or_leaves_it_to_the_worker(
    as_role: AsRole, api: ApiClient, site_a: Any
) -> None:
    a_post(as_role("editor"), title="Swift", published=True)
    connection.set_schema_to_public()
    out = io.StringIO()
    call_command("reindex", site="alpha-site", stdout=out)
    assert "alpha-site: 1 documents\nalpha: not by meaning. It is switched off" in out.getvalue()
    assert titles(api, "swift") == {"Swift"}
    call_command("reindex", tenant="alpha", workers=3, stdout=out)
    assert state(site_a)[0] == 3
    call_command("reindex", all=True, later=True, stdout=out)
    assert Job.objects.filter(kind=reindexing.KIND, state="queued").count() == 2
    for wrong in ({"site": "no-such"}, {"tenant": "no-such"}):
        with pytest.raises(CommandError, match="There is no"):
            call_command("reindex", stdout=out, **wrong)


@pytest.mark.django_db
def test_an_old_event_that_comes_late_leaves_what_is_there_now(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any
) -> None:
    post = a_post(as_role("editor"), title="Godwit", published=True)
    connection.set_schema_to_public()
    first = EventRow.objects.get(name="content.post_published")
    as_role("editor").patch(f"/alpha-site/posts/{post['id']}", {"title": "Dunlin"})
    deliver_events()
    with inside(site_a.tenant):
        indexing.follow_public(first)
        indexing.follow_public(first)
        assert IndexedDocument.objects.count() == 1
    assert (titles(api, "dunlin"), titles(api, "godwit")) == ({"Dunlin"}, set())
