from django.http import HttpResponse
from rest_framework.request import Request

from apps.core.encoding import dumps
from apps.core.operation import PUBLIC, operation
from apps.core.query import SliceQuery
from apps.core.viewsets import OperationViewSet
from apps.sites import delivery
from apps.sites.models import Site
from apps.sites.serializers import ListedSiteOut, PublicSiteOut
from apps.sites.viewsets import PublicSiteViewSet


class ListedSitesViewSet(OperationViewSet):
    """Sites of all tenants that are listed by their owners."""

    category = "public"

    @operation("public_sites", allow=PUBLIC, rate="public", gives=ListedSiteOut, many=True, query=SliceQuery)
    def list(self, request: Request) -> HttpResponse:
        """Sites whose owners list them, as a bare array in the order of their identifiers."""
        found = dumps(delivery.listed(limit=request.q["limit"], skip=request.q["skip"]))
        return HttpResponse(found, content_type="application/json", headers={"Cache-Control": "public, no-cache"})


class PublicSitesViewSet(PublicSiteViewSet):
    """What anybody may know of a site."""

    @operation("public_site", allow=PUBLIC, rate="public", gives=PublicSiteOut)
    def retrieve(self, request: Request, site: Site) -> HttpResponse:
        """The site's title, locales and public addresses, whether it is listed or not."""
        return self.json(dumps(delivery.described(site)))
