"""Pages, menus and terms of a WordPress export: a tree of pages with their texts, in the menu's order."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.content.models import Element, Imported, Page, Post, Slug
from apps.content.tests.factories import a_page, public
from apps.content.tests.wordpress import wxr
from apps.core.models import Due
from apps.core.tenancy import inside

pytestmark = pytest.mark.django_db


def page(wp_id: int, title: str, *, parent: int = 0, order: int = 0, **more: str) -> str:
    slug = more.pop("post_name", title.lower().replace(" ", "-"))
    fields = {"title": title, "content:encoded": more.pop("body", f"<p>{title} it is.</p>")}
    ids = {"post_id": str(wp_id), "post_parent": str(parent), "menu_order": str(order)}
    return wxr.item(fields, more.pop("inside", ""), post_type="page", post_name=slug, **ids, **more)


def entry(wp_id: int, menu: str, order: int, *, kind: str = "page", leads_to: int = 0) -> str:
    meta = {"_menu_item_type": "post_type", "_menu_item_object": kind, "_menu_item_object_id": str(leads_to)}
    inside = f'<category domain="nav_menu" nicename="{menu}"><![CDATA[{menu}]]></category>'
    for key, value in meta.items():
        inside += f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
    return wxr.item({}, inside, post_id=str(wp_id), post_type="nav_menu_item", menu_order=str(order))


def run(folder: Path, *items: str, before: str = "", args: tuple[str, ...] = ()) -> str:
    path, out = wxr.save(folder, wxr.document(*items, before=before)), StringIO()
    call_command("import_wordpress", str(path), "--site", "alpha-site", "--no-fetch", *args, stdout=out, stderr=out)
    return out.getvalue()


def tree(api, site="alpha-site"):
    """What the public's menu shows: titles, those below in lists."""

    def shown(nodes):
        return [(node["title"], shown(node["children"])) if node["children"] else node["title"] for node in nodes]

    return shown(public(api, "navigation", site))


# Children stand before their parents here, as they may.
TREE = (
    page(30, "Oars", parent=20, order=1),
    page(31, "Boats", parent=20),
    page(20, "Gear", parent=10),
    page(10, "Club", order=2),
    page(11, "Home", order=1),
)


def test_pages_become_a_tree_in_their_own_order(tmp_path, api, site_a):
    said = run(tmp_path, *TREE)
    assert "Imported: 5 pages." in said
    assert tree(api) == ["Home", ("Club", [("Gear", ["Boats", "Oars"])])]
    deep = api.get("/public/alpha-site/page?path=/club/gear/oars").json()
    assert deep["page_elements"][0]["content_element"]["data"] == {"title": "Oars", "body": "Oars it is."}
    site_a.tenant.refresh_from_db()
    assert site_a.tenant.used_elements == 5


def test_the_menu_orders_pages_and_hides_those_that_it_does_not_name(tmp_path, api):
    menu = (
        entry(1, "main", 3, leads_to=11),
        entry(2, "main", 1, leads_to=31),
        entry(3, "main", 4, kind="custom"),
        entry(4, "footer", 1, leads_to=10),
        entry(5, "main", 2, kind="category", leads_to=7),
    )
    said = run(tmp_path, *TREE, *menu)
    # Boats are in the menu, so what is above them is shown as well.
    assert tree(api) == ["Home", ("Club", [("Gear", ["Boats"])])]
    for line in ("1 × nav_menu_item to custom", "1 × nav_menu_item to category", "1 × nav_menu_item to pages of other"):
        assert line in said


def test_a_page_is_as_public_as_it_was_and_so_is_its_text(tmp_path, api, site_a):
    run(
        tmp_path,
        page(1, "Draft", status="draft"),
        page(2, "Private", status="private"),
        page(3, "Locked", post_password="x"),
        page(4, "Soon", status="future", post_date_gmt="2031-01-01 10:00:00"),
        page(5, "Binned", status="trash"),
        page(6, "Empty", body=""),
    )
    assert [one["title"] for one in public(api, "pages")] == ["Empty"]
    assert public(api, "elements") == []
    with inside(site_a.tenant):
        states = {row.title: row.status for row in Page.objects.all()}
        assert states == {
            "Draft": "draft", "Private": "draft", "Locked": "draft", "Soon": "scheduled", "Empty": "published",
        }  # fmt: skip
        texts = {row.data["title"]: row.status for row in Element.objects.all()}
        assert texts == {"Draft": "draft", "Private": "draft", "Locked": "draft", "Soon": "scheduled"}
        assert Page.objects.get(title="Empty").created_at.year == 2021
    assert Due.objects.filter(kind="content.publish", tenant_id=site_a.tenant_id).count() == 2


def test_a_second_run_makes_no_doubles_and_puts_new_pages_below_the_old(tmp_path, api, site_a):
    run(tmp_path, *TREE)
    said = run(tmp_path, *TREE, page(40, "Ropes", parent=20))
    assert "Imported: 1 pages." in said
    assert "There already: 5 pages." in said
    assert tree(api) == ["Home", ("Club", [("Gear", ["Boats", "Oars", "Ropes"])])]
    with inside(site_a.tenant):
        assert (Page.objects.count(), Element.objects.count()) == (6, 6)


def test_pages_that_an_older_importer_made_posts_stay_posts(tmp_path, as_role, api, site_a):
    old = as_role("editor").post("/alpha-site/posts", {"title": "Club", "published": True}).json()
    with inside(site_a.tenant):
        Imported.objects.create(site=site_a, origin="wordpress:harbour.test:10", doc_type="post", doc_id=old["id"])
    said = run(tmp_path, *TREE)
    assert "There already: 1 pages." in said
    assert "page 20 “Gear”: The page above it is none here: it stands at the top." in said
    assert tree(api) == ["Home", ("Gear", ["Boats", "Oars"])]
    with inside(site_a.tenant):
        assert Post.objects.count() == 1
        assert not Page.objects.filter(title="Club").exists()


def test_a_page_that_was_purged_comes_again_with_the_text_it_had(tmp_path, as_role, site_a):
    run(tmp_path, page(1, "Club"))
    with inside(site_a.tenant):
        made = Page.objects.get()
    assert as_role("tenant_admin").delete(f"/alpha-site/pages/{made.pk}?purge=true").status_code == 204
    run(tmp_path, page(1, "Club"))
    with inside(site_a.tenant):
        again, element = Page.objects.get(), Element.objects.get()
        assert again.pk != made.pk
        assert [place["element_id"] for place in again.page_elements] == [element.pk]


def test_a_circle_of_pages_and_a_missing_parent_do_not_stop_the_import(tmp_path, api):
    said = run(tmp_path, page(1, "One", parent=2), page(2, "Two", parent=1), page(3, "Three", parent=99))
    assert "Imported: 3 pages." in said
    assert tree(api) == ["Three", ("One", ["Two"])]


def test_a_taken_slug_gets_a_number_and_an_old_one_leads_on(tmp_path, as_role, api, site_a):
    a_page(as_role("tenant_admin"), title="Ours", slug="club")
    old = "<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>crew</wp:meta_value></wp:postmeta>"
    said = run(tmp_path, page(1, "Club", inside=old))
    assert "page 1 “Club”: Its slug “club” was taken; it is “club-2” here." in said
    assert api.get("/public/alpha-site/page?path=/crew").status_code == 301
    with inside(site_a.tenant):
        assert Slug.objects.filter(doc_type="page", slug="crew", current=False).count() == 1


def test_terms_that_are_described_become_elements_and_others_do_not(tmp_path, api, site_a):
    terms = (
        "<wp:category><wp:category_nicename>tides</wp:category_nicename><wp:category_parent>sea</wp:category_parent>"
        "<wp:cat_name>Tides</wp:cat_name>"
        "<wp:category_description><![CDATA[When <em>it</em> comes.]]></wp:category_description>"
        "</wp:category><wp:tag><wp:tag_slug>mud</wp:tag_slug><wp:tag_name>Mud</wp:tag_name></wp:tag>"
    )
    assert "Imported: 1 posts, 1 terms." in run(tmp_path, wxr.item(), before=terms)
    (shown,) = public(api, "elements")
    assert shown["type_identifier"] == "wordpress-term"
    assert shown["data"] == {
        "kind": "category", "name": "Tides", "slug": "tides", "description": "When *it* comes.", "parent": "sea",
    }  # fmt: skip
    assert "There already: 1 posts, 1 terms." in run(tmp_path, wxr.item(), before=terms)
    with inside(site_a.tenant):
        assert Element.objects.count() == 1


def test_a_dry_run_counts_pages_below_pages_and_leaves_none(tmp_path, site_a):
    assert "Would import: 5 pages." in run(tmp_path, *TREE, args=("--dry-run",))
    with inside(site_a.tenant):
        assert not Page.objects.exists()
        assert not Element.objects.exists()
        assert not Slug.objects.exists()
