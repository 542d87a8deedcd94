import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import dumps
from apps.core.models import Job
from apps.core.operation import PUBLIC, operation
from apps.search.errors import SemanticUnavailable
from apps.search.serializers import (
    PublicSearchOut,
    PublicSearchQuery,
    ReindexOut,
    SuggestionsOut,
    SuggestQuery,
    TenantSearchOut,
    TenantSearchQuery,
)
from apps.search.services import reindexing, searching
from apps.sites.models import Site
from apps.sites.viewsets import PublicSiteViewSet, SiteViewSet, TenantViewSet


def begun(job: Job) -> HttpResponse:
    """202, and where its progress is found."""
    response = HttpResponse(dumps(ReindexOut(job).data), status=202, content_type="application/json")
    response["Location"] = f"/search/reindex/{job.pk}"
    return response


class PublicSearchViewSet(PublicSiteViewSet):
    """What anybody finds in a site."""

    category = "search"

    @operation(
        "search_public",
        allow=PUBLIC,
        rate="public",
        gives=PublicSearchOut,
        query=PublicSearchQuery,
        refuses=[SemanticUnavailable],
    )
    def search(self, request: Request, site: Site) -> HttpResponse:
        """Published content that has the words, best first. Nothing that is not public is found, counted or shown."""
        return self.json(dumps(searching.public(site, request.q)))

    @operation("search_suggest", allow=PUBLIC, rate="public", gives=SuggestionsOut, query=SuggestQuery)
    def suggest(self, request: Request, site: Site) -> HttpResponse:
        """Titles and keywords of published content in which a word begins with what was typed, or nearly does."""
        return self.json(dumps(searching.suggest(site, request.q)))


class TenantSearchViewSet(TenantViewSet):
    """What somebody finds in the sites that it may read."""

    category = "search"

    def authorise(self, actor: Actor, code: str) -> None:
        """A role on a single site is enough: it is searched there."""
        if not actor.may(code) and not any(code in codes for codes in actor.site_codes.values()):
            raise errors.Forbidden

    @operation(
        "search_tenant",
        allow="content.read",
        rate="read",
        gives=TenantSearchOut,
        query=TenantSearchQuery,
        refuses=[SemanticUnavailable, errors.NotFound],
    )
    def search(self, request: Request) -> dict[str, Any]:
        """Documents and media of all sites that the caller may read, drafts too, with counts by what they are."""
        return searching.tenant(request.actor, request.q)


class SearchIndexViewSet(TenantViewSet):
    """How the index stands, and making it anew."""

    category = "search"

    @operation(
        "search_reindex_all",
        allow="search.manage",
        rate="write",
        gives=ReindexOut,
        status=202,
        effects="rows",
        refuses=[errors.NotFound],
    )
    def reindex(self, request: Request) -> HttpResponse:
        """Makes the index of all sites anew beside the present one, which is searched until the new one is whole.
        While such a job is open it is the answer."""
        return begun(reindexing.start(actor=request.actor, tenant_id=request.actor.tenant_id))

    @operation("search_reindex_status", allow="search.manage", rate="read", gives=ReindexOut)
    def status(self, request: Request, job_id: uuid.UUID) -> Job:
        """How far the job is, whoever of the tenant started it."""
        job = reindexing.job_of(request.actor.tenant_id, job_id)
        if job is None:
            raise errors.NotFound
        return job


class SiteIndexViewSet(SiteViewSet):
    """The index of one site."""

    category = "search"

    @operation("search_reindex_site", allow="search.manage", rate="write", gives=ReindexOut, status=202, effects="rows")
    def reindex(self, request: Request, site: Site) -> HttpResponse:
        """Makes the site's index anew beside the present one. While such a job is open it is the answer."""
        return begun(reindexing.start(actor=request.actor, tenant_id=site.tenant_id, site=site))
