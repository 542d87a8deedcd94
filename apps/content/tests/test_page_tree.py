"""The tree of pages: moves, paths, what is left out, what is refused."""

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.content.errors import PageCycle
from apps.content.models import Page, PublicDocument
from apps.content.services import pages, refreezing, tree
from apps.content.tests.factories import a_page, a_type, an_element, public
from apps.core.actor import Actor
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from tests.client import ApiClient

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def below(client: ApiClient, *titles: str, parent: int | None = None, **members: Any) -> list[dict[str, Any]]:
    """Pages of these titles, each below the one before."""
    made = []
    for title in titles:
        made.append(a_page(client, title=title, parent_id=parent, **members))
        parent = made[-1]["id"]
    return made


def shape(nodes: list[dict[str, Any]]) -> list[Any]:
    return [(node["slug"], shape(node["children"])) if node["children"] else node["slug"] for node in nodes]


def tree_of(client: ApiClient) -> list[Any]:
    return shape(client.get("/alpha-site/pages/tree").json())


def test_the_whole_tree_is_one_statement_in_the_order_of_positions(as_role):
    editor = as_role("editor")
    a, b, _ = below(editor, "A", "B", "C")
    a_page(editor, title="D", published=True)
    a_page(editor, title="E", parent_id=a["id"], position=0)
    a_page(editor, title="F", parent_id=a["id"], position=99)
    with CaptureQueriesContext(connection) as captured:
        found = editor.get("/alpha-site/pages/tree").json()
    assert shape(found) == [("a", ["e", ("b", ["c"]), "f"]), "d"]
    asked = [q["sql"] for q in captured if not q["sql"].startswith("SET search_path")]
    assert len(asked) == 3, asked  # who asks, site, pages
    node = found[0]["children"][1]
    assert node == {
        "id": b["id"],
        "slug": "b",
        "title": "B",
        "path": "/a/b",
        "status": "draft",
        "position": 1,
        "children": node["children"],
    }
    assert (found[1]["status"], found[1]["position"]) == ("published", 1)


def test_a_move_writes_the_page_and_positions_of_siblings_and_no_version(as_role):
    editor = as_role("editor")
    _, b, c = below(editor, "A", "B", "C")
    d = a_page(editor, title="D")
    moved = editor.post(f"/alpha-site/pages/{b['id']}/move", {"parent_id": d["id"]})
    assert (moved.status_code, moved.json()["path"], moved.json()["version"]) == (200, "/d/b", 1)
    assert tree_of(editor) == ["a", ("d", [("b", ["c"])])]
    assert editor.get(f"/alpha-site/pages/{c['id']}").json()["path"] == "/d/b/c"
    editor.post(f"/alpha-site/pages/{d['id']}/move", {"parent_id": None, "position": 0})
    assert tree_of(editor) == [("d", [("b", ["c"])]), "a"]
    editor.patch(f"/alpha-site/pages/{c['id']}", {"parent_id": None, "position": 1})
    assert tree_of(editor) == [("d", ["b"]), "c", "a"]
    assert EventRow.objects.filter(name="content.page_moved").count() == 3


def test_a_page_cannot_be_below_itself_nor_below_another_sites(as_role):
    editor, other = as_role("editor"), as_role("editor", tenant="beta")
    a, b, c = below(editor, "A", "B", "C")
    for _ in range(6):
        theirs = a_page(other, "beta-site")
    events = EventRow.objects.count()
    for target in (a, b, c):
        answer = editor.post(f"/alpha-site/pages/{a['id']}/move", {"parent_id": target["id"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "content.page.cycle")
    assert editor.post(f"/alpha-site/pages/{c['id']}/move", {"parent_id": theirs["id"]}).status_code == 400
    assert editor.post(f"/alpha-site/pages/{theirs['id']}/move", {}).status_code == 404
    assert tree_of(editor) == [("a", [("b", ["c"])])]
    assert EventRow.objects.count() == events


def test_twenty_levels_are_the_most(as_role):
    editor = as_role("editor")
    chain = below(editor, *(f"L{n}" for n in range(20)))
    answer = editor.post("/alpha-site/pages", {"title": "X", "parent_id": chain[-1]["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.page.too_deep")
    pair = below(editor, "P", "Q")
    answer = editor.post(f"/alpha-site/pages/{pair[0]['id']}/move", {"parent_id": chain[18]["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.page.too_deep")
    assert editor.post(f"/alpha-site/pages/{pair[0]['id']}/move", {"parent_id": chain[17]["id"]}).status_code == 200
    assert editor.get("/alpha-site/pages").json()["total"] == 22


def test_a_site_has_a_bounded_number_of_pages(as_role, monkeypatch):
    editor = as_role("editor")
    monkeypatch.setattr(tree, "MAX_PAGES", 2)
    below(editor, "A", "B")
    answer = editor.post("/alpha-site/pages", {"title": "C"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.page.limit")
    assert editor.get("/alpha-site/pages").json()["total"] == 2


def test_pages_below_a_deleted_one_stand_against_it_go_too_or_move_up(as_role):
    editor = as_role("editor")
    a, b, c = below(editor, "A", "B", "C")
    a_page(editor, title="Z")
    path = f"/alpha-site/pages/{b['id']}"
    refused = editor.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "content.page.has_children")
    assert refused.json()["detail"]["children"] == [{"id": c["id"], "title": "C"}]
    assert tree_of(editor) == [("a", [("b", ["c"])]), "z"]
    assert editor.delete(f"{path}?children=some").status_code == 400
    assert editor.delete(f"{path}?children=lift").status_code == 204
    assert tree_of(editor) == [("a", ["c"]), "z"]
    a_page(editor, title="D", parent_id=a["id"])
    assert editor.delete(f"/alpha-site/pages/{a['id']}?children=cascade").status_code == 204
    assert tree_of(editor) == ["z"]
    assert EventRow.objects.filter(name="content.page_deleted").count() == 4


def test_lifted_pages_take_the_place_of_the_one_that_goes_in_their_order(as_role):
    editor = as_role("editor")
    one = a_page(editor, title="One")
    two = a_page(editor, title="Two")
    a_page(editor, title="Three")
    for title in ("x", "y", "z"):
        a_page(editor, title=title, parent_id=two["id"])
    assert editor.delete(f"/alpha-site/pages/{two['id']}?children=lift").status_code == 204
    assert tree_of(editor) == ["one", "x", "y", "z", "three"]
    assert one["position"] == 0


def test_a_cascade_stops_whole_when_something_refers_to_one_of_the_pages(as_role):
    admin = as_role("site_admin")
    a, b = below(admin, "A", "B")
    schema = {"type": "object", "properties": {"to": {"type": "integer", "format": "page_id"}}}
    an_element(admin, a_type(admin, schema=schema), {"to": b["id"]})
    answer = admin.delete(f"/alpha-site/pages/{a['id']}?children=cascade")
    assert (answer.status_code, answer.json()["code"]) == (409, "content.in_use")
    assert tree_of(admin) == [("a", ["b"])]
    assert admin.delete(f"/alpha-site/pages/{a['id']}?children=cascade&force=true").status_code == 204
    assert tree_of(admin) == []


def test_paths_of_a_moved_or_renamed_tree_are_right_at_once_and_old_ones_lead_there(as_role, api):
    editor = as_role("editor")
    a, b, c = below(editor, "A", "B", "C", published=True)
    d = a_page(editor, title="D", published=True)
    editor.post(f"/alpha-site/pages/{b['id']}/move", {"parent_id": d["id"]})
    assert [public(api, f"pages/{page['id']}")["path"] for page in (a, b, c, d)] == ["/a", "/d/b", "/d/b/c", "/d"]
    assert public(api, f"pages/{b['id']}")["parent_id"] == d["id"]
    editor.patch(f"/alpha-site/pages/{d['id']}", {"slug": "dee"})
    assert public(api, f"pages/{c['id']}")["path"] == "/dee/b/c"
    editor.patch(f"/alpha-site/pages/{b['id']}", {"slug": "bee"})
    for old in ("/a/b/c", "/d/b/c", "/dee/b/c"):
        answer = api.get(f"/public/alpha-site/page?path={old}")
        assert (answer.status_code, answer["Location"]) == (301, "/public/alpha-site/page?path=/dee/bee/c"), old
        assert api.get(answer["Location"]).json()["id"] == c["id"]
    for old in ("/a/b", "/d/b", "/dee/b"):
        assert api.get(f"/public/alpha-site/page?path={old}")["Location"].endswith("=/dee/bee")
    assert api.get("/public/alpha-site/page?path=dee/bee/c/").json()["id"] == c["id"]
    assert api.get("/public/alpha-site/page?path=/").status_code == 404
    answer = api.get("/public/alpha-site/pages/b")
    assert (answer.status_code, answer["Location"], answer.content) == (301, "/public/alpha-site/pages/bee", b"")
    assert EventRow.objects.filter(name="content.page_readdressed").count() == 5


def test_a_draft_of_a_slug_changes_no_address(as_role, api):
    editor = as_role("editor")
    a, b = below(editor, "A", "B", published=True)
    editor.patch(f"/alpha-site/pages/{a['id']}?draft=true", {"slug": "secret"})
    assert editor.get(f"/alpha-site/pages/{b['id']}").json()["path"] == "/secret/b"
    assert public(api, f"pages/{b['id']}")["path"] == "/a/b"
    assert api.get("/public/alpha-site/pages/secret").status_code == 404
    assert api.get("/public/alpha-site/page?path=/secret").status_code == 404
    assert public(api, "pages/a")["id"] == a["id"]
    editor.post(f"/alpha-site/pages/{a['id']}/publish")
    assert public(api, f"pages/{b['id']}")["path"] == "/secret/b"


def test_what_refers_to_a_page_follows_its_path(as_role, api, deliver_events):
    admin = as_role("site_admin")
    a, b = below(admin, "A", "B", published=True)
    schema = {"type": "object", "properties": {"to": {"type": "integer", "format": "page_id"}}}
    element = an_element(admin, a_type(admin, schema=schema), {"to": b["id"]}, published=True)

    def shown() -> Any:
        return public(api, f"elements/{element['id']}")["data"]["to"]

    assert shown() == {"id": b["id"], "slug": "b", "title": "B", "path": "/a/b"}
    admin.patch(f"/alpha-site/pages/{a['id']}", {"slug": "new"})
    deliver_events()
    assert shown()["path"] == "/new/b"
    admin.post(f"/alpha-site/pages/{b['id']}/move", {})
    deliver_events()
    assert shown()["path"] == "/b"
    admin.post(f"/alpha-site/pages/{b['id']}/unpublish")
    deliver_events()
    assert shown() is None


def test_an_ancestor_that_is_taken_back_keeps_the_addresses_below_it(as_role, api):
    editor = as_role("editor")
    a, b = below(editor, "A", "B", published=True)
    editor.post(f"/alpha-site/pages/{a['id']}/unpublish")
    assert public(api, f"pages/{b['id']}")["path"] == "/a/b"
    assert public(api, "navigation") == []
    editor.post(f"/alpha-site/pages/{a['id']}/publish")
    assert shape(public(api, "navigation")) == [("a", ["b"])]


def test_many_pages_below_a_moved_one_follow_in_a_job(as_role, api, deliver_events, monkeypatch):
    editor = as_role("editor")
    a, *_ = below(editor, "A", "B", "C", "D", published=True)
    monkeypatch.setattr(refreezing, "BATCH", 2)
    editor.patch(f"/alpha-site/pages/{a['id']}", {"slug": "new"})
    assert public(api, "pages/new")["path"] == "/new"
    assert public(api, "pages/d")["path"] == "/a/b/c/d"
    job = Job.objects.filter(kind="content.readdress").latest("created_at")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.done) == ("succeeded", {"documents": 3}, 3)
    assert public(api, "pages/d")["path"] == "/new/b/c/d"


def test_a_page_published_by_plan_readdresses_what_is_below_it(as_role, api, site_a, deliver_events):
    editor = as_role("editor")
    a, b = below(editor, "A", "B", published=True)
    with inside(site_a.tenant):
        # As a bulk operation or a plan would do it: the life of documents alone, without the service of pages.
        from apps.content.services import publishing

        page = Page.objects.get(pk=a["id"])
        page.slug = "later"
        publishing.save(page, actor=Actor.system(because="tests"), published=True, draft=False, now=page.created_at)
    assert public(api, f"pages/{b['id']}")["path"] == "/a/b"
    deliver_events()
    assert public(api, f"pages/{b['id']}")["path"] == "/later/b"


def test_a_page_below_one_in_the_trash_stands_at_the_top(as_role, api, site_a, deliver_events):
    editor = as_role("editor")
    a, b = below(editor, "A", "B", published=True)
    with inside(site_a.tenant):
        from apps.content.services import trash

        page = Page.objects.get(pk=a["id"])
        trash.put(page, actor=Actor.system(because="tests"), force=True, now=page.created_at)
    deliver_events()
    assert tree_of(editor) == ["b"]
    assert (public(api, f"pages/{b['id']}")["path"], public(api, f"pages/{b['id']}")["parent_id"]) == ("/b", None)
    assert shape(public(api, "navigation")) == ["b"]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5), st.integers(0, 4)), max_size=8))
def test_whatever_is_moved_it_stays_a_forest_with_right_paths(site_a, moves):
    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    with inside(site_a.tenant):
        Page.objects.all().delete()
        PublicDocument.objects.all().delete()
        made = [pages.create(actor=actor, site=site_a, title=f"P{n}", published=True).pk for n in range(6)]
        for which, target, position in moves:
            parent = None if target < 0 else made[target]
            with suppress(PageCycle):
                pages.move(actor=actor, site=site_a, page_id=made[which], parent_id=parent, position=position)
        rows = {page.pk: page for page in Page.objects.all()}
        for page in rows.values():
            above, walked = [page.slug], page
            while walked.parent_id:
                walked = rows[walked.parent_id]
                above.append(walked.slug)
                assert len(above) <= 6
            public_path = PublicDocument.objects.values_list("path", flat=True).get(doc_id=page.pk)
            assert public_path == "/" + "/".join(reversed(above))
        for parent_id in {page.parent_id for page in rows.values()}:
            positions = [page.position for page in rows.values() if page.parent_id == parent_id]
            assert len(set(positions)) == len(positions)
