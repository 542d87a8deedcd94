"""Media: a stored file's row, from upload to deletion."""

from __future__ import annotations

from typing import Any, TypedDict, Unpack

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.events import Event, emit
from apps.media import selectors
from apps.media.errors import MediaChanged, MediaInUse
from apps.media.events import MediaDeleted, MediaReplaced, MediaUpdated, MediaUploaded
from apps.media.models import Media, MediaVersion
from apps.media.services import files, folders
from apps.media.services.files import Received
from apps.sites.models import Site
from apps.sites.services import usage

OF_A_FILE = ("file", "filename", "media_type", "file_size", "width", "height", "content_hash")
"""Columns that say what the stored file is, of media as of its versions."""


class About(TypedDict, total=False):
    """What people say of a file."""

    name: str
    alt_text: str
    description: str
    keywords: list[str] | None
    folder_id: int | None
    tags: list[str]


class Changes(About, total=False):
    focal_x: float | None
    focal_y: float | None


def upload(*, actor: Actor, site: Site, upload: File[Any], **about: Unpack[About]) -> Media:
    """Both steps at once, for commands and importers; takes what `create` takes. Call outside a transaction."""
    return create(actor=actor, site=site, received=files.receive(actor=actor, site=site, upload=upload), **about)


@transaction.atomic
def create(
    *,
    actor: Actor,
    site: Site,
    received: Received,
    name: str = "",
    alt_text: str = "",
    description: str = "",
    keywords: list[str] | None = None,
    provenance: dict[str, Any] | None = None,
    folder_id: int | None = None,
    tags: list[str] | None = None,
) -> Media:
    """Settles a received file as media, named after its file unless a name is given.

    400 for a folder that is not there, 409 when storage would be full.
    """
    files.settle(received, tenant_id=site.tenant_id)
    folders.hold([folder_id])
    folders.require(site, folder_id)
    now = timezone.now()
    media = Media.objects.create(
        site=site,
        name=name or received.filename,
        **received.columns(),
        alt_text=alt_text,
        description=description,
        keywords=keywords,
        provenance=provenance,
        folder_id=folder_id,
        tags=tags or [],
        author_id=actor.id if actor.kind == "user" else None,
        created_at=now,
        updated_at=now,
    )
    _tell(MediaUploaded(media_type=media.media_type, file_size=media.file_size, **_about(media)), actor, site)
    usage.take(site.tenant, "storage_bytes", media.file_size)
    return media


@transaction.atomic
def update(*, actor: Actor, site: Site, media_id: int, if_match: str = "", **changes: Unpack[Changes]) -> Media:
    """Changes the given ones of `name, alt_text, description, keywords, folder_id, tags, focal_x, focal_y`.

    412 when `if_match` names another version; 403 for somebody else's without `media.others`; 400 for a folder that
    is not there.
    """
    folders.hold([changes.get("folder_id")])
    media = _mine(actor, site, media_id, if_match)
    folders.require(site, changes.get("folder_id"))
    for member, value in changes.items():
        setattr(media, member, value)
    media.version += 1
    media.updated_at = timezone.now()
    media.save(update_fields=[*changes, "version", "updated_at"])
    _tell(MediaUpdated(changed=tuple(changes), **_about(media)), actor, site)
    return media


@transaction.atomic
def delete(*, actor: Actor, site: Site, media_id: int, force: bool = False, if_match: str = "") -> None:
    """Deletes the media, and its file after the commit; 409 with those who show it unless forced."""
    media = _mine(actor, site, media_id, if_match)
    users = selectors.users_of(media)
    if users and not force:
        raise MediaInUse(users=users)
    freed = files.discard_all([media], tenant_id=site.tenant_id)
    event = MediaDeleted(media_type=media.media_type, **_about(media))
    media.delete()
    _tell(event, actor, site)
    usage.give_back(site.tenant_id, "storage_bytes", freed)


@transaction.atomic
def replace(
    *,
    actor: Actor,
    site: Site,
    media_id: int,
    received: Received,
    if_match: str = "",
    revision: int | None = None,
    provenance: dict[str, Any] | None = None,
) -> Media:
    """Puts a received file in the place of the media's: it keeps its id, gets another address, and the file of before
    stays where it is as a version. `provenance` is the new file's: without, it was not generated.

    409 when storage would be full, or when the file is not that of the `revision` that the new one was made of; 412
    and 403 as for any change."""
    files.settle(received, tenant_id=site.tenant_id)
    media = _mine(actor, site, media_id, if_match)
    require_revision(media, revision)
    now = timezone.now()
    MediaVersion.objects.create(
        media=media,
        number=media.revision,
        replaced_by_id=actor.id if actor.kind == "user" else None,
        replaced_at=now,
        **{name: getattr(media, name) for name in OF_A_FILE},
    )
    _drop_renditions(media, site)
    taken = received.columns()
    for name, value in taken.items():
        setattr(media, name, value)
    media.provenance = provenance
    media.revision += 1
    media.version += 1
    media.updated_at = now
    media.save(update_fields=[*taken, "provenance", "revision", "version", "updated_at"])
    kind, size = media.media_type, media.file_size
    _tell(MediaReplaced(media_type=kind, file_size=size, revision=media.revision, **_about(media)), actor, site)
    usage.take(site.tenant, "storage_bytes", media.file_size)
    return media


def require_may_change(*, actor: Actor, site: Site, media_id: int) -> None:
    """403 unless the actor may change the file, 404 without one: asked before another one is stored for it."""
    _require_mine(actor, selectors.media_for(actor=actor, site=site, media_id=media_id))


def require_may_replace(*, actor: Actor, site: Site, media_id: int) -> None:
    """The same for who does not write media by trade: `media.write` is asked for too."""
    require_may_change(actor=actor, site=site, media_id=media_id)
    if not actor.may("media.write", site.pk):
        raise errors.Forbidden


def require_revision(media: Media, revision: int | None) -> None:
    """409 when the media has another file than the one that was seen."""
    if revision is not None and media.revision != revision:
        raise MediaChanged(revision=media.revision)


def _mine(actor: Actor, site: Site, media_id: int, if_match: str) -> Media:
    """The row, locked, when the actor may change it."""
    media = selectors.media_for(actor=actor, site=site, media_id=media_id, lock=True)
    _require_mine(actor, media)
    etag.require(if_match, media.etag)
    return media


def _drop_renditions(media: Media, site: Site) -> None:
    """They are of the former file. Their files stay for a day, since pages that are being looked at show them."""
    rows = list(media.renditions.all())
    for row in rows:
        files.discard_later(row.file, tenant_id=site.tenant_id, wait=files.SHOWN)
    media.renditions.all().delete()
    usage.give_back(site.tenant_id, "storage_bytes", sum(row.file_size for row in rows))


def _require_mine(actor: Actor, media: Media) -> None:
    """Everybody's with `media.others`, otherwise one's own."""
    own = actor.kind == "user" and media.author_id == actor.id
    if not own and not actor.may("media.others", media.site_id):
        raise errors.Forbidden


def _about(media: Media) -> dict[str, Any]:
    return {"subject_id": media.pk, "label": media.name, "version": media.version, "site_id": media.site_id}


def _tell(event: Event, actor: Actor, site: Site) -> None:
    emit(event, actor=actor, tenant_id=site.tenant_id)
