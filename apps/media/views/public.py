from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from apps.core import clients, problems
from apps.core.errors import MethodNotAllowed, RateLimited, Unavailable, VersionMismatch
from apps.core.operation import PUBLIC, operation
from apps.core.refusal import Refusal
from apps.media import delivery, errors, services, sizes
from apps.media.serializers import PublicMediaOut, ViewQuery
from apps.sites.models import Site
from apps.sites.viewsets import PublicSiteViewSet


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
        query=ViewQuery,
        media_types=["*/*"],
        also={206: "The range of bytes that was asked for.", 302: "To where a remote storage has the file."},
        refuses=[errors.RangeNotSatisfiable, VersionMismatch, RateLimited, Unavailable],
    )
    def view(self, request: Request, site: Site, media_id: int) -> HttpResponseBase:
        """The file itself, whole or in a range of bytes; or, of a picture, a rendition by `w`, `h`, `fit`, `format`,
        `q` and `fp`, made when it is first asked for. To be revalidated, by its ETag."""
        media = delivery.ready(site, media_id)
        size = sizes.asked(media, request.q)
        made = size and services.renditions.of(site=site, media=media, size=size, address=clients.network(request))
        return delivery.rendition(request, made) if made else delivery.view(request, site, media_id)


@csrf_exempt
def files(request: HttpRequest, path: str) -> HttpResponseBase:
    """`/files/…`: the local storage's files under their stored names."""
    try:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        return delivery.stored(request, path)
    except Refusal as refusal:
        return problems.response(refusal)


@csrf_exempt
def parts(request: HttpRequest, token: str) -> HttpResponseBase:
    """`/files/parts/…`: a part of a large file on its way into the local storage, by PUT. The token is the permission:
    it names the part and its size and ends with the upload."""
    try:
        if request.method != "PUT":
            raise MethodNotAllowed(headers={"Allow": "PUT"})
        services.direct.take_part(token, length=request.META.get("CONTENT_LENGTH") or "", content=request)
        return HttpResponse(status=204)
    except Refusal as refusal:
        return problems.response(refusal)
