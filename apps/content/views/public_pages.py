from urllib.parse import quote

from django.http import HttpResponse
from rest_framework.request import Request

from apps.content import delivery
from apps.content.serializers import (
    LocaleQuery,
    NavigationOut,
    PathQuery,
    PublicPageOut,
    PublicPageQuery,
    PublicPageRowOut,
    SitemapQuery,
)
from apps.core.operation import PUBLIC, operation
from apps.sites.models import Site
from apps.sites.viewsets import PublicSiteViewSet

_MOVED = {301: "To where the page is now."}


class PublicPageViewSet(PublicSiteViewSet):
    """Published pages, the menu made of them, and what search engines and feed readers come for."""

    @operation(
        "public_pages",
        allow=PUBLIC,
        rate="public",
        gives=PublicPageRowOut,
        many=True,
        query=PublicPageQuery,
        delivered=delivery.pages.pages,
    )
    def list(self, request: Request, site: Site) -> HttpResponse:
        """Published pages without their elements as a bare array, newest change first."""
        return self.deliver(request)

    @operation(
        "public_page",
        allow=PUBLIC,
        rate="public",
        gives=PublicPageOut,
        query=LocaleQuery,
        also=_MOVED,
        delivered=delivery.pages.page,
    )
    def retrieve(self, request: Request, site: Site, page_ref: str) -> HttpResponse:
        """One published page with its elements, by id or slug; a slug that it had before leads to the one it has."""
        try:
            return self.deliver(request)
        except delivery.pages.Moved as moved:
            return self.moved(self.beside(request, moved.slug))

    @operation(
        "public_page_by_path",
        allow=PUBLIC,
        rate="public",
        gives=PublicPageOut,
        query=PathQuery,
        also=_MOVED,
        delivered=delivery.pages.by_path,
    )
    def by_path(self, request: Request, site: Site) -> HttpResponse:
        """One published page with its elements by its path in the site; old paths lead to the one it has."""
        try:
            return self.deliver(request)
        except delivery.pages.Moved as moved:
            return self.moved(f"{request.path}?path={quote(moved.path)}")

    @operation(
        "public_navigation",
        allow=PUBLIC,
        rate="public",
        gives=NavigationOut,
        many=True,
        delivered=delivery.pages.navigation,
    )
    def navigation(self, request: Request, site: Site) -> HttpResponse:
        """The tree of published pages in their order, as a bare array of those at the top. A page that is not
        published, or kept out of the navigation, is left out with all that is below it."""
        return self.deliver(request)

    @operation(
        "public_sitemap",
        allow=PUBLIC,
        rate="public",
        query=SitemapQuery,
        media_types=["application/xml"],
        delivered=delivery.sitemap.sitemap,
    )
    def sitemap(self, request: Request, site: Site) -> HttpResponse:
        """Published pages and posts for search engines (sitemaps.org); above 20,000 an index of such files. Addresses
        follow the site's first domain and its setting `urls`."""
        return self.deliver(request)

    @operation(
        "public_feed", allow=PUBLIC, rate="public", media_types=["application/rss+xml"], delivered=delivery.feeds.rss
    )
    def rss(self, request: Request, site: Site) -> HttpResponse:
        """The 50 newest posts as RSS 2.0, their Markdown as HTML without anything that could run."""
        return self.deliver(request)

    @operation(
        "public_feed_json",
        allow=PUBLIC,
        rate="public",
        media_types=["application/feed+json"],
        delivered=delivery.feeds.json_feed,
    )
    def json_feed(self, request: Request, site: Site) -> HttpResponse:
        """The 50 newest posts as JSON Feed 1.1, their Markdown as HTML without anything that could run."""
        return self.deliver(request)
