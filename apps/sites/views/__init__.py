from apps.sites.views.domains import DomainsViewSet
from apps.sites.views.prompts import PromptsViewSet
from apps.sites.views.public import ListedSitesViewSet, PublicSitesViewSet
from apps.sites.views.sites import SitesViewSet, SiteViewSet
from apps.sites.views.tenants import OwnTenantViewSet, TenantsViewSet

__all__ = [
    "SitesViewSet",
    "SiteViewSet",
    "DomainsViewSet",
    "OwnTenantViewSet",
    "TenantsViewSet",
    "PromptsViewSet",
    "ListedSitesViewSet",
    "PublicSitesViewSet",
]
