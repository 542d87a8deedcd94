"""Reading websites, scoped to the site."""

from typing import Any

from django.db.models import QuerySet

from apps.content import selectors as documents
from apps.core import errors
from apps.core.actor import Actor
from apps.media import selectors as files
from apps.sites.models import Site
from apps.websites.models import Website


def websites_of(*, actor: Actor, site: Site) -> QuerySet[Website]:
    """The site's, newest first."""
    return Website.objects.filter(site=site).order_by("-id")


def website_for(*, actor: Actor, site: Site, website_id: int, lock: bool = False) -> Website:
    """One of them; 404 alike for what is absent and what is another site's."""
    rows = websites_of(actor=actor, site=site)
    row = (rows.select_for_update() if lock else rows).filter(pk=website_id).first()
    if row is None:
        raise errors.NotFound
    row.site = site
    return row


def filtered(rows: QuerySet[Website], query: dict[str, Any]) -> QuerySet[Website]:
    return rows.filter(state=query["state"]) if query.get("state") else rows


def living(website: Website, kind: str, *, site: Site) -> dict[int, Any]:
    """What is there of a kind, drafts included and the trash not, by id; `kind` is `media` or that of a document."""
    actor, ids = Actor.system(because="looking at a website", tenant_id=site.tenant_id), website.ids(kind)
    rows: Any = (
        files.media_of(actor=actor, site=site)
        if kind == "media"
        else documents.documents_of(kind, actor=actor, site=site)
    )
    return {row.pk: row for row in rows.filter(pk__in=ids)}
