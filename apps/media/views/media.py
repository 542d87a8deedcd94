from typing import Any

from rest_framework.request import Request

from apps.core.bulk import Report
from apps.core.egress import EgressFailed, EgressRefused, EgressTooLarge
from apps.core.errors import TooLarge, VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of, sorted_by
from apps.core.serializers import BulkOut
from apps.media import errors, selectors, services, sizes
from apps.media.models import Media
from apps.media.parsers import UploadParser
from apps.media.serializers import (
    FileIn,
    ImportIn,
    MediaBulkIn,
    MediaDeleteQuery,
    MediaOut,
    MediaPatch,
    MediaQuery,
    MediaVersionOut,
    RenditionsOut,
    SizeQuery,
    UploadedOut,
    UploadIn,
    UseOut,
)
from apps.media.services.files import Received
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet

SETS = {"widths": sizes.WIDTHS, "qualities": sizes.QUALITIES, "formats": sizes.FORMATS}
BAD_FILES = [
    errors.EmptyFile,
    errors.TypeRefused,
    errors.UnsafeFile,
    errors.DamagedFile,
    errors.TooManyPixels,
    StorageLimitReached,
    TooLarge,
]


def receive(request: Request, site: Site) -> Received:
    """First step of an upload: inspects and stores the file; the action settles it."""
    return services.files.receive(actor=request.actor, site=site, upload=request.valid["file"])


def fetch(request: Request, site: Site) -> Received:
    """First step of an import."""
    return services.importing.receive(actor=request.actor, site=site, url=request.valid["url"])


def receive_for(request: Request, site: Site, media_id: int) -> Received:
    """The same for a file that takes another one's place: 404 and 403 come before a byte is stored."""
    services.media.require_may_change(actor=request.actor, site=site, media_id=media_id)
    return receive(request, site)


def create(request: Request, site: Site) -> Media:
    """Second step: the row of what was received, with what is said of it."""
    about = {name: value for name, value in request.valid.items() if name not in ("file", "url")}
    media = services.media.create(actor=request.actor, site=site, received=request.prepared, **about)
    media.duplicate_of = selectors.twin_of(media)
    return media


class MediaViewSet(SiteViewSet):
    """Media: files with what people say about them."""

    category = "media"

    @operation("media_list", allow="media.read", rate="read", gives=MediaOut, query=MediaQuery)
    def list(self, request: Request, site: Site) -> Page:
        """The site's media, by id unless `sort` says otherwise."""
        rows = selectors.filtered(selectors.media_of(actor=request.actor, site=site), request.q)
        return page_of(sorted_by(rows, request.q["sort"]), request.q)

    @operation(
        "media_upload",
        allow="media.write",
        rate="upload",
        timeout="write",
        takes=UploadIn,
        gives=UploadedOut,
        status=201,
        effects="outside",
        parsers=[UploadParser],
        prepare=receive,
        refuses=BAD_FILES,
    )
    def upload(self, request: Request, site: Site) -> Media:
        """Stores a file. Its type is what its bytes say; metadata of cameras and whatever follows a picture's end
        are cut out; what could run in a browser is refused. `duplicate_of` names a file with the same bytes."""
        return create(request, site)

    @operation(
        "media_import",
        allow="media.write",
        rate="upload",
        timeout="write",
        takes=ImportIn,
        gives=UploadedOut,
        status=201,
        effects="outside",
        prepare=fetch,
        refuses=[*BAD_FILES, errors.SourceRefused, EgressRefused, EgressFailed, EgressTooLarge],
    )
    def import_(self, request: Request, site: Site) -> Media:
        """Fetches a file from a public address, at most 10 MB in 10 seconds, and stores it like an upload."""
        return create(request, site)

    @operation("media_get", allow="media.read", rate="read", gives=MediaOut)
    def retrieve(self, request: Request, site: Site, media_id: int) -> Media:
        """One file's description and address."""
        return selectors.media_for(actor=request.actor, site=site, media_id=media_id)

    @operation(
        "media_update",
        allow="media.write",
        rate="write",
        takes=MediaPatch,
        gives=MediaOut,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def update(self, request: Request, site: Site, media_id: int) -> Media:
        """Changes the given members; the file and its address stay. Somebody else's also needs `media.others`."""
        match = request.headers.get("If-Match", "")
        return services.media.update(actor=request.actor, site=site, media_id=media_id, if_match=match, **request.valid)

    @operation(
        "media_delete",
        allow="media.delete",
        rate="write",
        query=MediaDeleteQuery,
        effects="rows",
        refuses=[errors.MediaInUse, VersionMismatch],
    )
    def destroy(self, request: Request, site: Site, media_id: int) -> None:
        """Deletes a file for good; 409 with the documents that show it, unless `force=true`: they show nothing then."""
        match = request.headers.get("If-Match", "")
        services.media.delete(
            actor=request.actor, site=site, media_id=media_id, force=request.q["force"], if_match=match
        )

    @operation(
        "media_replace",
        allow="media.write",
        rate="upload",
        timeout="write",
        takes=FileIn,
        gives=MediaOut,
        effects="outside",
        parsers=[UploadParser],
        prepare=receive_for,
        refuses=[*BAD_FILES, VersionMismatch],
    )
    def replace(self, request: Request, site: Site, media_id: int) -> Media:
        """Puts another file in the place of this one. The id stays; the address is a new one, since what is at an
        address never changes, and documents that show the file follow. The former file is kept as a version."""
        match = request.headers.get("If-Match", "")
        return services.media.replace(
            actor=request.actor, site=site, media_id=media_id, received=request.prepared, if_match=match
        )

    @operation("media_versions", allow="media.read", rate="read", gives=MediaVersionOut, query=PageQuery)
    def versions(self, request: Request, site: Site, media_id: int) -> Page:
        """The files that it had before, the last one first; each is still where it was."""
        media = selectors.media_for(actor=request.actor, site=site, media_id=media_id)
        return page_of(media.versions.order_by("-number"), request.q)

    @operation("media_renditions", allow="media.read", rate="read", gives=RenditionsOut, query=SizeQuery)
    def renditions(self, request: Request, site: Site, media_id: int) -> dict[str, Any]:
        """What has been made of a picture, what there is to ask for, and the signed address of any size at all, by
        the parameters of the public `/view`."""
        media = selectors.media_for(actor=request.actor, site=site, media_id=media_id)
        made = media.renditions.order_by("-created_at", "-pk")[:500]
        signed = sizes.address(media, request.q, signed=True) if sizes.asked(media, request.q) else None
        return {"items": made, "srcset": media.srcset, "signed_url": signed} | SETS

    @operation("media_usage", allow="media.read", rate="read", gives=UseOut, query=PageQuery)
    def usage(self, request: Request, site: Site, media_id: int) -> Page:
        """The documents that show the file, with the field of each."""
        media = selectors.media_for(actor=request.actor, site=site, media_id=media_id)
        return page_of(media.uses.order_by("doc_type", "doc_id", "field"), request.q)

    @operation(
        "media_bulk",
        allow="media.write",
        rate="write",
        takes=MediaBulkIn,
        gives=BulkOut,
        effects="rows",
        refuses=[errors.BulkRefused],
    )
    def bulk(self, request: Request, site: Site) -> Report:
        """Moves, tags, changes or deletes up to 500 files, each with an answer of its own; `atomic`: all or none."""
        return services.bulk.run(actor=request.actor, site=site, **request.valid)
