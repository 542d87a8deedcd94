"""Renditions: pictures made of a picture when somebody first asks for them, and kept."""

from __future__ import annotations

import hashlib
import time

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import errors, ratelimit, redis
from apps.core.services import due
from apps.media import naming
from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.inspection import kinds
from apps.media.models import Media, Rendition
from apps.media.pictures import pool
from apps.media.pictures.rendering import Wanted
from apps.media.services import files
from apps.media.services.files import Received
from apps.media.sizes import Size
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.services import usage

MOST = 100
"""Renditions of one media that are made without a signature."""
PATIENCE = 6.0
"""Seconds to wait for one that somebody else is making."""
log = structlog.get_logger(__name__)


def of(*, site: Site, media: Media, size: Size, address: str) -> Rendition | None:
    """The rendition, made now if nobody has asked for it before; None where the file itself must do.

    That is for what is no picture of pixels or cannot be decoded, when there are too many, or when the tenant's storage
    is full. One process makes it and others wait; 503 with `Retry-After` when that takes long or no child is free, and
    429 for an address that has had too many made.
    """
    if not media.is_picture:
        return None
    key = f"{media.revision}-{size.key}"
    if (found := _found(media, key)) is not None:
        return found
    if not size.signed and media.renditions.count() >= MOST:
        return None
    ratelimit.check(ratelimit.RATES["render"], address)
    lock = f"media:rendition:{site.pk}:{media.pk}:{key}"
    if not _claimed(lock):
        return _awaited(media, key)
    try:
        return _found(media, key) or _made(site, media, key, size)
    finally:
        _released(lock)


def _found(media: Media, key: str) -> Rendition | None:
    return media.renditions.filter(key=key).first()


def _made(site: Site, media: Media, key: str, size: Size) -> Rendition | None:
    wanted = Wanted(size.width, size.height, size.fit, size.format, size.quality, size.focal)
    try:
        with default_storage.open(media.file, "rb") as file:
            ((width, height, body),) = pool.render(file.read(), kinds.RASTER[media.media_type], [wanted])
    except (DamagedFile, TooManyPixels, FileNotFoundError):
        log.warning("rendition_failed", media=media.pk, key=key)
        return None
    media_type = f"image/{size.format}"
    path = _path(site, media, body, f"_{width}x{height}.{kinds.EXTENSIONS[media_type][0]}")
    due.plan(tenant_id=site.tenant_id, kind=files.DISCARD, subject=path, at=timezone.now() + files.UNSETTLED)
    files.store(path, ContentFile(body))
    received = Received(
        path=path,
        filename="",
        media_type=media_type,
        file_size=len(body),
        width=width,
        height=height,
        content_hash="",
    )
    try:
        with transaction.atomic():
            return keep(site=site, media=media, received=received, key=key)
    except IntegrityError:
        return _found(media, key)
    except StorageLimitReached:
        return None


def keep(*, site: Site, media: Media, received: Received, key: str) -> Rendition:
    """Settles a received picture as a rendition of the media, in the caller's transaction."""
    files.settle(received, tenant_id=site.tenant_id)
    made = Rendition.objects.create(
        media=media,
        key=key,
        file=received.path,
        media_type=received.media_type,
        width=received.width or 0,
        height=received.height or 0,
        file_size=received.file_size,
        created_at=timezone.now(),
    )
    usage.take(site.tenant, "storage_bytes", received.file_size)
    return made


def poster_key(media: Media) -> str:
    """Of the picture that stands for a film until it is played."""
    return f"{media.revision}-poster"


def _path(site: Site, media: Media, body: bytes, ending: str) -> str:
    """Named after what is in it: at this address there will never be anything else."""
    stem = media.filename.rpartition(".")[0][:60]
    name = naming.stored(stem + ending, hashlib.sha256(f"{media.uid}".encode() + body).hexdigest()[:8])
    path = f"uploads/site_{site.pk}/{name}"
    return files.free_path(site, stem + ending) if default_storage.exists(path) else path


def _claimed(lock: str) -> bool:
    """Whether nobody else is at it; without Redis the pool of children is the only bound."""
    try:
        return bool(redis.broker().call(lambda server: server.set(lock, "1", nx=True, ex=60)))
    except redis.Away:
        return True


def _released(lock: str) -> None:
    try:
        redis.broker().call(lambda server: server.delete(lock))
    except redis.Away:
        log.info("lock_left", lock=lock)


def _awaited(media: Media, key: str) -> Rendition:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        time.sleep(0.1)
        if (found := _found(media, key)) is not None:
            return found
    raise errors.Unavailable(headers={"Retry-After": "2"})
