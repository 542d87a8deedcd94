"""The public reads of media: the document, and the bytes with headers that keep them from doing anything."""

import datetime
import re
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage, InMemoryStorage, default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date

from apps.core import errors, etag
from apps.core.delivery import Answer
from apps.core.encoding import dumps
from apps.media import naming, ranges
from apps.media.errors import RangeNotSatisfiable
from apps.media.inspection import kinds
from apps.media.models import Media, Rendition
from apps.sites.models import Site

log = structlog.get_logger(__name__)

# Whatever a file turns out to hold: no type but the stated one, no script, no origin of ours.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}
_REVALIDATED = "public, no-cache"
_IMMUTABLE = "public, max-age=31536000, immutable"
_PATH = re.compile(r"uploads/site_[0-9]{1,18}/[^/\\\0]{1,255}")
SIZES = "100vw"
"""How wide a picture is shown, where nobody knows the page: as wide as the window."""
_SHOWN = ("image/", "audio/", "video/")


def document(site: Site, query: dict[str, Any], *, media_id: int) -> Answer:
    """One media; 404 otherwise. Its members stand in the order known clients saw."""
    media = ready(site, media_id)
    body = dumps(
        {
            "id": media.pk,
            "filename": media.filename,
            "name": media.name,
            "url": media.url,
            "file_size": media.file_size,
            "media_type": media.media_type,
            "description": media.description,
            "keywords": None if media.keywords is None else ",".join(media.keywords),
            "alt_text": media.alt_text,
            "status": media.status,
            "width": media.width,
            "height": media.height,
            "focal_x": media.focal_x,
            "focal_y": media.focal_y,
            "duration": media.duration,
            "placeholder": media.placeholder,
            "srcset": media.srcset,
            "sizes": SIZES if media.srcset else "",
        }
    )
    return Answer(body, tuple(tags_of(site.pk, media_id)), etag.of_bytes(body))


def tags_of(site_id: int | None, media_id: int) -> list[str]:
    """What is touched when a media comes, changes or goes."""
    return [f"site:{site_id}:media#{media_id}"]


def view(request: HttpRequest, site: Site, media_id: int) -> HttpResponseBase:
    """The bytes of one media, whole or a range, to be revalidated; a redirect where they lie in a remote storage."""
    media = ready(site, media_id)
    if not is_local():
        return _elsewhere(media.url)
    return _bytes(
        request,
        media.file,
        media_type=media.media_type,
        filename=media.filename,
        tag=media.content_hash,
        modified=media.created_at,
        cache=_REVALIDATED,
    )


def stored(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the local storage by its stored name, to be kept for good: a name never gets other bytes.

    Except for generated files, whose names are given again when they are gone: those are to be revalidated. 404 for
    what is not there, and for every path that an upload could not have been given.
    """
    last = path.rpartition("/")[2]
    media_type = kinds.TYPES.get(last.rpartition(".")[2].lower(), "application/octet-stream")
    if not is_local() or not _PATH.fullmatch(path) or last.startswith("."):
        raise errors.NotFound
    filename, drawn = naming.shown(last)
    tag = etag.of_bytes((path if drawn else f"{path} {_moment(path)}").encode())
    cache = _IMMUTABLE if drawn else _REVALIDATED
    return _bytes(request, path, media_type=media_type, filename=filename, tag=tag, modified=None, cache=cache)


def _moment(path: str) -> datetime.datetime:
    try:
        return default_storage.get_modified_time(path)
    except (FileNotFoundError, SuspiciousOperation, ValueError):
        raise errors.NotFound from None


def rendition(request: HttpRequest, made: Rendition) -> HttpResponseBase:
    """The bytes of a rendition, to be revalidated; `Content-Location` is where they are for ever."""
    if not is_local():
        return _elsewhere(made.url)
    filename, _ = naming.shown(made.file.rpartition("/")[2])
    tag = etag.of_bytes(made.file.encode())
    response = _bytes(
        request, made.file, media_type=made.media_type, filename=filename, tag=tag, modified=None, cache=_REVALIDATED
    )
    response["Content-Location"] = made.url
    return response


def _elsewhere(url: str) -> HttpResponseBase:
    response = HttpResponseRedirect(url)
    response["Cache-Control"] = _REVALIDATED
    return response


def is_local() -> bool:
    """Whether files lie with this server, so that `/files/` is where they are fetched."""
    return isinstance(default_storage, FileSystemStorage | InMemoryStorage)


def ready(site: Site, media_id: int) -> Media:
    """What the public may see; 404 otherwise."""
    media = Media.objects.filter(site=site, pk=media_id, status=Media.READY).first()
    if media is None:
        raise errors.NotFound
    media.site = site
    return media


def _bytes(
    request: HttpRequest,
    path: str,
    *,
    media_type: str,
    filename: str,
    tag: str,
    modified: datetime.datetime | None,
    cache: str,
) -> HttpResponseBase:
    headers: dict[str, Any] = _HARMLESS | {
        "ETag": f'"{tag}"',
        "Cache-Control": cache,
        "Accept-Ranges": "bytes",
        "Content-Disposition": content_disposition_header(not media_type.startswith(_SHOWN), filename),
    }
    seconds = int(modified.timestamp()) if modified else None
    if seconds is not None:
        headers["Last-Modified"] = http_date(seconds)
    unchanged = get_conditional_response(request, headers["ETag"], seconds, HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code != 200:
        if unchanged.status_code == 412:
            raise errors.VersionMismatch
        return unchanged
    try:
        size = default_storage.size(path)
        file = default_storage.open(path, "rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, SuspiciousOperation, ValueError):
        log.warning("file_missing", path=path)
        raise errors.NotFound from None
    headers["Content-Type"] = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    try:
        part = ranges.wanted(request, size, tag, seconds)
    except RangeNotSatisfiable:
        file.close()
        raise
    first, last = part or (0, size - 1)
    headers["Content-Length"] = str(last - first + 1)
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    if request.method == "HEAD":
        file.close()
        return HttpResponse(headers=headers)
    _release_connection()
    return StreamingHttpResponse(
        ranges.Part(file, first, last - first + 1), status=206 if part else 200, headers=headers
    )


def _release_connection() -> None:
    """A client that reads slowly must not hold one of the few connections to the database meanwhile."""
    if not connection.in_atomic_block:
        connection.close()
