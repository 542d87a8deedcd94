"""Reading media, scoped to the site."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from apps.core import errors
from apps.core.actor import Actor
from apps.media.models import DirectUpload, Media, MediaVersion, Rendition
from apps.sites.models import Site


def media_of(*, actor: Actor, site: Site) -> QuerySet[Media]:
    """The site's media; who may read any may read all."""
    return Media.objects.filter(site=site).select_related("site")


def media_for(*, actor: Actor, site: Site, media_id: int, lock: bool = False) -> Media:
    """One of them; 404 alike for what is absent and what is another site's."""
    rows = media_of(actor=actor, site=site)
    row = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=media_id).first()
    if row is None:
        raise errors.NotFound
    return row


def filtered(rows: QuerySet[Media], query: dict[str, Any]) -> QuerySet[Media]:
    """By `q` in name, file name or alternative text, by `type`: `image/png`, or the whole family `image`; by `folder`
    (0: in none), by all of `tag`, and, with `duplicates`, those whose bytes another file of the site has too."""
    if words := query.get("q"):
        rows = rows.filter(Q(name__icontains=words) | Q(filename__icontains=words) | Q(alt_text__icontains=words))
    if kind := query.get("type"):
        rows = rows.filter(media_type=kind) if "/" in kind else rows.filter(media_type__startswith=f"{kind}/")
    if "folder" in query:
        rows = rows.filter(folder_id=query["folder"]) if query["folder"] else rows.filter(folder=None)
    if tags := query.get("tag"):
        rows = rows.filter(tags__contains=tags)
    if "duplicates" in query:
        found = Exists(_same_bytes(OuterRef("site_id"), OuterRef("content_hash")).exclude(pk=OuterRef("pk")))
        rows = rows.filter(found if query["duplicates"] else ~found)
    return rows


def twin_of(media: Media) -> int | None:
    """The first other file of the site with the same bytes."""
    rows = _same_bytes(media.site_id, media.content_hash).exclude(pk=media.pk)
    return rows.order_by("pk").values_list("pk", flat=True).first()


def _same_bytes(site_id: Any, content_hash: Any) -> QuerySet[Media]:
    return Media.objects.filter(site_id=site_id, content_hash=content_hash)


def stored_bytes(site: Site | None = None) -> int:
    """What the files of the site (of the whole tenant without one) take up, in bytes; former files and
    renditions too."""
    media = Media.objects.all() if site is None else Media.objects.filter(site=site)
    beside = (model.objects.filter(media__in=media) for model in (MediaVersion, Rendition))
    return sum(rows.aggregate(sum=Sum("file_size"))["sum"] or 0 for rows in (media, *beside))


def generated(*, actor: Actor, site: Site, ids: list[int]) -> Media:
    """The first of what was generated together, with the others as `more`; 404 when it is gone already."""
    found = media_of(actor=actor, site=site).in_bulk(ids)
    rows: list[Any] = [found[id] for id in ids if id in found]
    if not rows:
        raise errors.NotFound
    rows[0].more = rows[1:]
    return rows[0]


def passing_paths() -> Iterator[str]:
    """Where the tenant has files that no archive holds: renditions, and parts of uploads under way."""
    yield from Rendition.objects.values_list("file", flat=True)
    for row in DirectUpload.objects.all():
        yield row.path
        yield from (f"{row.path}_{number}" for number, _ in row.parts)


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
