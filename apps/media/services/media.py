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
from apps.media.errors import MediaInUse
from apps.media.events import MediaDeleted, MediaUpdated, MediaUploaded
from apps.media.models import Media
from apps.media.services import files
from apps.media.services.files import Received
from apps.sites.models import Site
from apps.sites.services import usage


class About(TypedDict, total=False):
    """What people say of a file."""

    name: str
    alt_text: str
    description: str
    keywords: list[str] | None


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
) -> Media:
    """Settles a received file as media, named after its file unless a name is given; 409 when storage would be full."""
    files.settle(received, tenant_id=site.tenant_id)
    now = timezone.now()
    media = Media.objects.create(
        site=site,
        name=name or received.filename,
        file=received.path,
        filename=received.filename,
        media_type=received.media_type,
        file_size=received.file_size,
        width=received.width,
        height=received.height,
        content_hash=received.content_hash,
        alt_text=alt_text,
        description=description,
        keywords=keywords,
        provenance=provenance,
        author_id=actor.id if actor.kind == "user" else None,
        created_at=now,
        updated_at=now,
    )
    _tell(MediaUploaded(media_type=media.media_type, file_size=media.file_size, **_about(media)), actor, site)
    usage.take(site.tenant, "storage_bytes", media.file_size)
    return media


@transaction.atomic
def update(*, actor: Actor, site: Site, media_id: int, if_match: str = "", **changes: Unpack[Changes]) -> Media:
    """Changes the given ones of `name, alt_text, description, keywords, focal_x, focal_y`.

    412 when `if_match` names another version; 403 for somebody else's without `media.others`.
    """
    media = _mine(actor, site, media_id, if_match)
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
    files.discard_later(media.file, tenant_id=site.tenant_id)
    event = MediaDeleted(media_type=media.media_type, **_about(media))
    media.delete()
    _tell(event, actor, site)
    usage.give_back(site.tenant_id, "storage_bytes", media.file_size)


def _mine(actor: Actor, site: Site, media_id: int, if_match: str) -> Media:
    """The row, locked, when the actor may change it: everybody's with `media.others`, otherwise one's own."""
    media = selectors.media_for(actor=actor, site=site, media_id=media_id, lock=True)
    own = actor.kind == "user" and media.author_id == actor.id
    if not own and not actor.may("media.others", site.pk):
        raise errors.Forbidden
    etag.require(if_match, media.etag)
    return media


def _about(media: Media) -> dict[str, Any]:
    return {"subject_id": media.pk, "label": media.name, "version": media.version, "site_id": media.site_id}


def _tell(event: Event, actor: Actor, site: Site) -> None:
    emit(event, actor=actor, tenant_id=site.tenant_id)
