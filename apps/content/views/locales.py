from rest_framework.request import Request

from apps.content.serializers import LocalesIn, LocalesOut
from apps.core.errors import VersionMismatch
from apps.core.operation import operation
from apps.sites import locales, services
from apps.sites.models import Site
from apps.sites.settings import Settings
from apps.sites.viewsets import SiteViewSet


class LocaleViewSet(SiteViewSet):
    """The locales of a site: part of its settings, seen by those who write."""

    category = "content"

    @operation("locales_get", allow="content.read", rate="read", gives=LocalesOut)
    def retrieve(self, request: Request, site: Site) -> Settings:
        """The site's default locale, those it offers with a name for each, and what is taken in place of which."""
        return locales.of(site)

    @operation(
        "locales_put",
        allow="sites.write",
        rate="write",
        takes=LocalesIn,
        gives=LocalesOut,
        effects="rows",
        refuses=[VersionMismatch],
    )
    def update(self, request: Request, site: Site) -> Settings:
        """Replaces the locales in the site's settings. What is left out is none, but for `default`, which stays."""
        match = request.headers.get("If-Match", "")
        return services.settings.put_locales(
            actor=request.actor, identifier=site.identifier, if_match=match, **request.valid
        )
