"""Reading media, scoped to the site."""

from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from apps.core import errors
from apps.core.actor import Actor
from apps.media.models import Media
from apps.sites.models import Site


def media_of(*, actor: Actor, site: Site) -> QuerySet[Media]:
    """The site's media; who may read any may read all."""
    return Media.objects.filter(site=site)


def media_for(*, actor: Actor, site: Site, media_id: int, lock: bool = False) -> Media:
    """One of them; 404 alike for what is absent and what is another site's."""
    rows = media_of(actor=actor, site=site)
    row = (rows.select_for_update() if lock else rows).filter(pk=media_id).first()
    if row is None:
        raise errors.NotFound
    return row


def filtered(rows: QuerySet[Media], query: dict[str, Any]) -> QuerySet[Media]:
    """By `q` in name, file name or alternative text, and by `type`: `image/png`, or the whole family `image`."""
    if words := query.get("q"):
        rows = rows.filter(Q(name__icontains=words) | Q(filename__icontains=words) | Q(alt_text__icontains=words))
    if kind := query.get("type"):
        rows = rows.filter(media_type=kind) if "/" in kind else rows.filter(media_type__startswith=f"{kind}/")
    return rows


def urls_of(site_id: int, ids: Iterable[int]) -> dict[int, str]:
    """The address of each of the site's media that exists and is ready, by id; one statement."""
    storable = [id for id in ids if 0 < id < 2**63]
    if not storable:
        return {}
    rows = Media.objects.filter(site_id=site_id, pk__in=storable, status=Media.READY).values_list("pk", "file")
    return {pk: default_storage.url(file) for pk, file in rows}


def users_of(media: Media, limit: int = 50) -> list[dict[str, Any]]:
    """The documents that show the file: `{doc_type, doc_id, field}`, at most `limit`."""
    rows = media.uses.order_by("doc_type", "doc_id", "field").values("doc_type", "doc_id", "field")
    return [dict(row) for row in rows[:limit]]
