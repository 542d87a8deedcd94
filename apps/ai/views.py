import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.ai import selectors, services
from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.serializers import GenerationOut, GenerationQuery, ModelOut, ModelQuery, TextIn, TextOut
from apps.ai.services.offers import Offer
from apps.billing.errors import OF_PRICED
from apps.core.encoding import dumps
from apps.core.operation import operation
from apps.core.query import Page, page_of
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet

LATER = {202: ("It is being made, or waits for its turn: see `Location`.", GenerationOut)}


def waited(request: Request, generation: Generation) -> Generation:
    """The generation at its end, if the caller wants to wait and it comes in time."""
    return services.generations.finished(generation) if request.valid["sync_mode"] else generation


def later(request: Request, generation: Generation) -> HttpResponse:
    """202: what was begun, and where it will be found."""
    site = request.parser_context["kwargs"]["site"]
    response = HttpResponse(dumps(GenerationOut(generation).data), status=202, content_type="application/json")
    response["Location"] = f"/{site}/generation/jobs/{generation.job_id}"
    return response


def told(request: Request, *left_out: str) -> dict[str, Any]:
    """The members of the body for a service, and the key that makes a repetition the same."""
    given = {name: value for name, value in request.valid.items() if name not in ("sync_mode", *left_out)}
    return given | {"key": request.headers.get("Idempotency-Key")}


def begin_text(request: Request, site: Site) -> Generation:
    return waited(request, services.texts.start(actor=request.actor, site=site, **told(request)))


class GenerationViewSet(SiteViewSet):
    """Models, and what they make."""

    category = "media"

    @operation("generation_models", allow="ai.read", rate="read", gives=ModelOut, many=True, query=ModelQuery)
    def models(self, request: Request, site: Site) -> list[Offer]:
        """The models that can be asked here, by task, with their limits and prices; the default of a task first."""
        return services.offers.offers(site=site, task=request.q["task"])

    @operation("generation_jobs_list", allow="ai.read", rate="read", gives=GenerationOut, query=GenerationQuery)
    def list(self, request: Request, site: Site) -> Page:
        """What was asked of models, newest first: one's own, or everybody's for those who may read users."""
        rows = selectors.generations_of(actor=request.actor, site=site)
        return page_of(selectors.filtered(rows, request.q), request.q)

    @operation("generation_jobs_get", allow="ai.read", rate="read", gives=GenerationOut)
    def retrieve(self, request: Request, site: Site, job_id: uuid.UUID) -> Generation:
        """Progress, result or error, cost, and what the provider said."""
        return selectors.generation_for(actor=request.actor, site=site, job_id=job_id)

    @operation("generation_jobs_cancel", allow="ai.generate", rate="write", gives=GenerationOut, effects="rows")
    def cancel(self, request: Request, site: Site, job_id: uuid.UUID) -> Generation:
        """Ends it: at once and with its credits back when it has not begun, otherwise at its next step."""
        return services.generations.cancel(actor=request.actor, site=site, job_id=job_id)

    @operation(
        "seo_generate_text",
        allow="ai.generate",
        rate="ai",
        takes=TextIn,
        gives=TextOut,
        effects="outside",
        prepare=begin_text,
        cost="per 1,000 tokens",
        also=LATER,
        refuses=[*OF_PRICED, *OF_MODELS],
    )
    def write(self, request: Request, site: Site) -> dict[str, Any] | HttpResponse:
        """Writes a text to a prompt."""
        generation: Generation = request.prepared
        if not services.generations.ended(generation):
            return later(request, generation)
        result = services.generations.result_of(generation)
        return {
            "generated_text": result["text"],
            "model": generation.model,
            "usage": result["usage"],
            "credits": generation.charged,
            "job_id": generation.job_id,
        }
