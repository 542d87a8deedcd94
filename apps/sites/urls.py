from django.urls import path

from apps.sites.views import (
    DomainsViewSet,
    ListedSitesViewSet,
    OwnTenantViewSet,
    PromptsViewSet,
    PublicSitesViewSet,
    SitesViewSet,
    SiteViewSet,
    TenantsViewSet,
)

urlpatterns = [
    path("sites", SitesViewSet.as_view({"get": "list", "post": "create"})),
    path("sites/<site:site>", SiteViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "delete"})),
    path("sites/<site:site>/settings", SiteViewSet.as_view({"get": "get_settings", "put": "put_settings"})),
    path("sites/<site:site>/domains", DomainsViewSet.as_view({"get": "list"})),
    path("sites/<site:site>/domains/<id:domain_id>/verify", DomainsViewSet.as_view({"post": "verify"})),
    path("tenants", TenantsViewSet.as_view({"get": "list", "post": "create"})),
    path("tenants/current", OwnTenantViewSet.as_view({"get": "current"})),
    path("tenants/<id:tenant_id>", TenantsViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "delete"})),
    path("tenants/<id:tenant_id>/restore", TenantsViewSet.as_view({"post": "restore"})),
    path("tenants/<id:tenant_id>/archive", TenantsViewSet.as_view({"post": "archive"})),
    path("prompts/system", PromptsViewSet.as_view({"get": "system", "put": "put_system"})),
    path("prompts/transfer", PromptsViewSet.as_view({"get": "transfer", "put": "put_transfer"})),
    path("public/sites", ListedSitesViewSet.as_view({"get": "list"})),
    path("public/<site:site>", PublicSitesViewSet.as_view({"get": "retrieve"})),
]
