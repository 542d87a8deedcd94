from django.http import HttpResponse
from rest_framework.request import Request

from apps.content import delivery
from apps.content.serializers import LocaleQuery, PublicElementOut, PublicElementQuery, PublicPostOut, PublicPostQuery
from apps.core.errors import NotFound
from apps.core.operation import PUBLIC, operation
from apps.sites.models import Site
from apps.sites.viewsets import PublicSiteViewSet


class PublicContentViewSet(PublicSiteViewSet):
    """Published content, for anybody."""

    @operation(
        "public_elements",
        allow=PUBLIC,
        rate="public",
        gives=PublicElementOut,
        many=True,
        query=PublicElementQuery,
        delivered=delivery.elements,
    )
    def elements(self, request: Request, site: Site) -> HttpResponse:
        """Published elements as a bare array, newest change first. An unknown type is an empty array."""
        return self.deliver(request)

    @operation(
        "public_element",
        allow=PUBLIC,
        rate="public",
        gives=PublicElementOut,
        query=LocaleQuery,
        delivered=delivery.element,
    )
    def element(self, request: Request, site: Site, element_id: int) -> HttpResponse:
        """One published element."""
        return self.deliver(request)

    @operation(
        "public_posts",
        allow=PUBLIC,
        rate="public",
        gives=PublicPostOut,
        many=True,
        query=PublicPostQuery,
        delivered=delivery.posts,
    )
    def posts(self, request: Request, site: Site) -> HttpResponse:
        """Published posts as a bare array, newest change first."""
        return self.deliver(request)

    @operation(
        "public_post",
        allow=PUBLIC,
        rate="public",
        gives=PublicPostOut,
        query=LocaleQuery,
        delivered=delivery.post,
        also={301: "The post has another slug by now: `Location` is its address."},
    )
    def post(self, request: Request, site: Site, post_ref: str) -> HttpResponse:
        """One published post, by id or slug; a slug that it had before leads to the one that it has."""
        try:
            return self.deliver(request)
        except NotFound:
            return self.moved(self.beside(request, delivery.moved_post(site, post_ref)))
