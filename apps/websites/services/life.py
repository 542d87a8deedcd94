"""What becomes of a website: published whole, or discarded whole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import selectors as documents
from apps.content import services as content
from apps.content.errors import InUse
from apps.content.models import Translation
from apps.content.services import tree
from apps.core import bulk, errors
from apps.core.actor import Actor
from apps.core.bulk import Report
from apps.core.events import emit
from apps.media.services import media
from apps.sites.models import Site
from apps.sites.services import usage
from apps.websites import selectors
from apps.websites.errors import WebsiteNotReady
from apps.websites.events import WebsiteDiscarded, WebsitePublished
from apps.websites.models import Website
from apps.websites.services.building import about


@dataclass(frozen=True, slots=True)
class Part:
    """A document of a website, and what shall happen to it. `action` names the kind, as in `publish page`."""

    action: str
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a website, and of each of its documents."""

    website: Website
    parts: list[Part]
    report: Report

    @property
    def done(self) -> int:
        return self.report.done

    @property
    def failed(self) -> int:
        return self.report.failed

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [
            {"doc_type": part.kind, "id": part.id, "status": told.status, "error": told.error}
            for part, told in zip(self.parts, self.report.items, strict=True)
        ]


@transaction.atomic
def publish(*, actor: Actor, site: Site, website_id: int) -> Outcome:
    """Publishes its documents with their translations: what is shown before the pages that show it.

    A document that is refused keeps the others from nothing; the website is published when none was, and can be
    published again. What somebody has put into the trash meanwhile is left there. 409 unless it is a draft or public.
    """
    website = _held(actor, site, website_id)
    if not actor.may("content.publish", site.pk):
        raise errors.Forbidden
    parts = [Part("publish", kind, id) for kind in ("element", "post", "page") for id in _living(website, kind, site)]

    def do(part: Part) -> tuple[int, Any]:
        row = content.scheduling.publish(actor=actor, site=site, doc_type=part.kind, doc_id=part.id)
        for found in Translation.objects.filter(doc_type=part.kind, doc_id=part.id, locale__in=website.locales):
            content.translations.publish(
                actor=actor, site=site, doc_type=part.kind, doc_id=part.id, locale=found.locale
            )
        return 200, row

    report = _each(site, parts, do)
    if not report.failed:
        website.state = Website.State.PUBLISHED
    website.updated_at = timezone.now()
    website.save(update_fields=["state", "updated_at"])
    event = WebsitePublished(**about(website), published=report.done, failed=report.failed)
    emit(event, actor=actor, tenant_id=site.tenant_id)
    return Outcome(website, parts, report)


@transaction.atomic
def discard(*, actor: Actor, site: Site, website_id: int) -> Outcome:
    """Moves its documents to the trash and deletes its media; content types stay, as do credits that were charged.

    What somebody else's document shows stays, and pages below which others were put; the website is discarded when
    nothing stayed. Its media go if the actor may delete media and nothing else shows them. 409 while it is being made.
    """
    website = _held(actor, site, website_id)
    if not actor.may("content.delete", site.pk):
        raise errors.Forbidden
    own = {(kind, id) for kind, id in website.documents}
    order = ("page", "post", "element", "media") if actor.may("media.delete", site.pk) else ("page", "post", "element")
    parts = [Part("discard", kind, id) for kind in order for id in reversed(_living(website, kind, site))]

    def do(part: Part) -> tuple[int, Any]:
        if part.kind == "media":
            media.delete(actor=actor, site=site, media_id=part.id)
            return 204, None
        _require_only(own, part)
        if part.kind == "page":
            content.pages.delete(actor=actor, site=site, page_id=part.id, force=True)
        else:
            content.trash.delete(actor=actor, site=site, doc_type=part.kind, doc_id=part.id, force=True)
        return 204, None

    report = _each(site, parts, do)
    if not report.failed:
        website.state = Website.State.DISCARDED
    website.updated_at = timezone.now()
    website.save(update_fields=["state", "updated_at"])
    event = WebsiteDiscarded(**about(website), trashed=report.done, failed=report.failed)
    emit(event, actor=actor, tenant_id=site.tenant_id)
    return Outcome(website, parts, report)


def _held(actor: Actor, site: Site, website_id: int) -> Website:
    tree.lock(site.pk)
    website = selectors.website_for(actor=actor, site=site, website_id=website_id, lock=True)
    if website.state not in (Website.State.DRAFT, Website.State.PUBLISHED):
        raise WebsiteNotReady
    return website


def _living(website: Website, kind: str, site: Site) -> list[int]:
    """The website's own of a kind that are still there, in its order."""
    there = selectors.living(website, kind, site=site)
    return [id for id in website.ids(kind) if id in there]


def _require_only(own: set[tuple[str, int]], part: Part) -> None:
    """409 with them when others than the website's own documents show it."""
    found = documents.referrers(part.kind, part.id).values("doc_type", "doc_id", "field").distinct()
    others = [row for row in found[:500] if (row["doc_type"], row["doc_id"]) not in own]
    if others:
        raise InUse(referrers=others[: content.trash.MAX_REFERRERS])


def _each(site: Site, parts: list[Part], do: Callable[[Part], tuple[int, Any]]) -> Report:
    with usage.together(site.tenant, "elements") as account:
        return bulk.run(parts, do, atomic=False, refused=WebsiteNotReady, account=account)
