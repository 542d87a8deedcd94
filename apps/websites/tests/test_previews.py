"""Previews: drafts as a website, for whoever has the link; and nothing that could run."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.core.signing import Signer

from apps.core.tenancy import inside
from apps.websites import colours, previews
from apps.websites.brief import DESIGNS
from apps.websites.models import Website
from apps.websites.tests.conftest import Studio
from apps.websites.tests.pages import Document, local, opened
from apps.websites.tests.test_generating import VENDOR, a_picture, generate
from conftest import Committed
from tests.client import ApiClient

pytestmark = pytest.mark.slow

ALL = ["hero", "features", "about", "team", "testimonials", "faq", "pricing", "blog", "contact"]
HOSTILE = '<script>alert(1)</script>{{ settings.SECRET_KEY }}{% load static %}"><img src=x onerror=alert(1)>{name}'


def is_whole(page: Document) -> None:
    """One h1, each heading at most one level below the one before, landmarks, names, pictures with texts, no script."""
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert len(page.all("header")) >= 1
    assert len(page.all("footer")) == 1
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert {section.attributes["aria-labelledby"] for section in page.all("section")} <= set(ids)
    assert page.all("a")[0].attributes["href"] == "#content"
    assert page.all("html")[0].attributes["lang"]
    for image in page.all("img"):
        assert image.attributes["alt"]
        assert image.attributes["width"]
        assert "http" in (image.attributes["srcset"] or "")
    runs_nothing(page)


def runs_nothing(page: Document) -> None:
    assert page.balanced
    assert not page.all("script", "iframe", "object", "form")
    assert not [name for element in page.elements for name in element.attributes if name.startswith(("on", "style"))]


@pytest.mark.parametrize("design", DESIGNS)
def test_every_page_of_each_design_is_whole_and_runs_nothing(
    design: str, rich: Committed, at_once: None, studio: Studio
) -> None:
    studio.pictures = [a_picture() for _ in range(5)]
    told = generate(rich, **VENDOR, design=design, pictures=True, sections=ALL).json()
    home, seen = told["preview_url"], {""}
    answer = ApiClient().get(local(home))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert answer["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' "
    )
    page = opened(home)
    assert page.texts("h1") == ["Books bound by hand in a small studio by the sea"]
    assert len(page.all("section")) == 8
    assert f"websites/{design}.css" in str(page.all("link")[1].attributes["href"])
    todo = [home]
    while todo:
        page = opened(todo.pop())
        is_whole(page)
        for link in page.all("a"):
            path = str(link.attributes["href"])
            if path.startswith("/websites/preview/") and path not in seen:
                seen.add(path)
                todo.append(path)
    assert len(seen) == 7, "the home page, three pages, two posts, and what was there to begin with"


def test_what_a_brief_says_is_text_wherever_it_is_shown(rich: Committed, at_once: None) -> None:
    told = generate(
        rich, name=HOSTILE[:80], purpose=f"{HOSTILE} {'long ' * 300}", audience=HOSTILE, tone=HOSTILE[:100], posts=1
    ).json()
    page = opened(told["preview_url"])
    runs_nothing(page)
    assert HOSTILE[:20] in page.texts("title")[0]
    assert "{{ settings.SECRET_KEY }}" in page.source.replace("&quot;", '"')
    post = opened(told["preview_url"] + re.search(r"(posts/[\w-]+)", page.source)[1])  # type: ignore[index]
    runs_nothing(post)


def test_what_is_changed_after_it_was_made_is_shown_and_what_is_in_the_trash_is_not(
    rich: Committed, at_once: None
) -> None:
    told, site, client = generate(rich).json(), rich.site.identifier, rich.client
    hero = client.get(f"/{site}/elements?type_identifier=website-hero").json()["items"][0]
    client.patch(f"/{site}/elements/{hero['id']}", {"data": hero["data"] | {"title": "<b>Ours</b>"}})
    post = client.get(f"/{site}/posts").json()["items"][0]
    client.patch(f"/{site}/posts/{post['id']}", {"content": "# Top\n\n<script>x</script>[a](javascript:alert(1))"})
    assert opened(told["preview_url"]).texts("h1") == ["<b>Ours</b>"]
    page = opened(f"{told['preview_url']}posts/{post['slug']}")
    is_whole(page)
    assert not [link for link in page.all("a") if str(link.attributes["href"]).startswith("javascript")]
    client.delete(f"/{site}/posts/{post['id']}")
    assert ApiClient().get(local(f"{told['preview_url']}posts/{post['slug']}")).status_code == 404
    assert post["title"] not in opened(told["preview_url"]).source


def test_a_link_opens_one_website_until_its_time_and_no_other(
    rich: Committed, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, site = generate(rich).json(), rich.site.identifier
    made = rich.client.get(f"/{site}/websites/{told['id']}/preview?hours=168").json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    assert opened(made["url"]).texts("h1")
    with inside(rich.tenant):
        row = Website.objects.get()
    sign = Signer(salt="websites.preview").sign_object
    there = [rich.tenant.pk, row.site_id, row.pk]
    wrong: list[Any] = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        sign([*there, 1]),
        sign([*there[:2], row.pk + 1, 2**40]),
        sign([rich.tenant.pk + 1, *there[1:], 2**40]),
        sign([there[0], row.site_id + 10**6, row.pk, 2**40]),
        sign("text"),
        Signer(salt="other").sign_object([*there, 2**40]),
        "x",
    ]
    for one in wrong:
        answer = ApiClient().get(f"/websites/preview/{one}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "websites.preview.expired"), one
    people = ApiClient().get("/websites/preview/x", headers={"Accept": "text/html,*/*"})
    assert (people.status_code, Document(people.content.decode()).texts("h1")) == (
        404,
        ["This preview does not exist, or not any more."],
    )
    assert opened(f"/websites/preview/{sign([*there, 2**40])}/").texts("h1"), "what all of them differ from"
    assert ApiClient().get(f"/websites/preview/{token}/nowhere").status_code == 404
    assert ApiClient().post(f"/websites/preview/{token}/").status_code == 405
    assert rich.client.get(f"/{site}/websites/{told['id']}/preview?hours=169").status_code == 400
    assert previews.opened(token).website_id == row.pk


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("colour", ["#ffff00", "#000000", "#ffffff", "#7f7f7f", "#0a5fa8", "#00ff88"])
def test_colours_of_a_brief_can_be_read_by_day_and_by_night(design: str, colour: str) -> None:
    sheet = colours.styles(design, {"primary": colour, "accent": "#ffcc00"})
    for ground, rules in zip(colours.GROUNDS[design], sheet.split("@media"), strict=True):
        said = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", rules))
        assert colours.contrast(said["accent"], ground) >= 4.5
        assert colours.contrast(said["accent"], said["on-accent"]) >= 4.5
        assert colours.contrast(said["second"], said["on-second"]) >= 4.5


def test_colours_are_allowed_by_their_digest_alone(rich: Committed, at_once: None) -> None:
    told = generate(rich, colours={"primary": "#FFEE00"}).json()
    answer = ApiClient().get(local(told["preview_url"]))
    assert re.search(r"style-src 'self' 'sha256-[\w+/]{43}='; ", answer["Content-Security-Policy"])
    assert "--accent:#" in Document(answer.content.decode()).all("style")[0].text
