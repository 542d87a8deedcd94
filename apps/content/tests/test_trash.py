import datetime

import pytest
from django.utils import timezone

from apps.content.models import Element, Page, PublicDocument, Reference, Slug, Version
from apps.content.services import publishing, trash
from apps.content.tests.factories import a_post, a_type, an_element, at, public
from apps.core.actor import Actor
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.models import Use
from apps.media.tests import factories as files
from apps.sites.models import ElementSite, Tenant

pytestmark = pytest.mark.django_db


def told(subject, kind="element"):
    rows = EventRow.objects.filter(subject_type=kind, subject_id=subject["id"]).order_by("pk")
    return [row.name.removeprefix(f"content.{kind}_") for row in rows]


def used(site):
    return Tenant.objects.get(pk=site.tenant_id).used_elements


def left_of(site, element):
    """How many rows there still are of an element, by table."""
    with inside(site.tenant):
        rows = {
            model.__name__: model.objects.filter(doc_type="element", doc_id=element["id"]).count()
            for model in (Version, PublicDocument, Reference, Slug, Use)
        }
        rows["Element"] = Element.objects.filter(pk=element["id"]).count()
    rows["ElementSite"] = ElementSite.objects.filter(pk=element["id"]).count()
    rows["Due"] = Due.objects.filter(subject=f"element:{element['id']}").count()
    return {name: count for name, count in rows.items() if count}


def test_the_trash_says_what_who_when_and_until_when(as_role, users):
    editor = as_role("editor")
    post, element = a_post(editor, title="Gone"), an_element(editor, a_type(as_role("site_admin")), {"name": "Also"})
    editor.delete(f"/alpha-site/posts/{post['id']}")
    editor.delete(f"/alpha-site/elements/{element['id']}")
    found = editor.get("/alpha-site/trash").json()
    assert [(row["doc_type"], row["id"], row["label"]) for row in found["items"]] == [
        ("element", element["id"], "Also"),
        ("post", post["id"], "Gone"),
    ]
    row = found["items"][0]
    assert row["deleted_by"] == {"id": users["alpha"]["editor"].pk, "name": "Twin editor"}
    gone, until = (datetime.datetime.fromisoformat(row[name]) for name in ("deleted_at", "purge_at"))
    assert until - gone == datetime.timedelta(days=30)
    only = editor.get("/alpha-site/trash?doc_type=post").json()
    assert ([row["id"] for row in only["items"]], only["total"], found["total"]) == ([post["id"]], 1, 2)
    second = editor.get("/alpha-site/trash?size=1&page=2").json()
    assert ([row["id"] for row in second["items"]], second["has_next"]) == ([post["id"]], False)
    assert editor.get("/alpha-site/trash?doc_type=media").status_code == 400


def test_what_is_restored_is_a_draft_with_its_slug_its_references_and_its_place_in_the_count(as_role, api, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    target = a_post(admin, published=True)
    picture = files.make(site_a)
    data = {"name": "A", "story": target["id"], "cover": picture.pk}
    made = an_element(admin, kind, data, published=True)
    path = f"/alpha-site/elements/{made['id']}"
    assert used(site_a) == 1
    admin.delete(path)
    assert (used(site_a), public(api)) == (0, [])
    assert admin.delete(f"/alpha-site/posts/{target['id']}?dry_run=true").json()["status"] == 204
    answer = admin.post(f"/alpha-site/trash/element/{made['id']}/restore")
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "draft", 2)
    assert answer["ETag"] == admin.get(path)["ETag"]
    assert (used(site_a), public(api), admin.get(path).json()["data"]) == (1, [], data)
    assert admin.delete(f"/alpha-site/posts/{target['id']}").status_code == 409
    with inside(site_a.tenant):
        assert list(Use.objects.values_list("doc_id", "field")) == [(made["id"], "cover")]
    assert told(made) == ["published", "deleted", "restored"]
    assert admin.get("/alpha-site/trash").json()["total"] == 0
    assert not Due.objects.filter(kind=trash.PURGE).exists()


def test_a_slug_that_was_taken_meanwhile_becomes_the_next_free_one(as_role):
    editor = as_role("editor")
    made = a_post(editor, slug="story")
    editor.delete(f"/alpha-site/posts/{made['id']}")
    owner = a_post(editor, slug="story")
    answer = editor.post(f"/alpha-site/trash/post/{made['id']}/restore").json()
    assert (answer["slug"], answer["slug_before"]) == ("story-2", "story")
    assert editor.get("/alpha-site/posts/slug/story").json()["id"] == owner["id"]
    assert editor.get("/alpha-site/posts/slug/story-2").json()["id"] == made["id"]


def test_an_element_for_which_there_is_no_room_stays_in_the_trash(as_role, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    made = an_element(admin, kind)
    admin.delete(f"/alpha-site/elements/{made['id']}")
    Tenant.objects.filter(pk=site_a.tenant_id).update(limits={"elements": 0})
    answer = admin.post(f"/alpha-site/trash/element/{made['id']}/restore")
    assert answer.json()["code"] == "limits.elements" or answer.status_code in (402, 409)
    assert (admin.get("/alpha-site/trash").json()["total"], used(site_a), told(made)) == (1, 0, ["saved", "deleted"])


def test_thirty_days_later_it_is_gone_with_all_that_hung_on_it(as_role, site_a, run_due):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), {"name": "A", "cover": files.make(site_a).pk}, published=True)
    admin.delete(f"/alpha-site/elements/{made['id']}")
    now = timezone.now()
    with at(now + datetime.timedelta(days=29, hours=23)):
        assert run_due() == 0
    assert left_of(site_a, made) == {"Version": 1, "Element": 1, "ElementSite": 1, "Due": 1}
    with at(now + datetime.timedelta(days=30, minutes=1)):
        assert run_due() == 1
    assert left_of(site_a, made) == {}
    assert told(made) == ["published", "deleted", "purged"]
    assert EventRow.objects.filter(name="content.element_purged").get().actor_kind == "system"


@pytest.mark.parametrize("way", ["living", "trashed", "of the trash"])
def test_purging_is_final_at_once(way, as_role, site_a, api):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), {"name": "A", "cover": files.make(site_a).pk}, published=True)
    path = f"/alpha-site/elements/{made['id']}"
    if way != "living":
        assert admin.delete(path).status_code == 204
    answer = admin.delete(f"/alpha-site/trash/element/{made['id']}" if way == "of the trash" else f"{path}?purge=true")
    assert answer.status_code == 204
    assert (left_of(site_a, made), used(site_a), public(api)) == ({}, 0, [])
    assert told(made) == ["published", "deleted", "purged"]
    assert admin.delete(f"{path}?purge=true").status_code == 404
    assert admin.post(f"/alpha-site/trash/element/{made['id']}/restore").status_code == 404


def test_what_is_referred_to_is_purged_only_when_forced(as_role, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    target = an_element(admin, kind)
    an_element(admin, kind, {"name": "R", "friend": target["id"]})
    path = f"/alpha-site/elements/{target['id']}"
    answer = admin.delete(f"{path}?purge=true")
    assert (answer.status_code, answer.json()["code"]) == (409, "content.in_use")
    assert admin.get(path).json() == target
    assert admin.delete(f"{path}?purge=true&force=true").status_code == 204


def test_what_is_not_in_the_trash_is_neither_restored_nor_purged_there(as_role):
    editor = as_role("editor")
    made = a_post(editor)
    for answer in (
        editor.post(f"/alpha-site/trash/post/{made['id']}/restore"),
        editor.delete(f"/alpha-site/trash/post/{made['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "content.trash.not_there")
    assert editor.post(f"/alpha-site/trash/media/{made['id']}/restore").status_code == 404
    assert editor.get(f"/alpha-site/posts/{made['id']}").json() == made


def test_an_author_takes_only_own_work_out_of_the_trash_and_purges_none(as_role):
    author, editor = as_role("author"), as_role("editor")
    own, others = a_post(author), a_post(editor)
    for made in (own, others):
        editor.delete(f"/alpha-site/posts/{made['id']}")
    assert author.post(f"/alpha-site/trash/post/{others['id']}/restore").status_code == 403
    assert author.delete(f"/alpha-site/trash/post/{own['id']}").status_code == 403
    assert editor.get("/alpha-site/trash").json()["total"] == 2
    assert author.post(f"/alpha-site/trash/post/{own['id']}/restore").status_code == 200


def test_a_page_comes_back_at_the_top_when_its_parent_is_gone_and_lets_its_children_go(as_role, site_a):
    actor = Actor.system(because="tests", tenant_id=site_a.tenant_id)
    now = timezone.now()

    def a_page(slug, parent=None):
        page = Page(site=site_a, locale="en", slug=slug, title=slug, parent=parent, created_at=now)
        publishing.save_version(page, actor=actor, now=now)
        return page

    with inside(site_a.tenant):
        parent = a_page("parent")
        child = a_page("child", parent)
        for page in (child, parent):
            trash.put(page, actor=actor, force=True, now=now)
        named = {"actor": actor, "site": site_a, "doc_type": "page"}
        back = trash.restore(**named, doc_id=child.pk).document
        assert (back.parent, back.slug, back.published) == (None, "child", False)
        Page.objects.filter(pk=child.pk).update(parent=parent)
        trash.purge(**named, doc_id=parent.pk)
        assert list(Page.objects.values_list("slug", "parent")) == [("child", None)]


def test_the_tag_guards_the_trash(as_role):
    editor = as_role("editor")
    made = a_post(editor)
    editor.delete(f"/alpha-site/posts/{made['id']}")
    path = f"/alpha-site/trash/post/{made['id']}"
    stale = {"If-Match": '"post0-1-0"'}
    assert [
        editor.post(f"{path}/restore", headers=stale).status_code,
        editor.delete(path, headers=stale).status_code,
    ] == [
        412,
        412,
    ]
    assert editor.get("/alpha-site/trash").json()["total"] == 1
