from rest_framework.request import Request

from apps.core.errors import TooLarge
from apps.core.operation import operation
from apps.media import errors, selectors, services
from apps.media.models import DirectUpload, Media
from apps.media.serializers import DirectUploadIn, DirectUploadOut, UploadedOut
from apps.media.services.direct import Place
from apps.media.services.files import Received
from apps.media.views.media import BAD_FILES
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


def prepare(request: Request, site: Site) -> Place:
    return services.direct.prepare(site=site, size=request.valid["size"])


def gather(request: Request, site: Site, upload_id: int) -> Received:
    return services.direct.gather(actor=request.actor, site=site, upload_id=upload_id)


class DirectUploadViewSet(SiteViewSet):
    """Large files, put into the storage in parts by who has them."""

    category = "media"

    @operation(
        "media_uploads_create",
        allow="media.write",
        rate="upload",
        timeout="write",
        takes=DirectUploadIn,
        gives=DirectUploadOut,
        status=201,
        effects="outside",
        prepare=prepare,
        refuses=[TooLarge, StorageLimitReached, errors.TooManyUploads],
    )
    def create(self, request: Request, site: Site) -> DirectUpload:
        """Begins an upload of a large file: answers an address for each of its parts, good for a day. Put them there,
        in any order, then complete it."""
        row = services.direct.begin(actor=request.actor, site=site, place=request.prepared, **request.valid)
        row.addresses = services.direct.addresses(row)
        return row

    @operation(
        "media_uploads_complete",
        allow="media.write",
        rate="upload",
        timeout="export",
        gives=UploadedOut,
        status=201,
        effects="outside",
        prepare=gather,
        refuses=[*BAD_FILES, errors.PartsMissing],
    )
    def complete(self, request: Request, site: Site, upload_id: int) -> Media:
        """Puts the parts together, inspects the file as any upload, and makes media of it; 409 with the parts that
        are missing."""
        made = services.direct.complete(actor=request.actor, site=site, upload_id=upload_id, received=request.prepared)
        made.duplicate_of = selectors.twin_of(made)
        return made

    @operation("media_uploads_abort", allow="media.write", rate="write", effects="rows")
    def destroy(self, request: Request, site: Site, upload_id: int) -> None:
        """Gives an upload up and deletes what has come of it."""
        services.direct.abort(actor=request.actor, site=site, upload_id=upload_id)
