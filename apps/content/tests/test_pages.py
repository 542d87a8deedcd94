"""Pages as editors write them."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.content.models import Page, PublicDocument, Version
from apps.content.tests.factories import a_page, a_post, a_type, an_element, at, public
from apps.core.models import Due, EventRow
from apps.core.tenancy import inside
from apps.media.tests.factories import make

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def place(element: dict[str, Any], section: str = "main", position: int = 0, **more: Any) -> dict[str, Any]:
    return {"section": section, "position": position, "content_element_id": element["id"], **more}


def test_a_page_is_made_with_all_that_it_may_have(as_role):
    editor = as_role("site_admin")
    element = an_element(editor, a_type(editor), published=True)
    parent = a_page(editor, title="Parent")
    seo = {"title": "For results", "robots": "NoIndex, follow", "twitter_card": "summary"}
    made = a_page(
        editor,
        title="Child",
        slug="kid",
        description="Below",
        parent_id=parent["id"],
        template="landing",
        seo=seo,
        in_navigation=False,
        page_elements=[place(element, layout_config={"zeta": 1, "alpha": [2]})],
        locale="de",
    )
    assert made == made | {
        "title": "Child",
        "slug": "kid",
        "description": "Below",
        "parent_id": parent["id"],
        "position": 0,
        "path": "/parent/kid",
        "template": "landing",
        "seo": seo | {"robots": "noindex,follow"},
        "in_navigation": False,
        "element_count": 1,
        "published": False,
        "status": "draft",
        "locale": "de",
        "version": 1,
    }
    assert made["page_elements"] == [{"id": 1, **place(element), "layout_config": {"zeta": 1, "alpha": [2]}}]
    assert editor.get(f"/alpha-site/pages/{made['id']}").json() == made
    assert b'"layout_config":{"zeta":1,"alpha":[2]}' in editor.get(f"/alpha-site/pages/{made['id']}").content
    listed = editor.get("/alpha-site/pages/").json()
    assert (listed["total"], listed["items"][1]) == (2, made)
    assert [p["id"] for p in editor.get(f"/alpha-site/pages?parent_id={parent['id']}").json()["items"]] == [made["id"]]
    assert [p["id"] for p in editor.get("/alpha-site/pages?parent_id=0").json()["items"]] == [parent["id"]]


def test_slugs_of_pages_are_taken_like_those_of_posts(as_role):
    editor = as_role("editor")
    a_post(editor, title="About")
    assert [a_page(editor, title="About")["slug"] for _ in range(2)] == ["about", "about-2"]
    answer = editor.post("/alpha-site/pages", {"title": "X", "slug": "about"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.slug.taken")
    assert a_page(editor, title="X", slug="about", locale="de")["slug"] == "about"
    assert editor.get("/alpha-site/pages").json()["total"] == 3


def test_places_are_ordered_by_section_and_position_and_those_that_stay_keep_their_id(as_role):
    editor = as_role("site_admin")
    kind = a_type(editor)
    one, two, three = (an_element(editor, kind, {"name": str(n)}) for n in range(3))
    path = f"/alpha-site/pages/{a_page(editor)['id']}"
    wanted = [place(one, "sidebar", 5), place(two, "main", 9), place(three, "main", 2)]
    answer = editor.put(f"{path}/elements", {"page_elements": wanted}).json()
    assert [(p["id"], p["section"], p["position"], p["content_element_id"]) for p in answer["page_elements"]] == [
        (1, "main", 0, three["id"]),
        (2, "main", 1, two["id"]),
        (3, "sidebar", 0, one["id"]),
    ]
    again = [place(two, "main", 0) | {"id": 2}, place(one), place(one, "foot") | {"id": 77}]
    answer = editor.put(f"{path}/elements", {"page_elements": again}).json()
    assert [(p["id"], p["section"]) for p in answer["page_elements"]] == [(4, "foot"), (2, "main"), (5, "main")]
    assert answer["version"] == 3
    assert editor.put(f"{path}/elements", {"page_elements": []}).json()["page_elements"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"page_elements": [{"section": "x" * 101, "content_element_id": 1}]}, "page_elements.0.section"),
        ({"page_elements": [{"content_element_id": 1, "layout_config": [1]}]}, "page_elements.0.layout_config"),
        (
            {"page_elements": [{"content_element_id": 1, "layout_config": {"a": "x" * 20_000}}]},
            "page_elements.0.layout_config",
        ),
        ({"page_elements": [{"content_element_id": 2**40}]}, "page_elements.0.content_element_id"),
        ({"page_elements": [{"section": "main"}]}, "page_elements.0.content_element_id"),
        ({"page_elements": [{"content_element_id": 1}] * 501}, "page_elements"),
        ({"seo": {"image_media_id": 2**40}}, "seo.image_media_id"),
        ({"seo": {"robots": "hide"}}, "seo.robots"),
        ({"seo": {"keywords": "a"}}, "seo.keywords"),
        ({"seo": {"twitter_card": "player"}}, "seo.twitter_card"),
        ({"slug": "Über"}, "slug"),
        ({"parent_id": 2**40}, "parent_id"),
        ({"template": "../x y"}, "template"),
    ],
)
def test_what_is_not_allowed_is_400_and_changes_nothing(as_role, change, field):
    editor = as_role("editor")
    made = a_page(editor)
    events = EventRow.objects.count()
    for answer in (
        editor.patch(f"/alpha-site/pages/{made['id']}", change),
        editor.post("/alpha-site/pages", {"title": "New", **change}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert field in {fault["field"] for fault in answer.json()["errors"]}
    assert editor.get(f"/alpha-site/pages/{made['id']}").json() == made
    assert editor.get("/alpha-site/pages").json()["total"] == 1
    assert EventRow.objects.count() == events


def test_elements_and_media_of_another_site_are_refused_like_those_that_are_not(as_role, site_b):
    editor, other = as_role("site_admin"), as_role("site_admin", tenant="beta")
    kind = a_type(other, "beta-site")
    theirs = an_element(other, kind, site="beta-site", published=True)
    with inside(site_b.tenant):
        media = make(site_b)
    answer = editor.post("/alpha-site/pages", {"title": "X", "page_elements": [place(theirs)]})
    assert answer.json()["errors"][0]["field"] == "page_elements.0.content_element_id"
    # The tables are the tenants' own: an id beyond those of alpha is none of its media.
    answer = editor.post("/alpha-site/pages", {"title": "X", "seo": {"image_media_id": media.pk + 10_000}})
    assert answer.json()["errors"][0]["field"] == "seo.image_media_id"
    assert editor.get("/alpha-site/pages").json()["total"] == 0


def test_an_element_that_is_gone_does_not_stand_against_another_edit(as_role):
    editor = as_role("site_admin")
    gone = an_element(editor, a_type(editor))
    made = a_page(editor, page_elements=[place(gone)])
    refused = editor.delete(f"/alpha-site/elements/{gone['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "content.in_use")
    assert editor.delete(f"/alpha-site/elements/{gone['id']}?force=true").status_code == 204
    answer = editor.patch(
        f"/alpha-site/pages/{made['id']}", {"page_elements": made["page_elements"] + [place(gone, "foot")]}
    )
    assert answer.status_code == 200
    new = an_element(editor, editor.get("/alpha-site/contenttypes").json()[0])
    editor.delete(f"/alpha-site/elements/{new['id']}")
    assert editor.patch(f"/alpha-site/pages/{made['id']}", {"page_elements": [place(new)]}).status_code == 400


def test_a_publishers_change_is_public_at_once_and_a_draft_stands_beside(as_role, api):
    editor = as_role("editor")
    made = a_page(editor, title="One", published=True)
    path = f"/alpha-site/pages/{made['id']}"
    assert editor.patch(path, {"title": "Two"}).json()["has_draft"] is False
    assert public(api, f"pages/{made['id']}")["title"] == "Two"
    draft = editor.patch(f"{path}?draft=true", {"title": "Three", "in_navigation": False}).json()
    assert (draft["title"], draft["has_draft"], draft["status"]) == ("Three", True, "published")
    assert public(api, f"pages/{made['id']}")["title"] == "Two"
    assert [entry["title"] for entry in public(api, "navigation")] == ["Two"]
    assert editor.post(f"{path}/publish").json()["has_draft"] is False
    assert public(api, f"pages/{made['id']}")["title"] == "Three"
    assert public(api, "navigation") == []
    assert editor.post(f"{path}/unpublish").json()["status"] == "draft"
    assert api.get(f"/public/alpha-site/pages/{made['id']}").status_code == 404


def test_if_match_keeps_a_change_not_seen(as_role):
    editor = as_role("editor")
    made = a_page(editor)
    path = f"/alpha-site/pages/{made['id']}"
    tag = editor.get(path)["ETag"]
    assert editor.patch(path, {"title": "B"}, headers={"If-Match": tag}).status_code == 200
    for answer in (
        editor.patch(path, {"title": "C"}, headers={"If-Match": tag}),
        editor.put(f"{path}/elements", {"page_elements": []}, headers={"If-Match": tag}),
        editor.post(f"{path}/move", {}, headers={"If-Match": tag}),
        editor.post(f"{path}/publish", {}, headers={"If-Match": tag}),
        editor.delete(path, headers={"If-Match": tag}),
    ):
        assert answer.status_code == 412
    assert editor.get(path).json()["title"] == "B"


def test_an_author_changes_its_own_drafts_only_and_publishes_nothing(as_role):
    editor, author = as_role("editor"), as_role("author")
    theirs, own = a_page(editor), a_page(author, title="Own")
    public_one = a_page(editor, title="Public", parent_id=own["id"], published=True)
    events = EventRow.objects.count()
    assert author.post("/alpha-site/pages", {"title": "X", "published": True}).status_code == 403
    assert author.post("/alpha-site/pages", {"title": "X", "publish_at": "2099-01-01T00:00Z"}).status_code == 403
    assert author.patch(f"/alpha-site/pages/{theirs['id']}", {"title": "X"}).status_code == 403
    assert author.patch(f"/alpha-site/pages/{own['id']}", {"published": True}).status_code == 403
    # What is below is public and would stand at another address.
    assert author.post(f"/alpha-site/pages/{own['id']}/move", {"parent_id": theirs["id"]}).status_code == 403
    assert author.patch(f"/alpha-site/pages/{own['id']}", {"parent_id": theirs["id"]}).status_code == 403
    assert EventRow.objects.count() == events
    assert editor.get(f"/alpha-site/pages/{public_one['id']}").json() == public_one
    assert author.patch(f"/alpha-site/pages/{own['id']}", {"title": "Mine"}).json()["title"] == "Mine"


def test_a_page_is_published_and_taken_back_when_its_time_has_come(as_role, api, run_due):
    editor = as_role("editor")
    later = (timezone.now() + datetime.timedelta(hours=1)).isoformat()
    made = a_page(editor, publish_at=later)
    path = f"/alpha-site/pages/{made['id']}"
    assert (made["status"], made["published"], run_due()) == ("scheduled", False, 0)
    with at(timezone.now() + datetime.timedelta(hours=2)):
        assert run_due() == 1
    assert [p["id"] for p in public(api, "pages")] == [made["id"]]
    assert editor.post(f"{path}/unpublish", {"unpublish_at": later}).json()["published"] is True
    with at(timezone.now() + datetime.timedelta(hours=2)):
        assert run_due() == 1
    assert public(api, "pages") == []
    assert editor.post(f"{path}/publish", {"publish_at": later}).json()["status"] == "scheduled"
    assert editor.post(f"{path}/publish").json()["status"] == "published"
    assert not Due.objects.filter(kind="content.publish").exists()


def test_what_is_probably_wrong_with_a_page_is_said(as_role):
    admin = as_role("site_admin")
    admin.put("/sites/alpha-site/settings", {"domains": ["alpha.example"]})
    bare = a_page(admin, title="Same", published=True, seo={"robots": "noindex"})
    codes = [warning["code"] for warning in bare["seo_warnings"]]
    assert codes == ["title_missing", "description_missing", "noindex_in_navigation"]
    seo = {"title": "S", "description": "x" * 161, "canonical": "/relative"}
    other = a_page(admin, title="Other", seo=seo)
    assert [w["code"] for w in other["seo_warnings"]] == ["title_length", "description_length", "canonical_relative"]
    good = {"title": "T" * 30, "description": "d" * 70, "canonical": "https://alpha.example/same"}
    page = a_page(admin, title="Good", seo=good)
    assert page["seo_warnings"] == []
    path = f"/alpha-site/pages/{page['id']}"
    pointed = admin.patch(path, {"seo": good | {"canonical": "https://alpha.example/x/other/"}}).json()
    assert [w["code"] for w in pointed["seo_warnings"]] == ["canonical_unpublished"]
    twin = a_page(admin, title="Twin", seo={"title": "Same"})
    assert twin["seo_warnings"][-1]["code"] == "title_duplicate"
    listed = admin.get("/alpha-site/pages").json()["items"]
    assert [w["code"] for w in listed[0]["seo_warnings"]][-1] == "title_duplicate"


def test_a_list_of_pages_costs_a_fixed_number_of_statements(as_role):
    editor = as_role("editor")
    above = None
    for n in range(6):
        above = a_page(editor, title=f"P{n}", parent_id=above, seo={"canonical": "https://alpha.example/p0"})["id"]
    with CaptureQueriesContext(connection) as captured:
        editor.get("/alpha-site/pages?size=500")
    asked = [q["sql"] for q in captured if not q["sql"].startswith("SET search_path")]
    # who asks, site; items, count; paths, shared titles, hosts and hidden ones of canonical addresses
    assert len(asked) == 7, asked


def test_every_save_is_a_version_and_a_deleted_page_is_gone_with_its_slug_free(as_role, api, site_a):
    editor = as_role("editor")
    made = a_page(editor, title="One", published=True)
    editor.patch(f"/alpha-site/pages/{made['id']}", {"title": "Two"})
    assert editor.delete(f"/alpha-site/pages/{made['id']}").status_code == 204
    assert editor.get(f"/alpha-site/pages/{made['id']}").status_code == 404
    assert public(api, "pages") == []
    assert a_page(editor, title="One")["slug"] == "one"
    with inside(site_a.tenant):
        assert Version.objects.filter(doc_type="page", doc_id=made["id"]).count() == 2
        assert Page.objects.get(pk=made["id"]).deleted_at is not None
        assert not PublicDocument.objects.filter(doc_type="page").exists()
