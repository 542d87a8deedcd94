"""The search in the admin: how each site's index stands, and a console to try it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from unfold.decorators import display

from apps.core.backoffice import ReadOnlyAdmin, actor_of, site
from apps.core.models import Job
from apps.core.refusal import Refusal
from apps.search import selectors
from apps.search.models import SiteIndex
from apps.search.relevance import measuring
from apps.search.serializers import LONGEST, MODES
from apps.search.services import reindexing, searching
from apps.search.services.stats import stats
from apps.sites.admin import SiteSideAdmin
from apps.sites.models import Site

SHOWN = 8


@register(SiteIndex, site=site)
class SiteIndexAdmin(ReadOnlyAdmin, SiteSideAdmin):
    code_view = "search.manage"
    list_display = ("site", "shown_documents", "generation", "shown_state", "languages", "built_at")
    list_select_related = ("site",)
    ordering = ("site_id",)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("console/", wrap(self.console), name="search_console"),
            path("console/reindex/", wrap(self.reindex), name="search_reindex"),
            path("console/jobs/<uuid:job_id>/", wrap(self.progress), name="search_progress"),
        ]
        return [*own, *super().get_urls()]

    @display(description="documents")
    def shown_documents(self, obj: SiteIndex) -> str:
        counts = selectors.counts([obj.site_id])
        return f"{counts['live']} public, {counts['working']} in work"

    @display(description="state", label={"whole": "success", "being made anew": "warning"})
    def shown_state(self, obj: SiteIndex) -> str:
        return "being made anew" if obj.building else "whole"

    # The console

    def console(self, request: HttpRequest) -> HttpResponse:
        """A question answered in the three modes side by side, how the index stands, and the judged questions."""
        places = self._places(request)
        chosen = self._chosen(places, request.GET.get("site"))
        asked = request.GET.get("q", "").replace("\0", "")[:LONGEST]
        page: dict[str, Any] = {
            "title": "Search console",
            "places": places,
            "place": chosen,
            "q": asked,
            "columns": [self._column(chosen, mode, asked) for mode in MODES] if chosen and asked else [],
            "stats": stats([chosen]) if chosen else None,
            "judged": measuring.last(),
            "job": self._job(request, request.GET.get("job", "")),
        }
        return TemplateResponse(request, "admin/search_console.html", {**self.admin_site.each_context(request), **page})

    def reindex(self, request: HttpRequest) -> HttpResponse:
        """Starts the job over the chosen site and shows its progress in the console."""
        chosen = self._chosen(self._places(request), request.POST.get("site"))
        if request.method != "POST" or chosen is None:
            raise PermissionDenied
        try:
            job = reindexing.start(actor=actor_of(request), tenant_id=chosen.tenant_id, site=chosen)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:search_console"))
        return HttpResponseRedirect(f"{reverse('admin:search_console')}?site={chosen.pk}&job={job.pk}")

    def progress(self, request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
        """How far a job is, for the page that shows it."""
        self._places(request)
        job = reindexing.job_of(actor_of(request).tenant_id, job_id)
        if job is None:
            raise Http404
        return JsonResponse({"state": job.state, "done": job.done, "total": job.total})

    def _places(self, request: HttpRequest) -> list[Site]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return selectors.searchable_sites(actor_of(request), "search.manage")

    def _chosen(self, places: list[Site], wanted: str | None) -> Site | None:
        return next((place for place in places if str(place.pk) == wanted), (places or [None])[0])  # type: ignore[list-item]

    def _job(self, request: HttpRequest, wanted: str) -> Job | None:
        try:
            return reindexing.job_of(actor_of(request).tenant_id, uuid.UUID(wanted))
        except ValueError:
            return None

    def _column(self, place: Site, mode: str, asked: str) -> dict[str, Any]:
        query = {"q": asked, "mode": mode, "page": 1, "size": SHOWN, "locale": "", "highlight": True}
        try:
            found = searching.tried(place, query | {"doc_type": "", "content_type": "", "category": ""})
        except Refusal as refusal:
            return {"mode": mode, "refused": refusal.message}
        for hit in found["results"]:
            pieces = hit["highlight"]
            # All but the marks was escaped when they were made.
            hit["shown_title"] = mark_safe(pieces["title"][0]) if pieces.get("title") else hit["title"]  # noqa: S308
            hit["pieces"] = [mark_safe(piece) for piece in pieces.get("content", [])]  # noqa: S308
        return {"mode": mode, "found": found}
