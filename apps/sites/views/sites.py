from typing import Any

from rest_framework.request import Request

from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotFound, VersionMismatch
from apps.core.operation import operation
from apps.core.query import Page, page_of, sorted_by
from apps.sites import errors, selectors, services
from apps.sites import settings as documents
from apps.sites.models import Site
from apps.sites.serializers import ConfirmIn, ConfirmQuery, SiteIn, SiteOut, SitePatch, SiteQuery, SiteSettingsDocument
from apps.sites.viewsets import TenantViewSet


class SitesViewSet(TenantViewSet):
    """The tenant's sites."""

    category = "users"

    @operation("sites_list", allow="sites.read", rate="read", gives=SiteOut, query=SiteQuery, refuses=[NotFound])
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
        refuses=[
            errors.IdentifierTaken,
            errors.IdentifierReserved,
            errors.IdentifierMalformed,
            errors.SiteLimitReached,
            NotFound,
        ],
    )
    def create(self, request: Request) -> Site:
        """Creates a site. Its identifier is unique in the installation and cannot be changed later."""
        return services.sites.create(actor=request.actor, **request.valid)


class SiteViewSet(TenantViewSet):
    """One site of the tenant; a role that holds on this site alone is enough."""

    category = "users"
    site: Site

    def enter(self, request: Request, **kwargs: Any) -> None:
        super().enter(request, **kwargs)
        self.site = selectors.site_for(actor=request.actor, identifier=kwargs["site"])

    def authorise(self, actor: Actor, code: str) -> None:
        if not actor.may(code, self.site.pk):
            raise Forbidden

    @operation("sites_get", allow="sites.read", rate="read", gives=SiteOut)
    def retrieve(self, request: Request, site: str) -> Site:
        """One site of the caller's tenant."""
        return self.site

    @operation(
        "sites_update",
        allow="sites.write",
        rate="write",
        takes=SitePatch,
        gives=SiteOut,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def update(self, request: Request, site: str) -> Site:
        """Changes the given members of a site. Its identifier cannot be changed."""
        if_match = request.headers.get("If-Match", "")
        return services.sites.update(
            actor=request.actor, identifier=site, changes=dict(request.valid), if_match=if_match
        )

    @operation(
        "sites_delete",
        allow="sites.write",
        rate="write",
        takes=ConfirmIn,
        query=ConfirmQuery,
        effects="rows",
        refuses=[errors.ConfirmationMissing, VersionMismatch],
    )
    def delete(self, request: Request, site: str) -> None:
        """Deletes a site: 404 at once, here and in public. For 30 days an administrator can restore it in the admin."""
        services.sites.delete(
            actor=request.actor,
            identifier=site,
            confirm=request.q.get("confirm") or request.valid.get("confirm", ""),
            if_match=request.headers.get("If-Match", ""),
        )

    @operation("sites_settings_get", allow="sites.read", rate="read", gives=SiteSettingsDocument)
    def get_settings(self, request: Request, site: str) -> documents.Settings:
        """The site's settings, all of them: what was never set has its default."""
        return documents.of(self.site)

    @operation(
        "sites_settings_put",
        allow="sites.write",
        rate="write",
        takes=SiteSettingsDocument,
        gives=SiteSettingsDocument,
        effects="rows",
        refuses=[errors.DomainTaken, VersionMismatch],
    )
    def put_settings(self, request: Request, site: str) -> documents.Settings:
        """Replaces the site's settings. What is left out takes its default, but for `default_locale`, which stays."""
        return services.settings.put(
            actor=request.actor,
            identifier=site,
            document=request.valid,
            if_match=request.headers.get("If-Match", ""),
        )
