from django.http import HttpResponse
from rest_framework.request import Request

from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.services import generations
from apps.ai.views import LATER, later, told, waited
from apps.billing.errors import OF_PRICED
from apps.core.operation import operation
from apps.media import selectors, services
from apps.media.models import Media
from apps.media.serializers import GeneratedMediaOut, PaintIn
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


def begin_picture(request: Request, site: Site) -> Generation:
    return waited(request, services.generating.start(actor=request.actor, site=site, **told(request)))


class MediaGenerationViewSet(SiteViewSet):
    """Media that models make."""

    category = "media"

    @operation(
        "media_generate_image",
        allow="ai.generate",
        rate="ai",
        takes=PaintIn,
        gives=GeneratedMediaOut,
        status=201,
        effects="outside",
        prepare=begin_picture,
        cost="per image",
        also=LATER,
        refuses=[*OF_PRICED, *OF_MODELS, StorageLimitReached],
    )
    def image(self, request: Request, site: Site) -> Media | HttpResponse:
        """Makes pictures to a prompt and keeps them as media."""
        generation: Generation = request.prepared
        if not generations.ended(generation):
            return later(request, generation)
        return selectors.generated(actor=request.actor, site=site, ids=generations.result_of(generation)["media"])
