"""Lists, changes, deletions, and who may do them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media import selectors
from apps.media.models import Media, Use
from apps.media.services import uses
from apps.media.tests import factories
from conftest import AsRole, Users

MEDIA = "/alpha-site/media"
RunDue = Callable[[], int]


def names(response: Any) -> list[str]:
    return [item["name"] for item in response.json()["items"]]


def test_the_list_is_paged_searched_filtered_and_sorted(as_role: AsRole, site_a: Any, site_b: Any) -> None:
    factories.make(site_a, name="one.png", alt_text="The Sea at dawn")
    factories.make(site_a, name="two.jpg", content=factories.picture("JPEG"), description="The sea")
    factories.make(site_a, name="a-SEA.txt", content=b"hello")
    factories.make(site_b, name="canary-sea.png")
    get = as_role("viewer").get
    page = get(f"{MEDIA}/?size=2").json()
    assert [page[key] for key in ("total", "page", "size", "has_next")] == [3, 1, 2, True]
    assert names(get(f"{MEDIA}?size=2&page=2")) == ["a-SEA.txt"]
    assert names(get(f"{MEDIA}?q=sea")) == ["one.png", "a-SEA.txt"]
    assert names(get(f"{MEDIA}?type=image")) == ["one.png", "two.jpg"]
    assert names(get(f"{MEDIA}?type=image/jpeg")) == ["two.jpg"]
    assert names(get(f"{MEDIA}?type=image&sort=-name")) == ["two.jpg", "one.png"]
    assert names(get(f"{MEDIA}?q=100%25_")) == []


@pytest.mark.parametrize(
    "query",
    ["folder=x", "folder=0", "folder=-1", "type=Image", "type=image/", "type=%25", "sort=file", "sort=author__password",
     "size=501", "page=0", "q=" + "a" * 201, "content_hash__startswith=a", "author=1", "fields=file",
     "fields=content_hash"],
)  # fmt: skip
def test_what_is_not_allow_listed_is_refused(as_role: AsRole, site_a: Any, query: str) -> None:
    factories.make(site_a)
    assert as_role("viewer").get(f"{MEDIA}?{query}").status_code == 400


def test_a_media_is_read_with_its_validator(as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a)
    response = as_role("viewer").get(f"{MEDIA}/{media.pk}/")
    assert (response.status_code, response["ETag"]) == (200, f'"m{media.pk}-1"')
    again = as_role("viewer").get(f"{MEDIA}/{media.pk}", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_another_tenants_media_does_not_exist(as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a)
    other = as_role("tenant_admin", tenant="beta")
    for path in (f"{MEDIA}/{media.pk}", f"/beta-site/media/{media.pk}"):
        assert other.get(path).status_code == 404
        assert other.patch(path, {"name": "x"}).status_code == 404
        assert other.delete(path).status_code == 404
    with inside(site_a.tenant):
        assert Media.objects.get(pk=media.pk).name == "a.png"


def test_a_change_touches_what_is_given_and_tells(as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a, alt_text="old", description="kept", keywords=["kept"])
    change = {"alt_text": "new", "focal_x": 0.25, "focal_y": 1, "id": 9, "file": "x", "author_id": 1, "status": "x"}
    response = as_role("editor").patch(f"{MEDIA}/{media.pk}", change)
    assert (response.status_code, response["ETag"]) == (200, f'"m{media.pk}-2"')
    body = response.json()
    assert [body[key] for key in ("id", "alt_text", "description", "keywords", "focal_x", "focal_y", "status")] == [
        media.pk, "new", "kept", ["kept"], 0.25, 1.0, "ready",
    ]  # fmt: skip
    assert body["url"] == media.url
    assert body["author_id"] is None
    assert body["updated_at"] > body["created_at"]
    event = EventRow.objects.get(name="media.media_updated", subject_id=media.pk)
    assert (event.subject_version, event.data) == (2, {"changed": ["alt_text", "focal_x", "focal_y"]})


@pytest.mark.parametrize(
    ("given", "kept"), [(["a", "b "], ["a", "b"]), ("a, b", ["a", "b"]), ("", []), (None, None), ([], [])]
)
def test_keywords_are_changed_by_a_list_a_text_or_null(as_role: AsRole, site_a: Any, given: Any, kept: Any) -> None:
    media = factories.make(site_a, keywords=["old"])
    assert as_role("editor").patch(f"{MEDIA}/{media.pk}", {"keywords": given}).json()["keywords"] == kept


@pytest.mark.parametrize(
    "change",
    [{"focal_x": 1.01}, {"focal_y": -0.1}, {"focal_x": "nan"}, {"name": ""}, {"name": "x" * 256}, {"keywords": [1]},
     {"keywords": {"a": 1}}, {"keywords": ["a"] * 101}, {"alt_text": "x" * 10_001}, {"alt_text": "a\0"}],
)  # fmt: skip
def test_values_out_of_bounds_are_refused_and_change_nothing(as_role: AsRole, site_a: Any, change: Any) -> None:
    media = factories.make(site_a)
    assert as_role("editor").patch(f"{MEDIA}/{media.pk}", change).status_code == 400
    with inside(site_a.tenant):
        assert Media.objects.get(pk=media.pk).version == 1


def test_a_change_of_an_older_version_is_refused(as_role: AsRole, site_a: Any) -> None:
    media, editor = factories.make(site_a), as_role("editor")
    path = f"{MEDIA}/{media.pk}"
    assert editor.patch(path, {"name": "x"}, headers={"If-Match": f'"m{media.pk}-1"'}).status_code == 200
    assert editor.patch(path, {"name": "y"}, headers={"If-Match": f'"m{media.pk}-1"'}).status_code == 412
    assert editor.delete(path, headers={"If-Match": f'"m{media.pk}-1"'}).status_code == 412
    assert editor.get(path).json()["name"] == "x"


def test_an_author_changes_only_their_own_and_a_viewer_nothing(as_role: AsRole, site_a: Any, users: Users) -> None:
    own, other = factories.make(site_a, author=users["alpha"]["author"]), factories.make(site_a)
    author, viewer = as_role("author"), as_role("viewer")
    assert author.patch(f"{MEDIA}/{own.pk}", {"name": "x"}).status_code == 200
    assert author.patch(f"{MEDIA}/{other.pk}", {"name": "x"}).status_code == 403
    assert viewer.patch(f"{MEDIA}/{own.pk}", {"name": "y"}).status_code == 403
    for client in (author, viewer):
        assert client.delete(f"{MEDIA}/{own.pk}").status_code == 403
        assert client.delete(f"{MEDIA}/{other.pk}?force=true").status_code == 403
    with inside(site_a.tenant):
        assert {media.pk: media.name for media in Media.objects.all()} == {own.pk: "x", other.pk: "a.png"}
        assert not Due.objects.filter(kind="media.discard_file").exists()


def test_a_deletion_removes_the_row_at_once_and_the_file_after_the_commit(
    as_role: AsRole, site_a: Any, run_due: RunDue
) -> None:
    media = factories.make(site_a)
    response = as_role("editor").delete(f"{MEDIA}/{media.pk}")
    assert (response.status_code, response.content) == (204, b"")
    assert as_role("editor").get(f"{MEDIA}/{media.pk}").status_code == 404
    assert default_storage.exists(media.file)
    assert EventRow.objects.get(name="media.media_deleted", subject_id=media.pk).data == {"media_type": "image/png"}
    assert run_due() == 1
    assert not default_storage.exists(media.file)


def test_what_is_in_use_is_deleted_only_by_force(as_role: AsRole, site_a: Any) -> None:
    media, editor = factories.make(site_a), as_role("editor")
    with inside(site_a.tenant):
        uses.replace("element", 7, {"cover": media.pk, "pictures.0": media.pk})
    response = editor.delete(f"{MEDIA}/{media.pk}")
    assert (response.status_code, response.json()["code"]) == (409, "media.in_use")
    assert response.json()["detail"]["users"] == [
        {"doc_type": "element", "doc_id": 7, "field": "cover"},
        {"doc_type": "element", "doc_id": 7, "field": "pictures.0"},
    ]
    assert editor.get(f"{MEDIA}/{media.pk}").status_code == 200
    assert editor.delete(f"{MEDIA}/{media.pk}?force=true").status_code == 204
    with inside(site_a.tenant):
        assert (Media.objects.count(), Use.objects.count()) == (0, 0)


def test_a_dry_run_deletes_nothing_and_plans_nothing(as_role: AsRole, site_a: Any) -> None:
    media = factories.make(site_a)
    body = as_role("editor").delete(f"{MEDIA}/{media.pk}?dry_run=true").json()
    assert (body["status"], [event["name"] for event in body["events"]]) == (204, ["media.media_deleted"])
    assert as_role("editor").get(f"{MEDIA}/{media.pk}").status_code == 200
    assert not Due.objects.filter(kind="media.discard_file").exists()


def test_uses_are_replaced_whole_and_what_is_gone_is_left_out(site_a: Any) -> None:
    one, two = factories.make(site_a), factories.make(site_a)
    with inside(site_a.tenant):
        uses.replace("element", 7, {"a": one.pk, "b": two.pk, "gone": 10**9, "huge": 2**70, "none": 0})
        uses.replace("post", 7, {"a": one.pk})
        assert set(Use.objects.values_list("doc_type", "field", "media_id")) == {
            ("element", "a", one.pk), ("element", "b", two.pk), ("post", "a", one.pk),
        }  # fmt: skip
        uses.replace("element", 7, {"b": one.pk})
        assert set(Use.objects.filter(doc_type="element").values_list("field", "media_id")) == {("b", one.pk)}
        uses.replace("element", 7, {})
        assert list(Use.objects.values_list("doc_type", flat=True)) == ["post"]


def test_addresses_are_those_of_the_sites_own_media(site_a: Any, site_b: Any) -> None:
    one, other = factories.make(site_a), factories.make(site_b)
    with inside(site_a.tenant):
        assert selectors.urls_of(site_a.pk, [one.pk, 10**9, 2**70, -1, 0]) == {one.pk: one.url}
        assert selectors.urls_of(site_b.pk, [one.pk, other.pk]) == {}
        assert selectors.urls_of(site_a.pk, []) == {}
