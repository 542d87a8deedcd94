"""An upload has two steps, and may die between them."""

import datetime
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from apps.core import errors
from apps.core.actor import Actor
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.errors import MediaInUse
from apps.media.models import Media, Use
from apps.media.services import files, media, uses
from apps.media.tests import factories
from conftest import AsRole, Committed
from tests.client import ApiClient

MEDIA = "/alpha-site/media/"
RunDue = Callable[[], int]


class Killed(BaseException):
    """The process ends here."""


def form() -> dict[str, Any]:
    return {"name": "one", "file": factories.file("a.png", factories.picture())}


def outlive() -> None:
    """Ten minutes pass."""
    for row in Due.objects.filter(kind="media.discard_file"):
        Due.objects.filter(pk=row.pk).update(at=row.at - datetime.timedelta(minutes=10))


def streamed(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def kill(*args: Any, **kwargs: Any) -> None:
    raise Killed


def test_a_file_whose_row_was_never_written_is_gone_within_ten_minutes(
    as_role: AsRole, site_a: Any, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.stored(site_a)
    author = as_role("author")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(media, "create", kill)
        author.upload(MEDIA, form())
    (orphan,) = factories.stored(site_a) - before
    (row,) = Due.objects.filter(kind="media.discard_file")
    assert (row.subject, row.tenant_id) == (orphan, site_a.tenant_id)
    assert timezone.now() < row.at < timezone.now() + datetime.timedelta(minutes=10)
    assert run_due() == 0
    outlive()
    assert run_due() == 1
    assert factories.stored(site_a) == before
    with inside(site_a.tenant):
        assert Media.objects.count() == 0


def test_a_process_that_dies_while_it_stores_leaves_only_a_plan_to_clean_up(
    as_role: AsRole, site_a: Any, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = as_role("author")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(default_storage, "save", kill)
        author.upload(MEDIA, form())
    assert Due.objects.filter(kind="media.discard_file", tenant_id=site_a.tenant_id).count() == 1
    outlive()
    assert run_due() == 1
    assert not Due.objects.filter(kind="media.discard_file").exists()


def test_a_transaction_that_fails_after_the_row_leaves_the_file_to_be_discarded(
    as_role: AsRole, site_a: Any, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.stored(site_a)
    author = as_role("author")
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(media, "emit", kill)
        author.upload(MEDIA, form())
    with inside(site_a.tenant):
        assert Media.objects.count() == 0
    outlive()
    assert run_due() == 1
    assert factories.stored(site_a) == before


def test_a_file_that_was_discarded_meanwhile_is_not_settled(site_a: Any, run_due: RunDue) -> None:
    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    with inside(site_a.tenant):
        received = files.receive(actor=actor, site=site_a, upload=factories.file("a.png", factories.picture()))
    outlive()
    assert run_due() == 1
    with inside(site_a.tenant):
        with pytest.raises(errors.Unavailable):
            media.create(actor=actor, site=site_a, received=received)
        assert Media.objects.count() == 0
    assert not EventRow.objects.filter(name="media.media_uploaded").exists()


def test_a_plan_never_discards_a_file_that_media_has(site_a: Any) -> None:
    kept = factories.make(site_a)
    with inside(site_a.tenant):
        files.discard(Due(kind="media.discard_file", subject=kept.file))
    assert default_storage.exists(kept.file)


def test_a_storage_that_fails_is_an_outage_and_leaves_no_row(
    as_role: AsRole, site_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = as_role("author")

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    response = author.upload(MEDIA, form())
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    with inside(site_a.tenant):
        assert Media.objects.count() == 0


def test_a_large_file_on_disk_is_stored_readable_served_and_deleted(
    as_role: AsRole, api: ApiClient, settings: Any, tmp_path: Path, run_due: RunDue
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": "http://testserver/files/"},
        }
    }
    content = b"0123456789abcdef" * 150_000
    made = as_role("editor").upload(MEDIA, {"file": factories.file("long-text.txt", content)}).json()
    (path,) = (tmp_path / "uploads").rglob("*.txt")
    assert made["url"] == f"http://testserver/files/{path.relative_to(tmp_path)}"
    assert (path.stat().st_mode & 0o777, path.stat().st_size) == (0o644, len(content))
    for address in (f"/public/alpha-site/media/{made['id']}/view", f"/files/{path.relative_to(tmp_path)}"):
        assert streamed(api.get(address)) == content
        part = api.get(address, headers={"Range": "bytes=100000-299999"})
        assert (part.status_code, streamed(part)) == (206, content[100_000:300_000])
    assert api.get("/files/uploads").status_code == 404
    assert as_role("editor").delete(f"{MEDIA}{made['id']}").status_code == 204
    assert run_due() == 1
    assert not path.exists()


def test_a_client_that_reads_slowly_holds_no_connection_to_the_database(committed: Committed, api: ApiClient) -> None:
    made = factories.make(committed.site)
    for _ in range(2):
        response = api.get(f"/public/{committed.site.identifier}/media/{made.pk}/view")
        assert connection.connection is None
        assert streamed(response) == factories.picture()


@pytest.mark.slow
def test_a_file_cannot_be_put_to_use_while_it_is_being_deleted(committed: Committed) -> None:
    """Either the deletion meets the use, or the use finds nothing: never a use of a file that is gone."""
    actor = Actor.system(because="tests", tenant_id=committed.tenant.pk)
    start = threading.Barrier(2)

    def delete(pk: int) -> bool:
        with closing(connection), inside(committed.tenant):
            start.wait()
            try:
                media.delete(actor=actor, site=committed.site, media_id=pk)
            except MediaInUse:
                return False
            return True

    def use(pk: int) -> None:
        with closing(connection), inside(committed.tenant):
            start.wait()
            uses.replace("element", pk, {"cover": pk})

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            pk = factories.make(committed.site).pk
            deleting, using = pool.submit(delete, pk), pool.submit(use, pk)
            using.result()
            with inside(committed.tenant):
                assert Use.objects.filter(doc_id=pk).exists() is not deleting.result()


def test_a_repeated_upload_with_the_same_key_stores_one_file_once(as_role: AsRole, site_a: Any) -> None:
    before = factories.stored(site_a)
    author, key = as_role("author"), {"Idempotency-Key": "upload-1"}
    first = author.upload(MEDIA, form(), headers=key)
    again = author.upload(MEDIA, form(), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"
    assert len(factories.stored(site_a) - before) == 1
    other = {"name": "one", "file": factories.file("a.png", factories.picture(size=(9, 9)))}
    assert author.upload(MEDIA, other, headers=key).status_code == 422
    assert len(factories.stored(site_a) - before) == 1
    with inside(site_a.tenant):
        assert Media.objects.count() == 1


def test_an_upload_that_died_may_be_repeated_with_its_key_and_gives_one_media(
    as_role: AsRole, site_a: Any, run_due: RunDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = factories.stored(site_a)
    author, key = as_role("author"), {"Idempotency-Key": "upload-2"}
    author.conforming = False
    author.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr(media, "emit", lambda *args, **kwargs: 1 / 0)
        assert author.upload(MEDIA, form(), headers=key).status_code == 500
    assert author.upload(MEDIA, form(), headers=key).status_code == 201
    assert len(factories.stored(site_a) - before) == 2
    outlive()
    assert run_due() == 1
    with inside(site_a.tenant):
        assert factories.stored(site_a) - before == {Media.objects.get().file}
