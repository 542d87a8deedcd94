from rest_framework.request import Request

from apps.core.operation import operation
from apps.core.query import Page, page_of, sorted_by
from apps.sites import errors, selectors, services
from apps.sites.models import Site
from apps.sites.serializers import SiteIn, SiteOut, SiteQuery
from apps.sites.viewsets import TenantViewSet


class SitesViewSet(TenantViewSet):
    """The tenant's sites."""

    category = "users"

    @operation("sites_list", allow="sites.read", rate="read", gives=SiteOut, query=SiteQuery)
    def list(self, request: Request) -> Page:
        """Lists the sites that the caller may read."""
        return page_of(sorted_by(selectors.sites_of(request.actor), request.q["sort"]), request.q)

    @operation(
        "sites_create",
        allow="sites.write",
        rate="write",
        takes=SiteIn,
        gives=SiteOut,
        status=201,
        effects="rows",
        refuses=[errors.IdentifierTaken, errors.IdentifierReserved, errors.IdentifierMalformed],
    )
    def create(self, request: Request) -> Site:
        """Creates a site. Its identifier is unique in the installation and cannot be changed later."""
        return services.sites.create(actor=request.actor, **request.valid)

    @operation("sites_get", allow="sites.read", rate="read", gives=SiteOut)
    def retrieve(self, request: Request, site: str) -> Site:
        """One site of the caller's tenant."""
        return selectors.site_for(actor=request.actor, identifier=site)
