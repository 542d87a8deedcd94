"""Another file in the place of one, what is kept of the former, where files are used, and many at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.content.tests.factories import a_type, an_element, public
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.models import Media, MediaVersion
from apps.media.services import uses
from apps.media.tests import factories
from apps.sites.models import Tenant
from conftest import AsRole, Users

MEDIA = "/alpha-site/media"


def put(client: Any, media: Any, content: bytes, name: str = "b.jpg", **options: Any) -> Any:
    return client.upload(f"{MEDIA}/{media.pk}/file", {"file": factories.file(name, content)}, method="PUT", **options)


def used(site: Any) -> int:
    return Tenant.objects.values_list("used_storage_bytes", flat=True).get(pk=site.tenant_id)


def test_a_replaced_file_keeps_its_id_and_what_was_is_a_version(as_role: AsRole, site_a: Any) -> None:
    media, editor = factories.make(site_a, alt_text="kept"), as_role("editor")
    content = factories.picture("JPEG", (20, 10))
    answer = put(editor, media, content)
    body = answer.json()
    assert (answer.status_code, answer["ETag"]) == (200, f'"m{media.pk}-2"')
    seen = ("id", "revision", "filename", "media_type", "width", "height", "alt_text", "name")
    assert [body[key] for key in seen] == [media.pk, 2, "b.jpg", "image/jpeg", 20, 10, "kept", "a.png"]
    assert body["url"] != media.url
    (version,) = editor.get(f"{MEDIA}/{media.pk}/versions").json()["items"]
    assert (version["number"], version["url"], version["media_type"]) == (1, media.url, "image/png")
    assert default_storage.exists(media.file)
    assert not Due.objects.filter(kind="media.discard_file").exists()
    assert used(site_a) == media.file_size + body["file_size"]
    event = EventRow.objects.get(name="media.media_replaced", subject_id=media.pk, tenant_id=site_a.tenant_id)
    assert event.data == {"media_type": "image/jpeg", "file_size": body["file_size"], "revision": 2}


def test_what_shows_the_file_shows_the_new_one(
    as_role: AsRole, api: Any, site_a: Any, deliver_events: Callable[[], int]
) -> None:
    media, admin = factories.make(site_a), as_role("site_admin")
    an_element(admin, a_type(admin), {"name": "A", "cover": media.pk}, published=True)
    assert public(api)[0]["data"]["cover"] == media.url
    url = put(admin, media, factories.picture("JPEG")).json()["url"]
    deliver_events()
    assert public(api)[0]["data"]["cover"] == url
    assert api.get(f"/public/alpha-site/media/{media.pk}").json()["url"] == url


@pytest.mark.parametrize("content", [b"", b"<html><script>", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_bad_file_replaces_nothing(as_role: AsRole, site_a: Any, content: bytes) -> None:
    media = factories.make(site_a)
    before = factories.stored(site_a)
    assert put(as_role("editor"), media, content).status_code in (400, 415)
    with inside(site_a.tenant):
        assert (Media.objects.get().revision, MediaVersion.objects.count()) == (1, 0)
    assert factories.stored(site_a) == before


def test_whose_file_may_not_be_changed_is_not_replaced(as_role: AsRole, site_a: Any, users: Users) -> None:
    media, own = factories.make(site_a), factories.make(site_a, author=users["alpha"]["author"])
    author, other = as_role("author"), as_role("editor", tenant="beta")
    assert put(author, media, factories.picture()).status_code == 403
    assert put(other, media, factories.picture()).status_code == 404
    assert put(author, own, factories.picture(), headers={"If-Match": '"m1-7"'}).status_code == 412
    assert put(author, own, factories.picture()).status_code == 200
    with inside(site_a.tenant):
        assert (Media.objects.get(pk=media.pk).revision, MediaVersion.objects.count()) == (1, 1)


def test_a_full_storage_takes_no_other_file(as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a)
    Tenant.objects.filter(pk=site_a.tenant_id).update(limits={"storage_bytes": media.file_size + 10})
    answer = put(as_role("editor"), media, factories.picture("JPEG"))
    assert answer.status_code in (402, 403, 409, 413)
    with inside(site_a.tenant):
        assert (Media.objects.get().revision, MediaVersion.objects.count()) == (1, 0)
    assert used(site_a) == media.file_size


def test_a_deletion_takes_all_versions_along(as_role: AsRole, site_a: Any, run_due: Callable[[], int]) -> None:
    before, media, editor = factories.stored(site_a), factories.make(site_a), as_role("editor")
    put(editor, media, factories.picture("JPEG"))
    assert len(factories.stored(site_a) - before) == 2
    assert editor.delete(f"{MEDIA}/{media.pk}").status_code == 204
    assert used(site_a) == 0
    assert run_due() == 2
    assert factories.stored(site_a) == before


def test_usage_says_which_documents_show_the_file(as_role: AsRole, site_a: Any) -> None:
    media, other = factories.make(site_a), factories.make(site_a)
    with inside(site_a.tenant):
        uses.replace("element", 7, {"cover": media.pk, "pictures.0": media.pk, "else": other.pk})
    body = as_role("viewer").get(f"{MEDIA}/{media.pk}/usage?size=1").json()
    assert (body["total"], body["items"]) == (2, [{"doc_type": "element", "doc_id": 7, "field": "cover"}])


def test_many_files_are_moved_tagged_changed_and_deleted_each_with_its_answer(as_role: AsRole, site_a: Any) -> None:
    editor = as_role("editor")
    folder = editor.post(f"{MEDIA}/folders", {"name": "Birds"}).json()["id"]
    one, two, three = (factories.make(site_a, tags=["a", "b"]).pk for _ in range(3))
    with inside(site_a.tenant):
        uses.replace("element", 7, {"cover": two})
    items = [
        {"action": "move", "id": one, "folder_id": folder},
        {"action": "tag", "id": one, "add": ["c"], "remove": "a"},
        {"action": "update", "id": two, "alt_text": "x"},
        {"action": "delete", "id": two},
        {"action": "delete", "id": three},
        {"action": "delete", "id": 10**15},
        {"action": "move", "id": one, "folder_id": 10**15},
        {"action": "move", "id": one},
        {"action": "explode", "id": one},
        {"action": "update", "id": two, "alt_text": "y", "if_match": f"m{two}-1"},
    ]
    answer = editor.post(f"{MEDIA}/bulk", {"items": items})
    statuses = [item["status"] for item in answer.json()["items"]]
    assert (answer.status_code, statuses) == (200, [200, 200, 200, 409, 204, 404, 400, 400, 400, 412])
    with inside(site_a.tenant):
        rows = {media.pk: (media.folder_id, media.tags, media.alt_text) for media in Media.objects.all()}
    assert rows == {one: (folder, ["b", "c"], ""), two: (None, ["a", "b"], "x")}


def test_all_or_nothing_is_nothing_when_one_fails(as_role: AsRole, site_a: Any) -> None:
    one = factories.make(site_a)
    items = [{"action": "delete", "id": one.pk}, {"action": "delete", "id": 10**15}]
    answer = as_role("editor").post(f"{MEDIA}/bulk", {"items": items, "atomic": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "media.bulk.refused")
    with inside(site_a.tenant):
        assert Media.objects.get().pk == one.pk
    assert (used(site_a), Due.objects.filter(kind="media.discard_file").count()) == (one.file_size, 0)


def test_who_may_not_delete_deletes_none_of_many(as_role: AsRole, site_a: Any, users: Users) -> None:
    own = factories.make(site_a, author=users["alpha"]["author"])
    items = [{"action": "delete", "id": own.pk}, {"action": "update", "id": own.pk, "name": "x"}]
    body = as_role("author").post(f"{MEDIA}/bulk", {"items": items}).json()
    assert [item["status"] for item in body["items"]] == [403, 200]
    with inside(site_a.tenant):
        assert Media.objects.get().name == "x"
