"""A process that is killed (kill -9) leaves one effect, one event and one answer, wherever it was."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from apps.analytics.models import Day, Event, Position
from apps.analytics.services import copying, queue
from apps.analytics.tests.factories import queued
from apps.content import events as content
from apps.content.models import Element
from apps.content.services import refreezing
from apps.content.tests.factories import a_post, a_type, an_element
from apps.core.models import Due, EventRow, IdempotencyKey
from apps.core.services import due, events
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.media.tests.factories import picture, stored
from cognitor import reactions
from cognitor.installation import ROOT
from conftest import Committed
from tests.databases import own_url

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answer:
    status: int
    replayed: bool
    body: str


@dataclass
class Mortal:
    """Sends requests from processes of their own, which are killed at a point of `tests.dying.POINTS`."""

    own: Committed
    folder: Path

    def __post_init__(self) -> None:
        self.client = self.own.client
        self.site = self.own.site.identifier

    def run(self, deed: str = "request", *, kill: str = "", **task: Any) -> Answer | None:
        """The answer, or None when the process was killed, as it was meant to be."""
        token = self.client.defaults["HTTP_AUTHORIZATION"]
        done = subprocess.run(
            [sys.executable, "-m", "tests.dying"],
            input=json.dumps({"deed": deed, "kill": kill, "files": str(self.folder), "token": token, "key": ""} | task),
            cwd=ROOT,
            env=os.environ | {"TEST_DATABASE_URL": own_url()},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if kill:
            assert (done.returncode, done.stdout) == (-signal.SIGKILL, ""), done.stderr
            return None
        assert done.returncode == 0, done.stderr
        return Answer(**json.loads(done.stdout.splitlines()[-1]))

    def repeat(self, task: dict[str, Any], **changes: Any) -> Answer:
        """The same request, sent from this process."""
        headers = {"Idempotency-Key": task["key"]}
        response = self.client.post(task["path"], {**task["body"], **changes}, headers=headers)
        return Answer(response.status_code, "Idempotency-Replayed" in response.headers, response.content.decode())

    def elements(self) -> list[Element]:
        with inside(self.own.tenant):
            return list(Element.objects.order_by("pk"))

    def events(self, name: str) -> list[EventRow]:
        return list(EventRow.objects.filter(tenant_id=self.own.tenant.pk, name=name).order_by("pk"))

    def key(self) -> IdempotencyKey:
        return IdempotencyKey.objects.get(tenant_id=self.own.tenant.pk)

    def outlive_lease(self) -> None:
        """Five minutes pass for a claim that is not settled."""
        rows = IdempotencyKey.objects.filter(tenant_id=self.own.tenant.pk, status=None)
        rows.update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def mortal(committed: Committed, tmp_path: Path, settings: Any) -> Iterator[Mortal]:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": "http://testserver/files/"},
        }
    }
    yield Mortal(committed, tmp_path)
    Due.objects.filter(tenant_id=committed.tenant.pk).delete()


@pytest.mark.parametrize("point", ["claimed", "effect", "answer stored"])
def test_killed_before_its_commit_a_request_has_no_effect_until_it_is_repeated(point: str, mortal: Mortal) -> None:
    kind = a_type(mortal.client, mortal.site)
    task: dict[str, Any] = {
        "method": "post",
        "path": f"/{mortal.site}/elements",
        "key": "once",
        "body": {"type_id": kind["id"], "data": {"name": "one"}, "published": True},
    }
    mortal.run(kill=point, **task)
    assert (mortal.elements(), mortal.events("content.element_published")) == ([], [])
    assert mortal.key().status is None
    early = mortal.repeat(task)
    assert (early.status, json.loads(early.body)["code"]) == (409, "idempotency.running")
    assert mortal.elements() == []

    mortal.outlive_lease()
    second = mortal.run(**task)
    assert second is not None
    assert (second.status, second.replayed) == (201, False)
    assert mortal.repeat(task) == Answer(201, True, second.body)
    one_effect(mortal, second)


@pytest.mark.parametrize("point", ["committed", "told"])
def test_killed_after_its_commit_a_request_is_answered_when_it_is_repeated(point: str, mortal: Mortal) -> None:
    kind = a_type(mortal.client, mortal.site)
    task: dict[str, Any] = {
        "method": "post",
        "path": f"/{mortal.site}/elements",
        "key": "once",
        "body": {"type_id": kind["id"], "data": {"name": "one"}, "published": True},
    }
    mortal.run(kill=point, **task)
    assert len(mortal.elements()) == 1
    mortal.outlive_lease()
    second = mortal.run(**task)
    assert second is not None
    assert (second.status, second.replayed) == (201, True)
    one_effect(mortal, second)
    assert mortal.repeat(task, tags=["other"]).status == 422
    one_effect(mortal, second)


def one_effect(mortal: Mortal, answer: Answer) -> None:
    (element,) = mortal.elements()
    told = json.loads(answer.body)
    assert (told["id"], told["version"], told["data"], told["published"]) == (element.pk, 1, {"name": "one"}, True)
    (event,) = mortal.events("content.element_published")
    assert (event.subject_id, event.subject_version) == (element.pk, 1)
    row = mortal.key()
    assert (row.status, bytes(row.body or b"").decode()) == (201, answer.body)
    public = mortal.client.get(f"/public/{mortal.site}/elements").json()
    assert [found["id"] for found in public] == [element.pk]


def test_killed_at_each_point_in_turn_a_request_still_has_one_effect(mortal: Mortal) -> None:
    kind = a_type(mortal.client, mortal.site)
    task: dict[str, Any] = {
        "method": "post",
        "path": f"/{mortal.site}/elements",
        "key": "once",
        "body": {"type_id": kind["id"], "data": {"name": "one"}, "published": True},
    }
    for point in ("claimed", "effect", "answer stored", "committed"):
        mortal.run(kill=point, **task)
        mortal.outlive_lease()
    last = mortal.run(**task)
    assert last is not None
    assert (last.status, last.replayed) == (201, True)
    one_effect(mortal, last)


def shown(mortal: Mortal, element: dict[str, Any]) -> str:
    document = mortal.client.get(f"/public/{mortal.site}/elements/{element['id']}").json()
    return str(document["data"]["story"]["title"])


def deliver() -> None:
    while events.dispatch():
        pass


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int | None]]:
    """Subject and version of each `PostPublished` that reactions in this process were given."""
    found: list[tuple[int, int | None]] = []
    listed: Callable[[EventRow], Any] = lambda row: found.append((row.subject_id, row.subject_version))  # noqa: E731
    monkeypatch.setitem(
        reactions.REACTIONS,
        content.PostPublished,
        [listed, refreezing.refreeze_referrers],
    )
    return found


def test_killed_between_commit_and_dispatch_an_event_is_delivered_by_the_sweep_once(
    mortal: Mortal, recorded: list[Any]
) -> None:
    kind = a_type(mortal.client, mortal.site)
    post = a_post(mortal.client, mortal.site, title="old", published=True)
    element = an_element(mortal.client, kind, {"name": "A", "story": post["id"]}, site=mortal.site, published=True)
    deliver()
    recorded.clear()
    mortal.run(kill="committed", method="patch", path=f"/{mortal.site}/posts/{post['id']}", body={"title": "new"})
    assert shown(mortal, element) == "old"
    assert events.dispatch() == 1
    assert (recorded, shown(mortal, element)) == ([(post["id"], 2)], "new")
    assert events.dispatch() == 0
    assert len(recorded) == 1


def test_killed_in_the_middle_of_a_dispatch_an_event_is_delivered_again(mortal: Mortal, recorded: list[Any]) -> None:
    kind = a_type(mortal.client, mortal.site)
    post = a_post(mortal.client, mortal.site, title="old", published=True)
    element = an_element(mortal.client, kind, {"name": "A", "story": post["id"]}, site=mortal.site, published=True)
    deliver()
    recorded.clear()
    assert mortal.client.patch(f"/{mortal.site}/posts/{post['id']}", {"title": "new"}).status_code == 200
    mortal.run("dispatch", kill="reacted")
    assert shown(mortal, element) == "old"
    row = mortal.events("content.post_published")[-1]
    assert (row.dispatched_at, row.attempts) == (None, 0)
    assert events.dispatch() == 1
    assert (recorded, shown(mortal, element)) == ([(post["id"], 2)], "new")


@pytest.mark.parametrize(("point", "files"), [("planned", 0), ("file stored", 1), ("settled", 1)])
def test_killed_in_an_upload_leaves_a_file_without_a_row_that_is_gone_within_ten_minutes(
    point: str, files: int, mortal: Mortal
) -> None:
    task: dict[str, Any] = {"path": f"/{mortal.site}/media", "key": "once", "upload": "a.png", "body": {"name": "one"}}
    mortal.run(kill=point, **task)
    with inside(mortal.own.tenant):
        assert Media.objects.count() == 0
    assert len(stored(mortal.own.site)) == files
    (row,) = Due.objects.filter(tenant_id=mortal.own.tenant.pk, kind="media.discard_file")
    assert default_storage.exists(row.subject) == bool(files)
    assert timezone.now() < row.at < timezone.now() + timedelta(minutes=10)

    mortal.outlive_lease()
    answer = mortal.run(**task)
    assert answer is not None
    assert (answer.status, answer.replayed) == (201, False)
    Due.objects.filter(tenant_id=mortal.own.tenant.pk).update(at=timezone.now())
    assert due.run() == 1
    with inside(mortal.own.tenant):
        media = Media.objects.get()
    assert (media.pk, media.file_size) == (json.loads(answer.body)["id"], len(picture()))
    assert stored(mortal.own.site) == {media.file}
    assert len(mortal.events("media.media_uploaded")) == 1


def test_killed_after_an_upload_has_committed_keeps_the_file_and_answers_with_it(mortal: Mortal) -> None:
    task: dict[str, Any] = {"path": f"/{mortal.site}/media", "key": "once", "upload": "a.png", "body": {"name": "one"}}
    mortal.run(kill="committed", **task)
    answer = mortal.run(**task)
    assert answer is not None
    assert (answer.status, answer.replayed) == (201, True)
    due.run()
    with inside(mortal.own.tenant):
        media = Media.objects.get()
    assert json.loads(answer.body)["id"] == media.pk
    assert stored(mortal.own.site) == {media.file}
    assert not Due.objects.filter(tenant_id=mortal.own.tenant.pk, kind="media.discard_file").exists()


def test_killed_in_a_due_deed_leaves_it_due(mortal: Mortal) -> None:
    post = a_post(mortal.client, mortal.site, title="waiting")
    with transaction.atomic():
        due.plan(
            tenant_id=mortal.own.tenant.pk, kind="content.publish", subject=f"post:{post['id']}", at=timezone.now()
        )
    with inside(mortal.own.tenant):
        connection.cursor().execute("UPDATE content_post SET publish_at = now() WHERE id = %s", [post["id"]])
    mortal.run("due", kill="deed done")
    assert Due.objects.filter(tenant_id=mortal.own.tenant.pk, kind="content.publish").count() == 1
    assert mortal.client.get(f"/public/{mortal.site}/posts").json() == []
    assert due.run() == 1
    assert [found["title"] for found in mortal.client.get(f"/public/{mortal.site}/posts").json()] == ["waiting"]
    assert len(mortal.events("content.post_published")) == 1
    assert due.run() == 0


@pytest.mark.parametrize("point", ["rows copied", "copy committed"])
def test_events_of_visitors_are_copied_once_wherever_the_copier_was_killed(mortal: Mortal, point: str) -> None:
    site = mortal.own.site
    try:
        for visitor in (1, 1, 2):
            queued(site, timezone.now(), {"k": "page_view", "p": "/"}, v=visitor)
        assert mortal.run("copy", kill=point) is None
        assert Event.objects.filter(site_id=site.pk).count() == (3 if point == "copy committed" else 0)
        queued(site, timezone.now(), {"k": "page_view", "p": "/"}, v=2)
        assert copying.copy() == (1 if point == "copy committed" else 4)
        assert Event.objects.filter(site_id=site.pk).count() == 4
        sums = Day.objects.filter(site_id=site.pk, kind__in=["page_view", "visit", "visitor"])
        counts: dict[str, int] = {}
        for kind, n in sums.values_list("kind", "n"):
            counts[kind] = counts.get(kind, 0) + n
        assert counts == {"page_view": 4, "visit": 2, "visitor": 2}
        assert queue.state()["entries"] == 0
    finally:
        Position.objects.all().delete()
