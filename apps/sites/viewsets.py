"""Views of tenants' data: the site in the path names the tenant, otherwise the caller's token does."""

from dataclasses import replace
from email.utils import format_datetime
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

    @classmethod
    def delivered(cls, operation: Operation, path: dict[str, Any], query: dict[str, Any]) -> Answer | None:
        """What the lane in front of Django asks: the finished answer, under the site's and the tenant's tags too."""
        values = dict(path)
        site = selectors.site_by_identifier(values.pop("site"))
        connection.set_tenant(site.tenant)
        return _of_site(site, operation, values, query)

    def deliver(self, request: Request) -> HttpResponse:
        """The same answer by way of Django."""
        values = {name: value for name, value in self.kwargs.items() if name != "site"}
        answer = _of_site(self.site, self.operation, values, request.q)
        if answer is None:
            raise errors.NotFound
        response = HttpResponse(answer.body, content_type=answer.content_type, headers=answer.headers)
        response["Cache-Control"] = answer.cache_control
        response["ETag"] = f'"{answer.validator}"'
        if answer.modified:
            response["Last-Modified"] = format_datetime(answer.modified, usegmt=True)
        return response

    def json(self, body: bytes, tag: str = "") -> HttpResponse:
        """Finished bytes with the site's cache policy."""
        response = HttpResponse(body, content_type="application/json")
        seconds = self.site.cache_seconds
        response["Cache-Control"] = f"public, max-age={seconds}" if seconds else "public, no-cache"
        if tag:
            response["ETag"] = f'"{tag}"'
        return response


def _of_site(site: Site, operation: Operation, path: dict[str, Any], query: dict[str, Any]) -> Answer | None:
    answer: Answer | None = operation.delivered(site, query, **path) if operation.delivered else None
    if answer is None:
        return None
    tags = (*answer.tags, f"site:{site.pk}", f"tenant:{site.tenant_id}")
    return replace(answer, tags=tags, max_age=site.cache_seconds)
