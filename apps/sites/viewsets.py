"""Views of tenants' data: the site in the path names the tenant, otherwise the caller's token does."""

from dataclasses import replace
from typing import Any

import structlog
from django.db import connection
from django.http import HttpResponse
from rest_framework.request import Request

from apps.core import errors
from apps.core.actor import Actor
from apps.core.delivery import Answer
from apps.core.operation import Operation
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
        site = selectors.site_kept(kwargs["site"])
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
        self.site = self.resolved["site"] = selectors.site_kept(kwargs["site"])
        structlog.contextvars.bind_contextvars(site=self.site.identifier)
        connection.set_tenant(self.site.tenant)

    @classmethod
    def delivered(cls, operation: Operation, path: dict[str, Any], query: dict[str, Any]) -> Answer:
        """What the lane in front of Django asks: the finished answer, on the site's tenant."""
        values = dict(path)
        site = selectors.site_kept(values.pop("site"))
        connection.set_tenant(site.tenant)
        return _answer(site, operation, values, query)

    def deliver(self, request: Request) -> HttpResponse:
        """The same answer by way of Django."""
        values = {name: value for name, value in self.kwargs.items() if name != "site"}
        answer = _answer(self.site, self.operation, values, request.q)
        response = HttpResponse(answer.body, content_type=answer.content_type)
        response["Cache-Control"] = answer.cache_control
        if answer.etag:
            response["ETag"] = f'"{answer.etag}"'
        if answer.last_modified:
            response["Last-Modified"] = answer.last_modified
        return response

    def json(self, body: bytes) -> HttpResponse:
        """Finished bytes with the site's cache policy."""
        return self.cached(HttpResponse(body, content_type="application/json"))

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


def _answer(site: Site, operation: Operation, path: dict[str, Any], query: dict[str, Any]) -> Answer:
    """What the operation declares as `delivered`, under the site's cache policy, and touched with site and tenant."""
    assert operation.delivered  # noqa: S101 - declared, or nobody would ask
    answer: Answer = operation.delivered(site, query, **path)
    tags = (*answer.tags, f"site:{site.pk}", f"tenant:{site.tenant_id}")
    return replace(answer, tags=tags, max_age=site.cache_seconds)
