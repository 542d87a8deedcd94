from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from apps.core import problems
from apps.core.errors import MethodNotAllowed, TooLarge, VersionMismatch
from apps.core.operation import PUBLIC, operation
from apps.core.query import Page, page_of, sorted_by
from apps.core.refusal import Refusal
from apps.media import delivery, errors, selectors, services
from apps.media.models import Media
from apps.media.parsers import UploadParser
from apps.media.serializers import MediaDeleteQuery, MediaOut, MediaPatch, MediaQuery, PublicMediaOut, UploadIn
from apps.media.services.files import Received
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import PublicSiteViewSet, SiteViewSet


def receive(request: Request, site: Site) -> Received:
    """First step of an upload: inspects and stores the file; the action settles it."""
    return services.files.receive(actor=request.actor, site=site, upload=request.valid["file"])


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
        gives=MediaOut,
        status=201,
        effects="outside",
        parsers=[UploadParser],
        prepare=receive,
        refuses=[
            errors.EmptyFile,
            errors.TypeRefused,
            errors.UnsafeFile,
            errors.DamagedFile,
            errors.TooManyPixels,
            StorageLimitReached,
            TooLarge,
        ],
    )
    def upload(self, request: Request, site: Site) -> Media:
        """Stores a file. Its type is what its bytes say; metadata of cameras and whatever follows a picture's end
        are cut out; what could run in a browser is refused."""
        about = {name: value for name, value in request.valid.items() if name != "file"}
        return services.media.create(actor=request.actor, site=site, received=request.prepared, **about)

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


class PublicMediaViewSet(PublicSiteViewSet):
    """Media, for anybody."""

    @operation("public_media", allow=PUBLIC, rate="public", gives=PublicMediaOut, delivered=delivery.document)
    def document(self, request: Request, site: Site, media_id: int) -> HttpResponse:
        """One file's description and address."""
        return self.deliver(request)

    @operation(
        "public_media_view",
        allow=PUBLIC,
        rate="public",
        media_types=["*/*"],
        also={206: "The range of bytes that was asked for.", 302: "To where a remote storage has the file."},
        refuses=[errors.RangeNotSatisfiable, VersionMismatch],
    )
    def view(self, request: Request, site: Site, media_id: int) -> HttpResponseBase:
        """The file itself, whole or in a range of bytes; to be revalidated, by its ETag."""
        return delivery.view(request, site, media_id)


@csrf_exempt
def files(request: HttpRequest, path: str) -> HttpResponseBase:
    """`/files/…`: the local storage's files under their stored names."""
    try:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        return delivery.stored(request, path)
    except Refusal as refusal:
        return problems.response(refusal)
