"""What search engines and social networks are told about a page, and what is probably wrong with it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from apps.content.models import Page

TITLE, DESCRIPTION = (30, 60), (70, 160)
"""How many characters results show whole, and how many they should not be fewer than."""

MEMBERS = ("title", "description", "canonical", "robots", "og_title", "og_description", "twitter_card")


def title_of(page: Page) -> str:
    """The title in results: that of the SEO block, else the page's own."""
    return str(page.seo.get("title") or page.title)


def hides(robots: str) -> bool:
    """Whether such directives keep a page out of results."""
    return bool({"noindex", "none"} & {word.strip() for word in robots.split(",")})


def shown(seo: dict[str, Any], image: str | None) -> dict[str, Any]:
    """The block as the public gets it: every member there, the picture as its address."""
    return {name: seo.get(name) or "" for name in MEMBERS} | {"image": image}


def warnings(page: Page, *, shared: bool, hidden: bool) -> list[dict[str, str]]:
    """What an editor should look at: `code` and `message`. `shared`: another page has the title; `hidden`: the
    canonical address is that of a page which is not public."""
    return [{"code": code, "message": message} for code, message in _warnings(page, shared=shared, hidden=hidden)]


def _warnings(page: Page, *, shared: bool, hidden: bool) -> Iterator[tuple[str, str]]:
    seo = page.seo
    if not seo.get("title"):
        yield "title_missing", "There is no SEO title; results show the page's own."
    elif not TITLE[0] <= len(seo["title"]) <= TITLE[1]:
        yield "title_length", f"The SEO title has {len(seo['title'])} characters; 30 to 60 are shown well."
    if not seo.get("description"):
        yield "description_missing", "There is no SEO description."
    elif not DESCRIPTION[0] <= len(seo["description"]) <= DESCRIPTION[1]:
        yield "description_length", f"The description has {len(seo['description'])} characters; 70 to 160 fit."
    if seo.get("canonical") and not _absolute(seo["canonical"]):
        yield "canonical_relative", "The canonical address is not an absolute one."
    if hidden:
        yield "canonical_unpublished", "The canonical address is that of a page which is not published."
    if page.published and page.in_navigation and hides(seo.get("robots") or ""):
        yield "noindex_in_navigation", "The page is in the navigation, but search engines are told to leave it out."
    if shared:
        yield "title_duplicate", "Another page has the same title."


def _absolute(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
