"""Folders as a tree, and files in them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import EventRow
from apps.core.tenancy import inside
from apps.media.models import Folder, Media
from apps.media.services import folders
from apps.media.tests import factories
from conftest import AsRole

FOLDERS = "/alpha-site/media/folders"


def a_folder(client: Any, name: str = "Birds", parent: Any = None) -> Any:
    body = {"name": name} | ({"parent_id": parent["id"]} if parent else {})
    answer = client.post(f"{FOLDERS}/", body)
    assert answer.status_code == 201
    return answer.json()


def test_a_folder_is_made_read_renamed_and_deleted(as_role: AsRole, site_a: Any) -> None:
    editor = as_role("editor")
    top = a_folder(editor)
    made = editor.post(FOLDERS, {"name": "Waders", "parent_id": top["id"]})
    below = made.json()
    assert made["ETag"] == f'"f{below["id"]}-1"'
    assert (below["path"], below["parent_id"], below["media_count"]) == ("Birds / Waders", top["id"], 0)
    factories.make(site_a, folder_id=below["id"])
    assert editor.get(f"{FOLDERS}/{top['id']}").json()["folder_count"] == 1
    path = f"{FOLDERS}/{below['id']}"
    renamed = editor.patch(path, {"name": "Gulls"}, headers={"If-Match": made["ETag"]})
    assert (renamed.status_code, renamed.json()["path"], renamed.json()["media_count"]) == (200, "Birds / Gulls", 1)
    assert editor.patch(path, {"name": "X"}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert editor.patch(path, {"parent_id": None}).json()["path"] == "Gulls"
    assert [row["name"] for row in editor.get(FOLDERS).json()["items"]] == ["Birds", "Gulls"]
    assert editor.delete(f"{FOLDERS}/{top['id']}").status_code == 204
    assert editor.get(f"{FOLDERS}/{top['id']}").status_code == 404
    names = (
        EventRow.objects.filter(subject_type="folder", site_id=site_a.pk).order_by("pk").values_list("name", flat=True)
    )
    made_twice = ["media.folder_created"] * 2
    assert list(names) == [*made_twice, "media.folder_updated", "media.folder_updated", "media.folder_deleted"]


def test_the_tree_counts_files_in_one_statement(as_role: AsRole, site_a: Any) -> None:
    editor = as_role("editor")
    top, other = a_folder(editor, "Birds"), a_folder(editor, "Boats")
    deep = a_folder(editor, "Gulls", a_folder(editor, "Waders", top))
    for folder in (top, deep, deep):
        factories.make(site_a, folder_id=folder["id"])
    factories.make(site_a)
    birds, boats = editor.get(f"{FOLDERS}/tree").json()
    assert (birds["name"], birds["media_count"], birds["total_count"]) == ("Birds", 1, 3)
    assert boats == {"id": other["id"], "name": "Boats", "media_count": 0, "total_count": 0, "children": []}
    assert birds["children"][0]["children"][0]["total_count"] == 2
    with CaptureQueriesContext(connection) as seen:
        editor.get(f"{FOLDERS}/tree")
    assert len([query for query in seen.captured_queries if "media_folder" in query["sql"]]) == 1


def test_a_name_is_there_once_within_its_parent(as_role: AsRole) -> None:
    editor = as_role("editor")
    top = a_folder(editor, "Birds")
    below = a_folder(editor, "Birds", top)
    for body in ({"name": "Birds"}, {"name": "Birds", "parent_id": top["id"]}):
        answer = editor.post(FOLDERS, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "media.folder.taken")
    assert editor.patch(f"{FOLDERS}/{below['id']}", {"parent_id": None}).json()["code"] == "media.folder.taken"
    assert editor.get(FOLDERS).json()["total"] == 2


@pytest.mark.parametrize("name", ["", " ", "a/b", "a\nb", "a\0b", "x" * 201, None, ["a"]])
def test_a_name_that_is_none_is_refused(as_role: AsRole, name: Any) -> None:
    editor = as_role("editor")
    assert editor.post(FOLDERS, {"name": name}).status_code == 400
    assert editor.get(FOLDERS).json()["total"] == 0


def test_a_folder_cannot_be_below_itself_or_too_deep(as_role: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = as_role("editor")
    top = a_folder(editor, "1")
    middle = a_folder(editor, "2", top)
    low = a_folder(editor, "3", middle)
    for target in (top, low):
        answer = editor.patch(f"{FOLDERS}/{top['id']}", {"parent_id": target["id"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "media.folder.cycle")
    monkeypatch.setattr(folders, "MAX_DEPTH", 3)
    answer = editor.post(FOLDERS, {"name": "4", "parent_id": low["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "media.folder.too_deep")
    side = a_folder(editor, "side")
    moved = editor.patch(f"{FOLDERS}/{top['id']}", {"parent_id": side["id"]})
    assert (moved.status_code, moved.json()["code"]) == (409, "media.folder.too_deep")
    monkeypatch.setattr(folders, "MAX_FOLDERS", 4)
    assert editor.post(FOLDERS, {"name": "one more"}).json()["code"] == "media.folder.limit"
    assert editor.get(f"{FOLDERS}/{low['id']}").json()["path"] == "1 / 2 / 3"


def test_a_folder_with_something_in_it_goes_by_force_and_no_file_with_it(as_role: AsRole, site_a: Any) -> None:
    editor = as_role("editor")
    top = a_folder(editor, "top")
    middle = a_folder(editor, "middle", top)
    low = a_folder(editor, "low", middle)
    files = [factories.make(site_a, folder_id=folder["id"]).pk for folder in (middle, low)]
    answer = editor.delete(f"{FOLDERS}/{middle['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "media.folder.not_empty")
    assert (answer.json()["detail"]["media"], answer.json()["detail"]["folders"]) == (1, 1)
    assert editor.get(FOLDERS).json()["total"] == 3
    assert editor.delete(f"{FOLDERS}/{middle['id']}?force=true").status_code == 204
    with inside(site_a.tenant):
        assert list(Folder.objects.values_list("pk", flat=True)) == [top["id"]]
        assert list(Media.objects.order_by("pk").values_list("pk", "folder_id")) == [(id, top["id"]) for id in files]
    event = EventRow.objects.get(name="media.folder_deleted", subject_id=middle["id"], tenant_id=site_a.tenant_id)
    assert event.data == {"folders": 2, "media": 2}


def test_files_are_put_into_folders_of_their_own_site_only(as_role: AsRole, site_a: Any, site_b: Any) -> None:
    editor, other = as_role("editor"), as_role("editor", tenant="beta")
    own = a_folder(editor)
    foreign = [other.post("/beta-site/media/folders", {"name": f"{n}"}).json()["id"] for n in range(3)][-1]
    media = factories.make(site_a)
    for method, path, body in (
        ("patch", f"/alpha-site/media/{media.pk}", {"folder_id": foreign}),
        ("post", FOLDERS, {"name": "x", "parent_id": foreign}),
        ("patch", f"{FOLDERS}/{own['id']}", {"parent_id": foreign}),
    ):
        answer = getattr(editor, method)(path, body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reference"), path
    for method in ("get", "delete"):
        assert getattr(editor, method)(f"{FOLDERS}/{foreign}").status_code == 404
    form = {"file": factories.file("a.png", factories.picture()), "folder_id": str(foreign)}
    assert editor.upload("/alpha-site/media", form).status_code == 400
    form = {"file": factories.file("b.png", factories.picture()), "folder_id": str(own["id"]), "tags": "sea, sea,sky"}
    body = editor.upload("/alpha-site/media", form).json()
    assert (body["folder_id"], body["tags"], body["duplicate_of"]) == (own["id"], ["sea", "sky"], media.pk)
    with inside(site_a.tenant):
        assert Media.objects.count() == 2
        assert Folder.objects.count() == 1


def test_the_list_is_filtered_by_folder_tags_and_doubles(as_role: AsRole, site_a: Any) -> None:
    editor = as_role("editor")
    folder = a_folder(editor)
    one = factories.make(site_a, folder_id=folder["id"], tags=["sea", "sky"]).pk
    two = factories.make(site_a, tags=["sea"], content=b"words", name="a.txt").pk
    three = factories.make(site_a).pk

    def ids(query: str) -> list[int]:
        return [item["id"] for item in editor.get(f"/alpha-site/media?{query}").json()["items"]]

    assert ids(f"folder={folder['id']}") == [one]
    assert ids("folder=none") == [two, three]
    assert (ids("tag=sea"), ids("tag=sea,sky"), ids("tag=se")) == ([one, two], [one], [])
    assert (ids("duplicates=true"), ids("duplicates=false")) == ([one, three], [two])
    body = editor.patch(f"/alpha-site/media/{two}", {"folder_id": folder["id"], "tags": ["x", "x", " y "]}).json()
    assert (body["folder_id"], body["tags"]) == (folder["id"], ["x", "y"])
    assert ids(f"folder={folder['id']}") == [one, two]


def test_a_viewer_reads_folders_and_changes_none(as_role: AsRole) -> None:
    editor, viewer, author = as_role("editor"), as_role("viewer"), as_role("author")
    folder = a_folder(editor)
    assert viewer.get(f"{FOLDERS}/tree").json()[0]["name"] == "Birds"
    assert viewer.post(FOLDERS, {"name": "x"}).status_code == 403
    assert viewer.patch(f"{FOLDERS}/{folder['id']}", {"name": "x"}).status_code == 403
    assert author.delete(f"{FOLDERS}/{folder['id']}?force=true").status_code == 403
    assert [row["name"] for row in editor.get(FOLDERS).json()["items"]] == ["Birds"]
