"""Previews: a website's drafts as HTML, made of the design's templates when somebody asks.

Everything is read from the documents as they are being worked on, so that what somebody changes is seen at once. Texts
are escaped by the templates; Markdown comes through `apps.content.markdown`.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import get_template, select_template
from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from apps.content import markdown
from apps.content import selectors as documents
from apps.core import errors
from apps.core.actor import Actor
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.sites.models import Site
from apps.sites.selectors import usable
from apps.websites import colours, copy, previews
from apps.websites.errors import PreviewExpired
from apps.websites.models import Website

_POSTS = "posts"
_HOME_POSTS = 3
_IN_PREVIEW = (Website.State.DRAFT, Website.State.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, and the policy under which a browser shows it: no script, no frame, no form."""

    body: str
    policy: str


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    srcset: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Section:
    """`kind` is a section's name, or `other` for an element that somebody else put there. `level` of its heading."""

    kind: str
    id: str
    level: int
    data: dict[str, Any]
    template: Any

    @property
    def sub(self) -> int:
        return self.level + 1


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str
    here: bool = False
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    url: str
    title: str
    summary: str
    date: str
    iso: str
    content: SafeString


def shown(token: str, path: str) -> Shown:
    """The page of the preview at the path: nothing for the home page, a page's slug, `posts/{slug}`; each below a
    locale too. `PreviewExpired` for what the token does not open, 404 for what is not there."""
    opened = previews.opened(token)
    rows = Site.objects.select_related("tenant__schema_state").filter(status=Site.Status.ACTIVE)
    site = rows.filter(pk=opened.site_id, tenant_id=opened.tenant_id).first()
    if site is None:
        raise PreviewExpired
    with inside(usable(site.tenant)):
        website = Website.objects.filter(pk=opened.website_id, site_id=site.pk, state__in=_IN_PREVIEW).first()
        if website is None:
            raise PreviewExpired
        return _Preview(site, website, f"/{previews.PREFIX}/{token}").page(path)


class _Preview:
    def __init__(self, site: Site, website: Website, base: str) -> None:
        self.site, self.website, self.base = site, website, base
        self.locale = website.locales[0]
        self.actor = Actor.system(because="a preview", tenant_id=site.tenant_id)
        self.sections = {type_id: section for section, type_id in website.types.items()}

    def page(self, path: str) -> Shown:
        first, _, rest = path.strip("/").partition("/")
        if first in self.website.locales[1:]:
            self.locale, path = first, rest
        path = path.strip("/")
        with translation.override(self.locale):
            if path.startswith(f"{_POSTS}/"):
                return self._post(path.removeprefix(f"{_POSTS}/"))
            page = next((page for page in self.pages if self._slug(page) == path), None)
            if page is None:
                raise errors.NotFound
            return self._page(page, path)

    @cached_property
    def pages(self) -> list[Any]:
        return self._living("page")

    @cached_property
    def posts(self) -> list[Any]:
        return self._living("post")

    def _living(self, kind: str) -> list[Any]:
        """Its documents of a kind that are not in the trash, in its order, as they are in the locale."""
        ids = self.website.ids(kind)
        found = documents.documents_of(kind, actor=self.actor, site=self.site).in_bulk(ids)
        return self._said([found[id] for id in ids if id in found])

    @property
    def root(self) -> str:
        """The home page's address in the locale."""
        return f"{self.base}/" + (f"{self.locale}/" if self.locale != self.website.locales[0] else "")

    def _said(self, rows: list[Any]) -> list[Any]:
        return documents.in_locale(rows, self.site, self.locale)

    def _slug(self, page: Any) -> str:
        return "" if page.pk == self.website.page_id else page.slug

    def _page(self, page: Any, path: str) -> Shown:
        places = page.page_elements
        rows = documents.documents_of("element", actor=self.actor, site=self.site)
        elements = {row.pk: row for row in rows.filter(pk__in=[place["element_id"] for place in places])}
        said = {row.pk: row for row in self._said(list(elements.values()))}
        found = [said[place["element_id"]] for place in places if place["element_id"] in said]
        pictures = self._pictures([element.data for element in found])
        home = not path
        sections = [self._section(at, element, pictures, home=home) for at, element in enumerate(found)]
        context = {
            "page": page,
            "home": home,
            "sections": sections,
            "opens_with_hero": bool(sections) and sections[0].kind == "hero",
            "posts": self._articles()[: _HOME_POSTS if home else None],
            "blog": self._page_of("website-blog"),
            "contact": self._page_of("website-contact"),
        }
        title = self.website.name if home else f"{page.title} – {self.website.name}"
        return self._rendered("page.html", path, context | {"title": title, "description": page.description})

    def _post(self, slug: str) -> Shown:
        post = next((post for post in self.posts if post.slug == slug), None)
        if post is None:
            raise errors.NotFound
        others = [article for article in self._articles() if not article.url.endswith(f"/{_POSTS}/{slug}")]
        context = {
            "post": self._article(post),
            "posts": others[:2],
            "blog": self._page_of("website-blog"),
            "title": f"{post.title} – {self.website.name}",
            "description": post.short_description or "",
        }
        return self._rendered("post.html", f"{_POSTS}/{slug}", context)

    def _articles(self) -> list[Article]:
        return [self._article(post) for post in self.posts]

    def _article(self, post: Any) -> Article:
        at = post.created_at
        return Article(
            url=f"{self.root}{_POSTS}/{post.slug}",
            title=post.title,
            summary=post.short_description or "",
            date=date_format(at, "j F Y"),
            iso=f"{at:%Y-%m-%d}",
            content=_html(post.content),
        )

    def _section(self, at: int, element: Any, pictures: dict[int, Picture], *, home: bool) -> Section:
        kind = self.sections.get(element.type_id, "other")
        data = _pictured(element.data, pictures)
        if kind == "about":
            data["html"] = _html(str(data.get("text", "")))
        if kind == "hero":
            data["action"] = next((link for pk, link in self._links("") if pk == data.get("action_page")), None)
        if kind == "other":
            data = {"title": element.label, "lines": [value for value in data.values() if isinstance(value, str)]}
        names = [f"websites/{self.website.design}/{kind}.html", f"websites/sections/{kind}.html"]
        return Section(kind, f"s{at}", 1 if at == 0 else 2, data, select_template(names).template)

    def _pictures(self, values: list[Any]) -> dict[int, Picture]:
        rows = Media.objects.filter(site=self.site, pk__in=_image_ids(values), status=Media.READY)
        return {
            row.pk: Picture(row.url, row.srcset, row.width or 0, row.height or 0, row.alt_text)
            for row in rows.select_related("site")
        }

    def _links(self, path: str) -> list[tuple[int, Link]]:
        """The menu: home, then the pages that are to be in it, as (page, link)."""
        words, found = copy.words(self.locale), []
        for page in self.pages:
            slug = self._slug(page)
            if not slug or page.in_navigation:
                title = page.title if slug else words["home"]
                within = slug == path or (path.startswith(f"{_POSTS}/") and page.template == "website-blog")
                found.append((page.pk, Link(self.root + slug, title, here=within)))
        return found

    def _page_of(self, template: str) -> Link | None:
        page = next((page for page in self.pages if page.template == template), None)
        return Link(self.root + page.slug, page.title) if page else None

    def _languages(self, path: str) -> list[Link]:
        if len(self.website.locales) == 1:
            return []
        return [
            Link(f"{self.base}/{'' if at == 0 else f'{tag}/'}{path}", tag.upper(), here=tag == self.locale, lang=tag)
            for at, tag in enumerate(self.website.locales)
        ]

    def _rendered(self, name: str, path: str, context: dict[str, Any]) -> Shown:
        styles = colours.styles(self.website.design, self.website.brief.get("colours", {}))
        body = get_template(f"websites/{self.website.design}/{name}").render(
            context
            | {
                "website": self.website,
                "tagline": self.pages[0].description if self.pages else "",
                "locale": self.locale,
                "bidi": "rtl" if translation.get_language_bidi() else "ltr",
                "words": copy.words(self.locale),
                "root": self.root,
                "menu": [link for _, link in self._links(path)],
                "languages": self._languages(path),
                "styles": mark_safe(styles),  # noqa: S308 - digits of colours
            }
        )
        return Shown(body, policy(styles))


def _html(text: str) -> SafeString:
    """Safe HTML of Markdown, whose own titles stand below that of the page."""
    made = markdown.html(text[: markdown.LONGEST])
    return mark_safe(made.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))  # noqa: S308 - cleaned there


def _image_ids(value: Any) -> set[int]:
    if isinstance(value, list):
        return set().union(*map(_image_ids, value))
    if not isinstance(value, dict):
        return set()
    own = {value["image"]} if type(value.get("image")) is int and 0 < value["image"] < 2**63 else set()
    return own.union(*map(_image_ids, value.values()))


def _pictured(value: Any, pictures: dict[int, Picture]) -> Any:
    """The data with pictures in the place of their ids; None for one that is gone."""
    if isinstance(value, list):
        return [_pictured(one, pictures) for one in value]
    if not isinstance(value, dict):
        return value
    found = {name: _pictured(one, pictures) for name, one in value.items()}
    if "image" in found:
        found["image"] = pictures.get(found["image"]) if type(found["image"]) is int else None
    return found


def policy(styles: str) -> str:
    """What a page may load: styles, fonts and pictures of ours, and this one style sheet within it, if there is any."""
    sources = {_origin(address) for address in (settings.PUBLIC_BASE_URL, default_storage.url("x"))} - {""}
    own = f" 'sha256-{base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()}'" if styles else ""
    static = " ".join(filter(None, ["'self'", _origin(settings.STATIC_URL)]))
    return (
        f"default-src 'none'; style-src {static}{own}; font-src {static}; img-src 'self' {' '.join(sorted(sources))}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
