"""Writing a website's documents, all of them drafts; called in the transaction of its delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from apps.content import services as content
from apps.content.models import ContentType
from apps.content.services import tree
from apps.core import errors
from apps.core.actor import Actor
from apps.media.services import media
from apps.media.services.files import Received
from apps.sites.models import Site
from apps.sites.services import usage
from apps.websites import copy, schemas
from apps.websites.brief import Brief
from apps.websites.models import Website

Plan = Mapping[str, Any]
NEEDED = frozenset({"content.write", "schema.write", "media.write"})
"""Beside `ai.generate`: what a person would need to make all of it by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    received: Received
    alt: str
    provenance: dict[str, Any]


def build(
    website: Website,
    *,
    actor: Actor,
    site: Site,
    brief: Brief,
    plan: Plan,
    pictures: Mapping[str, Picture],
    translations: Mapping[str, Plan],
) -> None:
    """Makes types, media, posts, elements and pages, and notes them in the row; the caller saves it.

    403 when the actor may not do so any more. Nothing becomes public, whatever else it may.
    """
    require_may_build(actor, site)
    tree.lock(site.pk)
    writing = replace(actor, codes=NEEDED, site_codes={})
    build = _Build(website, writing, site, brief, plan, translations)
    with usage.together(site.tenant, "elements"), usage.together(site.tenant, "storage_bytes"):
        build.all(pictures)


def require_may_build(actor: Actor, site: Site) -> None:
    if not all(actor.may(code, site.pk) for code in NEEDED):
        raise errors.Forbidden


class _Build:
    def __init__(
        self, website: Website, actor: Actor, site: Site, brief: Brief, plan: Plan, translations: Mapping[str, Plan]
    ) -> None:
        self.website, self.actor, self.site, self.brief, self.plan = website, actor, site, brief, plan
        self.translations, self.locale = translations, brief.locales[0]
        self.made: dict[str, list[int]] = {"page": [], "post": [], "element": [], "media": []}
        self.images: dict[str, int] = {}
        self.elements: dict[str, int] = {}

    def all(self, pictures: Mapping[str, Picture]) -> None:
        self.website.types = {section: self._type(section).pk for section in sorted(self.brief.sections)}
        for place, picture in pictures.items():
            self.images[place] = self._media(place, picture)
        for at, post in enumerate(self.plan.get("posts", ())):
            self._post(at, post)
        home = self._page("home", self.brief.name, None)
        self.website.page_id = home
        pages = {"home": home}
        for section in self.brief.sections:
            if section != "hero":
                self._element(section, {})
        for page, sections in self.brief.pages.items():
            title = copy.words(self.locale)["pages"][page]
            pages[page] = self._page(page, title, home, sections=sections)
        if "hero" in self.brief.sections:
            self._element("hero", {"action_page": pages[page]} if (page := self._behind()) else {})
        shown = [name for name in self.brief.sections if name != "team" or "about" not in self.brief.pages]
        content.pages.update(
            actor=self.actor, site=self.site, page_id=home, changes={"page_elements": self._places(shown)}
        )
        self.website.documents = [[kind, id] for kind, ids in self.made.items() for id in ids]

    def _behind(self) -> str:
        """The page to which the opening leads."""
        return next((page for page in ("contact", "about", "blog") if page in self.brief.pages), "")

    def _type(self, section: str) -> ContentType:
        """The site's type for the section: made now, unless an earlier website has left it just as it would be."""
        wanted, key = schemas.TYPES[section], schemas.KEY.format(section=section)
        there = {kind.key: kind for kind in ContentType.objects.filter(site=self.site, key__startswith=key)}
        for kind in there.values():
            if kind.schema == wanted:
                return kind
        free = next(name for at in range(1, 1_000) if (name := key if at == 1 else f"{key}-{at}") not in there)
        return content.types.create(
            actor=self.actor, site=self.site, name=schemas.NAMES[section], identifier=free, schema=wanted
        )

    def _media(self, place: str, picture: Picture) -> int:
        made = media.create(
            actor=self.actor,
            site=self.site,
            received=picture.received,
            name=f"{self.brief.name} {place.replace('.', ' ')}",
            alt_text=picture.alt,
            provenance=picture.provenance,
        )
        self.made["media"].append(made.pk)
        return made.pk

    def _post(self, at: int, post: Plan) -> None:
        made = content.posts.create(
            actor=self.actor,
            site=self.site,
            title=post["title"],
            content=post["content"],
            short_description=post["summary"],
            keywords=post["keywords"],
            locale=self.locale,
        )
        self.made["post"].append(made.pk)
        for locale, plan in self.translations.items():
            said = plan["posts"][at]
            members = {"title": said["title"], "content": said["content"], "short_description": said["summary"]}
            self._translate("post", made.pk, locale, members)

    def _element(self, section: str, more: Mapping[str, Any]) -> None:
        made = content.elements.create(
            actor=self.actor,
            site=self.site,
            type_id=self.website.types[section],
            data=self._data(section, self.plan) | dict(more),
            locale=self.locale,
        )
        self.made["element"].append(made.pk)
        self.elements[section] = made.pk
        for locale, plan in self.translations.items():
            said = self._data(section, plan)
            said.pop("image", None)
            self._translate("element", made.pk, locale, {"data": said})

    def _data(self, section: str, plan: Plan) -> dict[str, Any]:
        data = dict(plan[section])
        if section in self.images:
            data["image"] = self.images[section]
        if "items" in data:
            data["items"] = [
                dict(item) | ({"image": image} if (image := self.images.get(f"{section}.{at}")) else {})
                for at, item in enumerate(data["items"])
            ]
        return data

    def _page(self, page: str, title: str, parent: int | None, *, sections: list[str] | None = None) -> int:
        description = self.plan["summary"] if page == "home" else ""
        made = content.pages.create(
            actor=self.actor,
            site=self.site,
            title=title,
            description=description,
            template=f"website-{page}",
            parent_id=parent,
            page_elements=self._places(sections or []),
            locale=self.locale,
        )
        self.made["page"].append(made.pk)
        for locale, plan in self.translations.items():
            if page == "home":
                self._translate("page", made.pk, locale, {"description": plan["summary"]})
            elif copy.known(locale):
                self._translate("page", made.pk, locale, {"title": copy.words(locale)["pages"][page]})
        return made.pk

    def _places(self, sections: list[str]) -> list[dict[str, Any]]:
        return [
            {"section": "main", "position": at, "content_element_id": self.elements[name], "layout_config": None}
            for at, name in enumerate(sections)
        ]

    def _translate(self, kind: str, id: int, locale: str, members: Mapping[str, Any]) -> None:
        content.translations.put(
            actor=self.actor, site=self.site, doc_type=kind, doc_id=id, locale=locale, members=dict(members)
        )


def about(website: Website) -> dict[str, Any]:
    """The members that every event of a website has."""
    return {"subject_id": website.pk, "label": website.name, "site_id": website.site_id}
