"""Views of tenants' data: the site in the path names the tenant, otherwise the caller's token does."""

from typing import Any, TypeVar

import structlog
from django.db import connection
from django.http import HttpResponse, HttpResponsePermanentRedirect
from rest_framework.request import Request

from apps.core import errors
from apps.core.actor import Actor
from apps.core.viewsets import OperationViewSet
from apps.sites import selectors
from apps.sites.models import Site

Response = TypeVar("Response", bound=HttpResponse)


class TenantViewSet(OperationViewSet):
    """In the tenant of the caller's token."""

    def enter(self, request: Request, **kwargs: Any) -> None:
        connection.set_tenant(selectors.tenant_by_id(request.actor.tenant_id))


class SiteViewSet(OperationViewSet):
    """Under `/{site}/`: the action gets the `Site`; one that is not the caller's is 404, whatever it may elsewhere."""

    site: Site

    def enter(self, request: Request, **kwargs: Any) -> None:
        site = selectors.site_by_identifier(kwargs["site"])
        if not request.actor.sees_site(site.tenant_id, site.pk):
            raise errors.NotFound
        self.site = site
        self.resolved["site"] = site
        connection.set_tenant(site.tenant)

    def authorise(self, actor: Actor, code: str) -> None:
        if not actor.may(code, self.site.pk):
            raise errors.Forbidden


class PublicSiteViewSet(OperationViewSet):
    """Under `/public/{site}/`: anonymous reads of one site."""

    category = "public"
    site: Site

    def enter(self, request: Request, **kwargs: Any) -> None:
        self.site = self.resolved["site"] = selectors.site_by_identifier(kwargs["site"])
        structlog.contextvars.bind_contextvars(site=self.site.identifier)
        connection.set_tenant(self.site.tenant)

    def json(self, body: bytes, tag: str = "") -> HttpResponse:
        """Finished bytes with the site's cache policy."""
        response = self.cached(HttpResponse(body, content_type="application/json"))
        if tag:
            response["ETag"] = f'"{tag}"'
        return response

    def moved(self, request: Request, last: str) -> HttpResponse:
        """301 to the request's own address with another last part; its query stays."""
        before, _, _ = request.path.rstrip("/").rpartition("/")
        query = request.META.get("QUERY_STRING", "")
        return self.cached(HttpResponsePermanentRedirect(f"{before}/{last}" + (f"?{query}" if query else "")))

    def cached(self, response: Response) -> Response:
        seconds = self.site.cache_seconds
        response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "public, no-cache"
        return response
