"""What strangers try at the doors of a document's life."""

import pytest

from apps.content.tests.factories import a_post, a_type, an_element, public
from apps.core.models import EventRow

pytestmark = pytest.mark.django_db

READS = ["versions", "versions/1", "references"]
WRITES = ["publish", "unpublish", "versions/1/restore"]


@pytest.mark.parametrize("rest", READS)
@pytest.mark.parametrize(
    "query", ["author__password__startswith=p", "source=1", "sort=author", "page=1&page=2", "fields=source", "size[]=1"]
)
def test_a_query_that_is_not_known_is_400(rest, query, as_role):
    editor = as_role("editor")
    path = f"/alpha-site/posts/{a_post(editor)['id']}/{rest}"
    assert editor.get(f"{path}?{query}").status_code == 400
    assert editor.get(f"/alpha-site/trash?{query}").status_code == 400


@pytest.mark.parametrize("id", ["0", "-1", "9" * 18, "9" * 40, "%00", "a" * 10_000, "1.0", "../1"])
def test_ids_that_are_none_are_404(id, as_role):
    editor = as_role("editor")
    for kind in ("elements", "posts"):
        assert {editor.get(f"/alpha-site/{kind}/{id}/{rest}").status_code for rest in READS} == {404}
        assert {editor.post(f"/alpha-site/{kind}/{id}/{rest}", {}).status_code for rest in WRITES} == {404}
    assert editor.post(f"/alpha-site/trash/post/{id}/restore", {}).status_code == 404
    assert editor.delete(f"/alpha-site/trash/post/{id}").status_code == 404
    assert editor.get(f"/alpha-site/posts/slug/{'b' * 201}").status_code == 404


def test_members_that_are_not_the_clients_to_set_change_nothing(as_role, api):
    editor = as_role("editor")
    forged = {"version": 9, "published_version": 9, "site_id": 9, "author_id": 9, "deleted_at": None, "id": 9}
    made = a_post(editor)
    answer = editor.post(f"/alpha-site/posts/{made['id']}/publish", forged).json()
    for name in ("id", "version", "site_id", "author_id", "created_at", "slug"):
        assert answer[name] == made[name]
    item = {"action": "update", "title": "B"} | forged | {"id": made["id"]}
    editor.post("/alpha-site/posts/bulk", {"items": [item], "actor": "system", "site": "beta-site", "force": True})
    found = editor.get(f"/alpha-site/posts/{made['id']}").json()
    assert (found["title"], found["version"], found["author_id"]) == ("B", 2, made["author_id"])


def test_of_drafts_plans_the_past_and_the_trash_the_public_sees_nothing(as_role, api):
    editor = as_role("editor")
    kind = a_type(as_role("site_admin"))
    draft, planned, past, gone = (an_element(editor, kind, {"name": name}) for name in "ABCD")
    editor.post(f"/alpha-site/elements/{planned['id']}/publish", {"publish_at": "2035-01-01T00:00:00Z"})
    for made in (past, gone):
        editor.post(f"/alpha-site/elements/{made['id']}/publish")
    editor.post(f"/alpha-site/elements/{past['id']}/unpublish")
    editor.delete(f"/alpha-site/elements/{gone['id']}")
    assert public(api) == []
    for made in (draft, planned, past, gone):
        assert api.get(f"/public/alpha-site/elements/{made['id']}").status_code == 404
    editor.post(f"/alpha-site/trash/element/{gone['id']}/restore")
    assert api.get(f"/public/alpha-site/elements/{gone['id']}").status_code == 404


def test_a_viewer_reads_the_past_and_changes_nothing_of_it(as_role):
    editor, viewer = as_role("editor"), as_role("viewer")
    made, gone = a_post(editor), a_post(editor)
    editor.delete(f"/alpha-site/posts/{gone['id']}")
    events = EventRow.objects.count()
    path = f"/alpha-site/posts/{made['id']}"
    assert {viewer.get(f"{path}/{rest}").status_code for rest in READS} == {200}
    assert {viewer.post(f"{path}/{rest}", {}).status_code for rest in WRITES} == {403}
    assert viewer.post("/alpha-site/posts/bulk", {"items": [{"action": "delete", "id": made["id"]}]}).status_code == 403
    assert viewer.post(f"/alpha-site/trash/post/{gone['id']}/restore").status_code == 403
    assert (editor.get(path).json(), EventRow.objects.count()) == (made, events)
