"""Pages: places in the site's tree that show elements.

Each service takes the lock of the site's tree first, so that paths are right when it has committed.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.errors import PageHasChildren
from apps.content.models import Page
from apps.content.services import arranging, naming, publishing, refreezing, scheduling, slugs, trash, tree
from apps.core import etag
from apps.core.actor import Actor
from apps.sites.models import Site

MEMBERS = ("title", "slug", "description", "template", "seo", "in_navigation", "locale")
MAX_LISTED = 50


@transaction.atomic
def create(
    *,
    actor: Actor,
    site: Site,
    title: str,
    slug: str = "",
    parent_id: int | None = None,
    position: int | None = None,
    page_elements: list[dict[str, Any]] | None = None,
    published: bool = False,
    times: scheduling.Times | None = None,
    locale: str = "",
    created_at: datetime.datetime | None = None,
    author_id: int | None = None,
    **members: Any,
) -> Page:
    """Creates a page, last below its parent unless `position` says where. Slugs are taken as those of posts are.

    `members` may hold description, template, seo and in_navigation; `created_at` and `author_id` are an importer's.
    """
    if published or times:
        publishing.require_may_publish(actor, site.pk)
    tree.lock(site.pk)
    tree.require_room(site.pk)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published or None, draft=False, now=now)
    page = Page(
        site=site,
        title=title,
        slug=slug,
        locale=locale or site.default_locale,
        author_id=author_id or (actor.id if actor.kind == "user" else None),
        created_at=created_at or now,
        **members,
    )
    arranging.check_image(site, page.seo, {})
    page.page_elements = arranging.arranged(site, page, page_elements or [])
    tree.put(page, parent_id=parent_id, position=position)
    naming.save_new(page, actor=actor, wanted=wanted, now=now)
    return page


@transaction.atomic
def update(
    *,
    actor: Actor,
    site: Site,
    page_id: int,
    changes: dict[str, Any],
    published: bool | None = None,
    times: scheduling.Times | None = None,
    draft: bool = False,
    if_match: str = "",
) -> Page:
    """Saves a new version with the given members changed; what the public sees follows as with elements.

    `changes` may hold `MEMBERS`, page_elements, and parent_id and position, which move the page.
    """
    page = _locked(actor, site, page_id, if_match)
    if times or (published is not None and published != page.published):
        publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, page)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published, draft=draft, now=now)
    place = {"parent_id": page.parent_id} | {k: changes[k] for k in ("parent_id", "position") if k in changes}
    if place != {"parent_id": page.parent_id}:
        _move(page, actor=actor, parent_id=place["parent_id"], position=place.get("position"))
    if "page_elements" in changes:
        page.page_elements = arranging.arranged(site, page, changes["page_elements"])
    if "seo" in changes:
        arranging.check_image(site, changes["seo"], page.seo)
    if changes.get("locale", page.locale) != page.locale:
        slugs.release("page", page.pk, locale=page.locale)
    for name in MEMBERS:
        if name in changes:
            setattr(page, name, changes[name])
    publishing.save(page, actor=actor, published=wanted.published, draft=wanted.draft, now=now)
    scheduling.plan(page, wanted.times, actor=actor)
    refreezing.readdress(page.pk, actor=actor)
    return page


@transaction.atomic
def move(
    *, actor: Actor, site: Site, page_id: int, parent_id: int | None, position: int | None = None, if_match: str = ""
) -> Page:
    """Puts the page, with all below it, under another parent or at another position; no new version of its text.

    Also needs `content.publish` when the page or one below it is public. Old paths go on leading to the page.
    """
    page = _locked(actor, site, page_id, if_match)
    publishing.require_may_change(actor, page)
    _move(page, actor=actor, parent_id=parent_id, position=position)
    refreezing.readdress(page.pk, actor=actor)
    return page


@transaction.atomic
def shift(*, actor: Actor, site: Site, page_id: int, by: int) -> Page:
    """Moves the page on among its siblings, up for a negative number; at the end it stays where it is."""
    page = _locked(actor, site, page_id, "")
    publishing.require_may_change(actor, page)
    rows = Page.objects.filter(site=site, parent_id=page.parent_id, deleted_at=None).order_by("position", "id")
    siblings = list(rows.values_list("pk", flat=True))
    at = siblings.index(page.pk) + by
    if 0 <= at < len(siblings):
        _move(page, actor=actor, parent_id=page.parent_id, position=at)
    return page


@transaction.atomic
def delete(
    *,
    actor: Actor,
    site: Site,
    page_id: int,
    children: str = "reject",
    force: bool = False,
    purge: bool = False,
    if_match: str = "",
) -> None:
    """Moves a page to the trash; with `purge` it is gone for good, from the trash too.

    Pages below it: 409 with them (`reject`), go to the trash too (`cascade`) or move up (`lift`).
    """
    tree.lock(site.pk)
    named: dict[str, Any] = {"actor": actor, "site": site, "doc_type": "page", "doc_id": page_id, "if_match": if_match}
    if purge and Page.objects.filter(site=site, pk=page_id).exclude(deleted_at=None).exists():
        trash.delete(**named, purge=True)
        return
    page = _locked(actor, site, page_id, if_match)
    publishing.require_may_change(actor, page)
    now = timezone.now()
    directly = list(Page.objects.filter(parent=page, deleted_at=None).order_by("position", "id"))
    if directly and children == "reject":
        listed = [{"id": child.pk, "title": child.title} for child in directly[:MAX_LISTED]]
        raise PageHasChildren(children=listed)
    if children == "lift":
        for child in reversed(directly):
            child.site = site
            _move(child, actor=actor, parent_id=page.parent_id, position=page.position)
            refreezing.readdress(child.pk, actor=actor)
    elif children == "cascade":
        for child_id, _ in reversed(selectors.below(page.pk)[1:]):
            child = selectors.page_for(actor=actor, site=site, page_id=child_id, lock=True)
            publishing.require_may_change(actor, child)
            trash.put(child, actor=actor, force=force, now=now)
    trash.delete(**named, force=force, purge=purge)


def _locked(actor: Actor, site: Site, page_id: int, if_match: str) -> Page:
    """The page to be changed, after the lock of the tree; 412 when it is another version than the caller saw."""
    tree.lock(site.pk)
    page = selectors.page_for(actor=actor, site=site, page_id=page_id, lock=True)
    etag.require(if_match, page.etag)
    return page


def _move(page: Page, *, actor: Actor, parent_id: int | None, position: int | None) -> None:
    ids = [id for id, _ in selectors.below(page.pk)]
    if Page.objects.filter(pk__in=ids).exclude(published_version=None).exists():
        publishing.require_may_publish(actor, page.site_id)
    tree.put(page, parent_id=parent_id, position=position)
    page.save(update_fields=["parent", "position"])
    publishing.tell(page, "Moved", actor=actor)
