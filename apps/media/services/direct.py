"""Large files that go to the storage in parts, past our requests, and are inspected like any other when whole."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.core import errors
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media import naming, providers
from apps.media.errors import TooManyUploads
from apps.media.events import UploadAborted, UploadBegun
from apps.media.models import DirectUpload, Media
from apps.media.providers import local
from apps.media.services import files, folders, media
from apps.media.services.files import Received
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site, Tenant

END = "media.end_upload"
LIFE = datetime.timedelta(hours=24)
PART = 16 * 1024 * 1024
"""Bytes of a part; S3 takes none below 5 MiB but the last, and at most 10,000."""
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the parts of an upload will lie."""

    path: str
    reference: str


def prepare(*, site: Site, size: int) -> Place:
    """Asks the storage for a place; call outside a transaction. What nobody settles is forgotten after a day.

    413 for more than `DIRECT_UPLOAD_MAX_BYTES`, 409 for more than the tenant has room for, or too many at once.
    """
    if size > settings.DIRECT_UPLOAD_MAX_BYTES:
        raise errors.TooLarge(limit=settings.DIRECT_UPLOAD_MAX_BYTES)
    limit = site.tenant.effective_limits["storage_bytes"]
    used = Tenant.objects.values_list("used_storage_bytes", flat=True).get(pk=site.tenant_id)
    if used + size > limit:
        raise StorageLimitReached(limit=limit, count=used)
    if DirectUpload.objects.filter(site=site).count() >= MOST:
        raise TooManyUploads
    path = f"uploads/site_{site.pk}/.{secrets.token_hex(16)}"
    reference = providers.direct().begin(path)
    _plan(site.tenant_id, path, reference, size)
    return Place(path=path, reference=reference)


@transaction.atomic
def begin(*, actor: Actor, site: Site, place: Place, filename: str, size: int, **about: Any) -> DirectUpload:
    """The row of an upload whose parts may come now; `about` is what `services.media.create` takes."""
    folders.require(site, about.get("folder_id"))
    now = timezone.now()
    row = DirectUpload.objects.create(
        site=site,
        author_id=actor.id if actor.kind == "user" else None,
        filename=filename,
        size=size,
        part_size=PART,
        path=place.path,
        reference=place.reference,
        about=about,
        created_at=now,
        expires_at=now + LIFE,
    )
    emit(UploadBegun(size=size, **_about(row)), actor=actor, tenant_id=site.tenant_id)
    return row


def addresses(row: DirectUpload) -> list[dict[str, Any]]:
    """`{number, size, url}` of each part, to be put there until the upload expires."""
    storage, seconds = providers.direct(), max(1, int((row.expires_at - timezone.now()).total_seconds()))
    return [
        {"number": n, "size": size, "url": storage.address(row.path, row.reference, n, size, seconds=seconds)}
        for n, size in row.parts
    ]


def gather(*, actor: Actor, site: Site, upload_id: int) -> Received:
    """Puts the parts together, inspects what they make and stores it as any upload; call outside a transaction.

    409 with the numbers of parts that are missing.
    """
    row = upload_for(actor=actor, site=site, upload_id=upload_id)
    with providers.direct().gather(row.path, row.reference, row.parts) as whole:
        whole.name = naming.cleaned(row.filename, (row.filename.rpartition(".")[2].lower() or "bin",))
        return files.receive(
            actor=actor, site=site, upload=whole, most=settings.DIRECT_UPLOAD_MAX_BYTES, settled_in=LIFE
        )


@transaction.atomic
def complete(*, actor: Actor, site: Site, upload_id: int, received: Received) -> Media:
    """Makes media of what was gathered, once; its parts go after the commit."""
    row = upload_for(actor=actor, site=site, upload_id=upload_id, lock=True)
    made = media.create(actor=actor, site=site, received=received, **row.about)
    _end(row, site)
    return made


@transaction.atomic
def abort(*, actor: Actor, site: Site, upload_id: int) -> None:
    """Gives an upload up; its parts go after the commit."""
    row = upload_for(actor=actor, site=site, upload_id=upload_id, lock=True)
    event = UploadAborted(**_about(row))
    _end(row, site)
    emit(event, actor=actor, tenant_id=site.tenant_id)


def upload_for(*, actor: Actor, site: Site, upload_id: int, lock: bool = False) -> DirectUpload:
    """One that is under way; 404 without it, 403 for somebody else's without `media.others`."""
    rows = DirectUpload.objects.filter(site=site, expires_at__gt=timezone.now())
    row = (rows.select_for_update() if lock else rows).filter(pk=upload_id).first()
    if row is None:
        raise errors.NotFound
    own = actor.kind == "user" and row.author_id == actor.id
    if not own and not actor.may("media.others", site.pk):
        raise errors.Forbidden
    return row


def take_part(token: str, *, length: str, content: Any) -> None:
    """Stores a part that the local storage's address brought: exactly as long as the token says, while the upload is
    under way; 404 otherwise."""
    found = local.opened(token, seconds=int(LIFE.total_seconds()))
    site_id = found and int(found[0].split("/")[1].removeprefix("site_"))
    tenant_id = site_id and Site.objects.filter(pk=site_id).values_list("tenant_id", flat=True).first()
    if not found or not tenant_id or not isinstance(providers.direct(), local.LocalParts):
        raise errors.NotFound
    path, number, size = found
    if length != str(size):
        raise errors.Invalid(
            errors=[{"field": "Content-Length", "message": f"This part has {size} bytes.", "code": "size"}]
        )
    with inside(tenant_id):
        if not DirectUpload.objects.filter(path=path, expires_at__gt=timezone.now()).exists():
            raise errors.NotFound
    local.put(path, number, content)


def end(row: Due) -> None:
    """Due: forgets an upload that is over, and deletes its parts."""
    DirectUpload.objects.filter(path=row.subject).delete()
    size, part = row.data["size"], row.data["part"]
    parts = DirectUpload(size=size, part_size=part).parts
    providers.direct().end(row.subject, row.data["reference"], parts)


def _end(row: DirectUpload, site: Site) -> None:
    row.delete()
    due.hasten(tenant_id=site.tenant_id, kind=END, subject=row.path)


def _plan(tenant_id: int, path: str, reference: str, size: int) -> None:
    at = timezone.now() + LIFE
    due.plan(tenant_id=tenant_id, kind=END, subject=path, at=at, reference=reference, size=size, part=PART)


def _about(row: DirectUpload) -> dict[str, Any]:
    return {"subject_id": row.pk, "label": row.filename, "version": 1, "site_id": row.site_id}
