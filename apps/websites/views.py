from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.services import generations
from apps.ai.views import LATER, later, waited
from apps.billing.errors import OF_PRICED
from apps.core import clients, problems, ratelimit
from apps.core.errors import MethodNotAllowed
from apps.core.operation import operation
from apps.core.query import Page, page_of
from apps.core.refusal import Refusal
from apps.sites.errors import ElementLimitReached, StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet
from apps.websites import delivery, previews, selectors, services
from apps.websites.errors import WebsiteNotReady
from apps.websites.models import Website
from apps.websites.previews import Preview
from apps.websites.serializers import (
    BriefIn,
    PreviewQuery,
    WebsiteOut,
    WebsiteOutcomeOut,
    WebsitePreviewOut,
    WebsiteQuery,
    brief_of,
)
from apps.websites.services.life import Outcome


def begin(request: Request, site: Site) -> Generation:
    given, key = request.valid, request.headers.get("Idempotency-Key")
    how = {name: given.get(name) for name in ("model", "image_model", "quote")}
    brief = brief_of(site, given)
    return waited(request, services.generating.start(actor=request.actor, site=site, brief=brief, key=key, **how))


class WebsiteViewSet(SiteViewSet):
    """Websites made of a brief."""

    category = "media"

    @operation(
        "websites_generate",
        allow="ai.generate",
        rate="ai",
        takes=BriefIn,
        gives=WebsiteOut,
        status=201,
        effects="outside",
        prepare=begin,
        cost="once",
        also=LATER,
        refuses=[*OF_PRICED, *OF_MODELS, ElementLimitReached, StorageLimitReached],
    )
    def generate(self, request: Request, site: Site) -> Website | HttpResponse:
        """Makes a website of a brief: content types, pages, elements, posts and pictures, all drafts below one page,
        with a preview. Also needs `content.write`, `schema.write` and `media.write`."""
        generation: Generation = request.prepared
        if not generations.ended(generation):
            return later(request, generation)
        made = generations.result_of(generation)["website"]
        return selectors.website_for(actor=request.actor, site=site, website_id=made)

    @operation("websites_list", allow="content.read", rate="read", gives=WebsiteOut, query=WebsiteQuery)
    def list(self, request: Request, site: Site) -> Page:
        """The site's generated websites, newest first."""
        found = page_of(selectors.filtered(selectors.websites_of(actor=request.actor, site=site), request.q), request.q)
        for website in found.items:
            website.site = site
        return found

    @operation("websites_get", allow="content.read", rate="read", gives=WebsiteOut)
    def retrieve(self, request: Request, site: Site, website_id: int) -> Website:
        """One website: its brief, how far the work on it is, and what was made."""
        return selectors.website_for(actor=request.actor, site=site, website_id=website_id)

    @operation(
        "websites_preview",
        allow="content.read",
        rate="read",
        gives=WebsitePreviewOut,
        query=PreviewQuery,
        refuses=[WebsiteNotReady],
    )
    def preview(self, request: Request, site: Site, website_id: int) -> Preview:
        """A new address of the preview, good for `hours`: whoever has it sees the drafts, without a token."""
        website = selectors.website_for(actor=request.actor, site=site, website_id=website_id)
        if website.state not in (Website.State.DRAFT, Website.State.PUBLISHED):
            raise WebsiteNotReady
        return previews.preview_of(website, site.tenant_id, lasts=timedelta(hours=request.q["hours"]))

    @operation(
        "websites_publish",
        allow="content.publish",
        rate="write",
        gives=WebsiteOutcomeOut,
        effects="rows",
        refuses=[WebsiteNotReady],
    )
    def publish(self, request: Request, site: Site, website_id: int) -> Outcome:
        """Publishes all its documents; says of each how it went. What is refused keeps no other from being public."""
        return services.life.publish(actor=request.actor, site=site, website_id=website_id)

    @operation(
        "websites_discard",
        allow="content.delete",
        rate="write",
        gives=WebsiteOutcomeOut,
        effects="rows",
        refuses=[WebsiteNotReady],
    )
    def discard(self, request: Request, site: Site, website_id: int) -> Outcome:
        """Moves all its documents to the trash and deletes its pictures, unless others show them; credits stay charged
        and content types stay."""
        return services.life.discard(actor=request.actor, site=site, website_id=website_id)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page for people, who meet it at the end of a link; a problem for everybody else."""
    if refusal.status != 404 or "text/html" not in request.headers.get("Accept", ""):
        return problems.response(refusal)
    response = render(request, "websites/gone.html", {"refusal": refusal}, status=404)
    response["Content-Security-Policy"] = delivery.policy("")
    return response


@csrf_exempt
def preview(request: HttpRequest, token: str, path: str = "") -> HttpResponse:
    """`/websites/preview/…`: the drafts as a website, for whoever has the address; read-only, without scripts."""
    try:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(headers={"Allow": "GET, HEAD"})
        ratelimit.check(ratelimit.RATES["read"], clients.network(request))
        shown: Any = delivery.shown(token, path)
    except Refusal as refusal:
        response = _refused(request, refusal)
    else:
        response = HttpResponse(shown.body)
        response["Content-Security-Policy"] = shown.policy
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
