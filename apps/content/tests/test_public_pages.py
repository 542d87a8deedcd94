"""Pages, the menu, the sitemap and the feeds as anybody reads them."""

import datetime
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date

from apps.content import markdown
from apps.content.delivery import sitemap
from apps.content.models import Post, PublicDocument
from apps.content.tests.factories import a_page, a_post, a_type, an_element, public
from apps.core.tenancy import inside
from apps.media.tests.factories import make

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ROW = ["id", "slug", "title", "description", "updated_at", "element_count", "published", "parent_id", "path"]


def statements(captured: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in captured if not q["sql"].startswith("SET search_path")]


def places(*elements: dict[str, Any], section: str = "main") -> list[dict[str, Any]]:
    return [{"section": section, "position": n, "content_element_id": e["id"]} for n, e in enumerate(elements)]


def test_the_list_has_exactly_the_keys_that_clients_rely_on(as_role, api):
    editor = as_role("editor")
    home = a_page(editor, title="Home", published=True)
    a_page(editor, title="Draft")
    about = a_page(editor, title="About us", description="Who we are", parent_id=home["id"], published=True)
    rows = public(api, "pages?limit=50&status=draft&category=a")
    assert [list(row) for row in rows] == [ROW, ROW]
    assert rows[0] == {
        "id": about["id"],
        "slug": "about-us",
        "title": "About us",
        "description": "Who we are",
        "updated_at": about["updated_at"],
        "element_count": 0,
        "published": True,
        "parent_id": home["id"],
        "path": "/home/about-us",
    }
    assert [row["slug"] for row in public(api, "pages?offset=1")] == ["home"]
    assert [row["slug"] for row in public(api, "pages?skip=1&limit=1")] == ["home"]
    assert [row["slug"] for row in public(api, "pages?slug=home")] == ["home"]
    assert [row["slug"] for row in public(api, "pages?search=WHO")] == ["about-us"]
    assert public(api, "pages?search=path") == public(api, "pages?search=100%25") == []
    with CaptureQueriesContext(connection) as captured:
        api.get("/public/alpha-site/pages?limit=500")
    assert len(statements(captured)) == 2, statements(captured)


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", "skip=100001", "slug=" + "x" * 201])
def test_bounds_of_the_list_are_held(api, query):
    assert api.get(f"/public/alpha-site/pages?{query}").status_code == 400


def test_a_page_shows_its_elements_as_the_public_sees_them(as_role, api, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    post = a_post(admin, title="T", published=True)
    shown = an_element(admin, kind, {"zeta": 1, "name": "A", "story": post["id"]}, published=True, tags=["x"])
    hidden = an_element(admin, kind, {"name": "CANARY"})
    with inside(site_a.tenant):
        media = make(site_a)
    made = a_page(
        admin,
        title="Home",
        published=True,
        template="wide",
        seo={"title": "S", "image_media_id": media.pk},
        page_elements=[
            {**places(shown, section="side")[0], "layout_config": {"z": 1, "a": {}}},
            *places(hidden, shown),
        ],
    )
    one = public(api, f"pages/{made['id']}")
    assert list(one)[:9] == ROW
    assert "data" not in one
    assert (one["element_count"], one["template"], one["locale"]) == (2, "wide", "en")
    assert one["seo"] == {
        "title": "S",
        "description": "",
        "canonical": "",
        "robots": "",
        "og_title": "",
        "og_description": "",
        "twitter_card": "",
        "image": f"http://testserver/files/{media.file}",
    }
    assert [(p["section"], p["position"], p["layout_config"]) for p in one["page_elements"]] == [
        ("main", 1, None),
        ("side", 0, {"z": 1, "a": {}}),
    ]
    element = public(api, f"elements/{shown['id']}")
    inner = one["page_elements"][0]["content_element"]
    assert list(one["page_elements"][0]) == ["id", "position", "section", "layout_config", "content_element"]
    assert inner == {name: element[name] for name in ("id", "type_identifier", "data", "updated_at")}
    assert list(inner["data"]) == ["zeta", "name", "story"]
    assert inner["data"]["story"]["title"] == "T"
    assert "CANARY" not in json.dumps(one)
    assert public(api, "pages/home") == one == public(api, "page?path=/home")


def test_a_page_follows_what_it_shows(as_role, api, deliver_events, site_a):
    admin = as_role("site_admin")
    post = a_post(admin, title="T", published=True)
    element = an_element(admin, a_type(admin), {"name": "A", "story": post["id"]}, published=True)
    with inside(site_a.tenant):
        media = make(site_a)
    a_page(admin, title="Home", published=True, page_elements=places(element), seo={"image_media_id": media.pk})

    def shown() -> Any:
        return public(api, "pages/home")["page_elements"][0]["content_element"]["data"]

    admin.patch(f"/alpha-site/elements/{element['id']}", {"data": {"name": "B", "story": post["id"]}})
    deliver_events()
    assert shown()["name"] == "B"
    admin.patch(f"/alpha-site/posts/{post['id']}", {"title": "U"})
    deliver_events()
    assert shown()["story"]["title"] == "U"
    admin.patch(f"/alpha-site/elements/{element['id']}", {"published": False})
    deliver_events()
    assert (public(api, "pages/home")["element_count"], public(api, "pages")[0]["element_count"]) == (0, 0)
    assert admin.delete(f"/alpha-site/media/{media.pk}").status_code == 409
    admin.delete(f"/alpha-site/media/{media.pk}?force=true")
    deliver_events()
    assert public(api, "pages/home")["seo"]["image"] is None


def test_what_is_not_public_is_nowhere(as_role, api):
    admin = as_role("site_admin")
    a_page(admin, title="UNSEEN draft", slug="draft")
    a_page(admin, title="UNSEEN planned", slug="planned", publish_at="2033-01-01T00:00Z")
    gone = a_page(admin, title="UNSEEN gone", slug="gone", published=True)
    back = a_page(admin, title="UNSEEN back", slug="back", published=True)
    changed = a_page(admin, title="Shown", slug="changed", published=True)
    admin.delete(f"/alpha-site/pages/{gone['id']}")
    admin.post(f"/alpha-site/pages/{back['id']}/unpublish")
    admin.patch(f"/alpha-site/pages/{changed['id']}?draft=true", {"title": "UNSEEN change", "slug": "not-yet"})
    a_post(admin, title="UNSEEN post", slug="draft-post")
    beta = as_role("site_admin", tenant="beta")
    a_page(beta, "beta-site", title="UNSEEN beta", published=True)
    a_post(beta, "beta-site", title="UNSEEN beta post", published=True)
    for page in (gone, back):
        assert api.get(f"/public/alpha-site/pages/{page['id']}").status_code == 404
    for slug in ("draft", "planned", "gone", "back", "not-yet", "unseen-beta"):
        assert api.get(f"/public/alpha-site/pages/{slug}").status_code == 404
        assert api.get(f"/public/alpha-site/page?path=/{slug}").status_code == 404
    for path in (
        *("pages", "pages?search=UNSEEN", "pages?status=draft", "pages?slug=draft"),
        *("navigation", "sitemap.xml", "feed.xml", "feed.json", "pages/changed"),
    ):
        answer = api.get(f"/public/alpha-site/{path}")
        assert answer.status_code == 200
        assert b"UNSEEN" not in answer.content, path
        for word in (b"draft", b"planned", b"gone", b"not-yet"):
            assert word not in answer.content, (path, word)


def test_the_menu_is_ordered_and_leaves_out_what_hangs_below_what_is_left_out(as_role, api):
    editor = as_role("editor")
    one = a_page(editor, title="One", published=True)
    two = a_page(editor, title="Two", published=True, position=0)
    hidden = a_page(editor, title="Hidden", published=True, in_navigation=False)
    draft = a_page(editor, title="Draft")
    for parent in (one, hidden, draft):
        a_page(editor, title=f"Below {parent['title']}", parent_id=parent["id"], published=True)
    found = public(api, "navigation")
    below = {"title": "Below One", "slug": "below-one", "path": "/one/below-one", "children": []}
    assert found == [
        {"id": two["id"], "title": "Two", "slug": "two", "path": "/two", "children": []},
        {
            "id": one["id"],
            "title": "One",
            "slug": "one",
            "path": "/one",
            "children": [{"id": found[1]["children"][0]["id"]} | below],
        },
    ]
    with CaptureQueriesContext(connection) as captured:
        api.get("/public/alpha-site/navigation")
    assert len(statements(captured)) == 2, statements(captured)


class Tags(HTMLParser):
    """The elements and attributes that a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs


def locations(answer: Any) -> list[str]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return [found.text or "" for found in ElementTree.fromstring(answer.content).iter(f"{SITEMAP}loc")]


def test_the_sitemap_has_pages_and_posts_at_the_sites_own_addresses(as_role, api):
    admin = as_role("site_admin")
    home = a_page(admin, title="Home", published=True)
    a_page(admin, title="Sub", parent_id=home["id"], published=True)
    a_page(admin, title="Quiet", published=True, seo={"robots": "noindex"})
    post = a_post(admin, title="Post", published=True)
    here = "http://testserver/public/alpha-site"
    assert locations(api.get("/public/alpha-site/sitemap.xml")) == [
        f"{here}/pages/home",
        f"{here}/pages/sub",
        f"{here}/posts/post",
    ]
    for address in locations(api.get("/public/alpha-site/sitemap.xml")):
        assert api.get(address.removeprefix("http://testserver")).status_code == 200
    urls = {"page": "/site{path}?a=1&b=2", "post": "/blog/{id}-{slug}"}
    admin.put("/sites/alpha-site/settings", {"domains": ["www.alpha.example", "b.example"], "urls": urls})
    answer = api.get("/public/alpha-site/sitemap.xml")
    assert locations(answer) == [
        "https://www.alpha.example/site/home?a=1&b=2",
        "https://www.alpha.example/site/home/sub?a=1&b=2",
        f"https://www.alpha.example/blog/{post['id']}-post",
    ]
    changed = ElementTree.fromstring(answer.content).find(f"{SITEMAP}url/{SITEMAP}lastmod")
    assert changed is not None
    assert changed.text == home["updated_at"][:19] + "Z"


def test_a_long_sitemap_becomes_an_index(as_role, api, monkeypatch):
    editor = as_role("editor")
    monkeypatch.setattr(sitemap, "PER_FILE", 2)
    for n in range(5):
        a_page(editor, title=f"P{n}", published=True)
    index = locations(api.get("/public/alpha-site/sitemap.xml"))
    assert index == [f"http://testserver/public/alpha-site/sitemap.xml?page={n}" for n in (1, 2, 3)]
    found = [locations(api.get(address.removeprefix("http://testserver"))) for address in index]
    assert [len(part) for part in found] == [2, 2, 1]
    assert api.get("/public/alpha-site/sitemap.xml?page=4").status_code == 404
    assert api.get("/public/alpha-site/sitemap.xml?page=0").status_code == 400


def test_the_feeds_have_the_newest_posts_with_what_could_run_taken_out(as_role, api, site_a):
    editor = as_role("editor")
    text = "# Head\n\n*Hi* <script>alert(1)</script> [x](javascript:alert(1)) ![p](https://a.example/p.png)\x0b"
    old = a_post(editor, title="Old <b> & \x01co", content=text, keywords=["a", "b"], published=True)
    for n in range(50):
        a_post(editor, title=f"P{n}", short_description=f"<i>{n}</i>", published=True)
    with inside(site_a.tenant):
        Post.objects.filter(pk=old["id"]).update(published_at=timezone.now() + datetime.timedelta(seconds=5))
    answer = api.get("/public/alpha-site/feed.json")
    assert answer["Content-Type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert (feed["version"], feed["title"], len(feed["items"])) == (
        "https://jsonfeed.org/version/1.1",
        "Twin site",
        50,
    )
    first = feed["items"][0]
    assert first["title"] == "Old <b> & \x01co"
    assert first["url"] == "http://testserver/public/alpha-site/posts/old-b-co"
    assert first["tags"] == ["a", "b"]
    assert "<h1>Head</h1>" in first["content_html"]
    assert 'src="https://a.example/p.png"' in first["content_html"]
    assert feed["items"][1]["content_text"] == "<i>49</i>"
    rss = api.get("/public/alpha-site/feed.xml")
    assert rss["Content-Type"] == "application/rss+xml; charset=utf-8"
    items = list(ElementTree.fromstring(rss.content).iter("item"))
    assert len(items) == 50
    assert items[0].findtext("title") == "Old <b> & co"
    assert items[0].findtext("link") == first["url"]
    assert items[1].findtext("description") == "&lt;i&gt;49&lt;&#47;i&gt;"
    for shown in (first["content_html"], items[0].findtext("description") or ""):
        assert "<em>Hi</em>" in shown
        assert "<script" not in shown
        assert "alert(1)<" not in shown
        assert "href" not in shown


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src=x onerror="alert(1)">',
        "<svg/onload=alert(1)>",
        '<a href="&#106;avascript:alert(1)">x</a>',
        "<iframe src=https://a.example></iframe>",
        '<form action="https://a.example"><input></form>',
        "<style>body{background:url(https://a.example)}</style>",
        '[x](https://a.example "onclick=alert(1)")',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ],
)
def test_markdown_comes_out_without_what_could_run(payload):
    found = Tags()
    found.feed(markdown.html(payload))
    assert not found.names & {"script", "style", "iframe", "form", "input", "svg", "math"}
    for name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("href", "src") or not re.match(r"\s*(javascript|data):", value or "", re.I)


@pytest.mark.parametrize("path", ["pages", "pages/home", "page?path=/home", "navigation", "sitemap.xml", "feed.xml"])
def test_every_answer_has_a_validator_the_sites_cache_policy_and_any_origin(as_role, api, path):
    admin = as_role("site_admin")
    home = a_page(admin, title="Home", published=True)
    admin.put("/sites/alpha-site/settings", {"cache": {"max_age": 60}})
    answer = api.get(f"/public/alpha-site/{path}")
    assert (answer["Cache-Control"], answer["Access-Control-Allow-Origin"]) == ("public, max-age=60", "*")
    asked = {"If-None-Match": answer["ETag"]}
    unchanged = api.get(f"/public/alpha-site/{path}", headers=asked)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    admin.patch(f"/alpha-site/pages/{home['id']}", {"slug": "house", "title": "House"})
    a_post(admin, title="New", published=True)
    assert api.get(f"/public/alpha-site/{path}", headers=asked).status_code in (200, 301)


def test_a_date_is_told_and_asked_for_when_there_is_no_tag(as_role, api, site_a):
    admin = as_role("site_admin")
    post = a_post(admin, title="Post", published=True)
    element = an_element(admin, a_type(admin), {"name": "A", "story": post["id"]}, published=True)
    page = a_page(admin, title="Home", published=True)
    earlier = timezone.now() - datetime.timedelta(seconds=90)
    with inside(site_a.tenant):
        PublicDocument.objects.update(frozen_at=earlier)
    said, before = http_date(earlier.timestamp()), http_date(earlier.timestamp() - 1)
    for path, own in (
        (f"elements/{element['id']}", f"elements/{element['id']}"),
        ("posts/post", f"posts/{post['id']}"),
        ("pages/home", f"pages/{page['id']}"),
    ):
        address = f"/public/alpha-site/{path}"
        assert api.get(address)["Last-Modified"] == said
        assert api.get(address, headers={"If-Modified-Since": said}).status_code == 304
        assert api.get(address, headers={"If-Modified-Since": before}).status_code == 200
        assert api.get(address, headers={"If-Modified-Since": "no date"}).status_code == 200
        both = {"If-Modified-Since": said, "If-None-Match": '"another"'}
        assert api.get(address, headers=both).status_code == 200
        admin.patch(f"/alpha-site/{own}", {"published": False})
        admin.patch(f"/alpha-site/{own}", {"published": True})
        # A change of this very second is not dated, or dated anew.
        assert api.get(address, headers={"If-Modified-Since": said}).status_code == 200


def test_a_post_that_is_gone_from_a_feed_has_changed_it(as_role, api, site_a):
    editor = as_role("editor")
    a_post(editor, title="One", published=True)
    two = a_post(editor, title="Two", published=True)
    earlier = timezone.now() - datetime.timedelta(seconds=90)
    with inside(site_a.tenant):
        Post.objects.update(updated_at=earlier)
    type(site_a).objects.filter(pk=site_a.pk).update(updated_at=earlier)
    said = http_date(earlier.timestamp())
    for path in ("feed.xml", "feed.json"):
        assert api.get(f"/public/alpha-site/{path}")["Last-Modified"] == said
        assert api.get(f"/public/alpha-site/{path}", headers={"If-Modified-Since": said}).status_code == 304
    editor.delete(f"/alpha-site/posts/{two['id']}")
    for path in ("feed.xml", "feed.json"):
        answer = api.get(f"/public/alpha-site/{path}", headers={"If-Modified-Since": said})
        assert answer.status_code == 200
        assert b"Two" not in answer.content


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("pages/home", 2),
        ("page?path=/home", 2),
        ("pages?search=home", 2),
        ("sitemap.xml", 4),  # domains, count, rows
        ("feed.json", 4),  # domains, posts, last change
    ],
)
def test_every_read_costs_a_fixed_number_of_statements(as_role, api, path, count):
    editor = as_role("editor")
    for title in ("Home", "Two", "Three"):
        a_page(editor, title=title, published=True)
        a_post(editor, title=title, content="*x*", published=True)
    with CaptureQueriesContext(connection) as captured:
        assert api.get(f"/public/alpha-site/{path}").status_code == 200
    assert len(statements(captured)) == count, statements(captured)
