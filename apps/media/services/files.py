"""Bytes on their way into the storage and out of it, so that no crash leaves a file that nobody knows."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import itertools
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from apps.core import errors
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import due
from apps.media import inspection, naming
from apps.media.errors import EmptyFile
from apps.media.inspection import kinds
from apps.media.models import Media, MediaVersion, Rendition
from apps.media.pictures import marking
from apps.sites.models import Site

log = structlog.get_logger(__name__)

DISCARD = "media.discard_file"
_WITH_FILES: tuple[type[Model], ...] = (Media, MediaVersion, Rendition)
# With the scheduler's own pause a file without a row is gone before it is ten minutes old.
UNSETTLED = datetime.timedelta(minutes=9)
SHOWN = datetime.timedelta(days=1)
"""How long the files of former renditions stay: pages that are being looked at show them."""
ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that is in the storage and has no row yet. Unless it is settled, it is discarded."""

    path: str
    filename: str
    media_type: str
    file_size: int
    width: int | None
    height: int | None
    content_hash: str
    placeholder: str = ""
    duration: float | None = None

    def columns(self) -> dict[str, Any]:
        """What the row of a media says of its file."""
        found = dataclasses.asdict(self)
        return {"file": found.pop("path"), **found}


def receive(
    *,
    actor: Actor,
    site: Site,
    upload: File[Any],
    settled_in: datetime.timedelta = UNSETTLED,
    most: int | None = None,
    named: str = "",
    note: bytes = b"",
) -> Received:
    """Inspects the upload and stores it as `uploads/site_{id}/{8 hex}_{name}`, or as `{named}`, `{named}_2`… there;
    call outside a transaction. `note` is an XMP packet that a picture of ours gets once its metadata is cut out.

    Its discarding is planned in a commit of its own before the first byte is written, and taken back by
    `services.media.create` in the transaction of the row, `settled_in` that time. Refuses what is empty (400), larger
    than `most`, by default `UPLOAD_MAX_BYTES` (413), of a kind that is not taken or unsafe (415), damaged (400) or too
    many pixels (413).
    """
    if not upload.size:
        raise EmptyFile
    most = settings.UPLOAD_MAX_BYTES if most is None else most
    if upload.size > most:
        raise errors.TooLarge(limit=most)
    found = inspection.inspect(upload)
    filename = naming.cleaned(upload.name or "", found.extensions)
    content = found.content
    if note and found.media_type in kinds.RASTER:
        content = ContentFile(marking.marked(content.read(), found.media_type, note))
    size, digest = _measured(content)
    for _ in range(ATTEMPTS):
        path = free_path_named(site, named, found.extensions[0]) if named else free_path(site, filename)
        due.plan(tenant_id=site.tenant_id, kind=DISCARD, subject=path, at=timezone.now() + settled_in)
        with suppress(NameTaken):
            store(path, content)
            break
    else:
        raise errors.Unavailable
    return Received(
        path=path,
        filename=filename,
        media_type=found.media_type,
        file_size=size,
        width=found.width,
        height=found.height,
        content_hash=digest,
        placeholder=found.placeholder,
        duration=found.duration,
    )


def settle(received: Received, *, tenant_id: int) -> None:
    """Takes the planned discarding back, in the transaction that saves the row; 503 when it has been done already."""
    if not due.cancel(tenant_id=tenant_id, kind=DISCARD, subject=received.path):
        raise errors.Unavailable


def discard_later(path: str, *, tenant_id: int, wait: datetime.timedelta = datetime.timedelta()) -> None:
    """Deletes the file once the running transaction, which removes its row, has committed, and then some."""
    due.plan(tenant_id=tenant_id, kind=DISCARD, subject=path, at=timezone.now() + wait)


def discard_all(rows: Sequence[Media], *, tenant_id: int) -> int:
    """The same of all files of the media, former ones too; answers how many bytes that frees."""
    freed = 0
    versions, renditions = MediaVersion.objects.filter(media__in=rows), Rendition.objects.filter(media__in=rows)
    for found in (rows, versions, renditions):
        for row in found:
            discard_later(row.file, tenant_id=tenant_id)
            freed += row.file_size
    return freed


def discard(row: Due) -> None:
    """Due: deletes the file that `row.subject` names, unless a row has it."""
    if not any(model._default_manager.filter(file=row.subject).exists() for model in _WITH_FILES):
        default_storage.delete(row.subject)


def free_path(site: Site, filename: str) -> str:
    """Where the storage has nothing yet."""
    while True:
        path = f"uploads/site_{site.pk}/{naming.stored(filename, secrets.token_hex(4))}"
        if not default_storage.exists(path):
            return path


def free_path_named(site: Site, stem: str, extension: str) -> str:
    """The first of `stem`, `stem_2`, `stem_3`… that the storage does not have."""
    for number in itertools.count(1):
        path = f"uploads/site_{site.pk}/{stem}{f'_{number}' if number > 1 else ''}.{extension}"
        if not default_storage.exists(path):
            return path
    raise AssertionError


def _measured(content: File[Any]) -> tuple[int, str]:
    """Size in bytes and SHA-256 in hex."""
    size, digest = 0, hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        size += len(chunk)
        digest.update(chunk)
    content.seek(0)
    return size, digest.hexdigest()


class NameTaken(errors.Unavailable):
    """Somebody was quicker by a moment."""


def store(path: str, content: File[Any]) -> None:
    """Writes what has a plan to be discarded; 503 when the storage does not take it, or has the name by now."""
    try:
        stored = default_storage.save(path, content)
    except Exception as error:
        # A full disk or an unreachable bucket is an outage, not a fault of the request.
        log.exception("storage_failed", path=path)
        raise errors.Unavailable from error
    if stored != path:
        # What was planned does not cover the name that the storage chose instead.
        default_storage.delete(stored)
        raise NameTaken
