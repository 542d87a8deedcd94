"""Views of tenants' data: the site in the path names the tenant, otherwise the caller's token does."""

import datetime
import time
from typing import Any

import structlog
from django.db import connection
from django.http import HttpResponse
from django.utils.http import http_date
from rest_framework.request import Request

from apps.core import errors
from apps.core.actor import Actor
from apps.core.viewsets import OperationViewSet
from apps.sites import selectors
from apps.sites.models import Site


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

    def json(self, body: bytes, tag: str = "", modified: datetime.datetime | None = None) -> HttpResponse:
        """Finished bytes with the site's cache policy, their validator and when they last became others.

        A change of this very second is not dated: another one could follow in it, which the date would not tell.
        """
        return self.finished(body, "application/json", tag, modified)

    def finished(
        self, body: bytes, kind: str, tag: str = "", modified: datetime.datetime | None = None
    ) -> HttpResponse:
        response = self.cached(HttpResponse(body, content_type=kind))
        if tag:
            response["ETag"] = f'"{tag}"'
        if modified and int(modified.timestamp()) < int(time.time()):
            response["Last-Modified"] = http_date(int(modified.timestamp()))
        return response

    def moved(self, address: str) -> HttpResponse:
        """301 to where what was asked for is now."""
        return self.cached(HttpResponse(status=301, headers={"Location": address}))

    def cached(self, response: HttpResponse) -> HttpResponse:
        seconds = self.site.cache_seconds
        response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "public, no-cache"
        return response

    def beside(self, request: Request, last: str) -> str:
        """The request's own address with another last part; its query stays."""
        before, _, _ = request.path.rstrip("/").rpartition("/")
        query = request.META.get("QUERY_STRING", "")
        return f"{before}/{last}" + (f"?{query}" if query else "")
