from django.http import HttpResponse
from rest_framework.request import Request

from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.services import generations
from apps.ai.views import LATER, later, told, waited
from apps.billing.errors import OF_PRICED
from apps.content import services
from apps.content.serializers import SpeechIn
from apps.core.operation import operation
from apps.media import selectors as media
from apps.media.models import Media
from apps.media.serializers import MediaOut
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


def begin_speech(request: Request, site: Site) -> Generation:
    return waited(request, services.speech.start(actor=request.actor, site=site, **told(request)))


class SpeechViewSet(SiteViewSet):
    """Texts and documents that are said aloud."""

    category = "media"

    @operation(
        "media_tts",
        allow="ai.generate",
        rate="ai",
        takes=SpeechIn,
        gives=MediaOut,
        status=201,
        effects="outside",
        prepare=begin_speech,
        cost="per 1,000 characters",
        also=LATER,
        refuses=[*OF_PRICED, *OF_MODELS, StorageLimitReached],
    )
    def speak(self, request: Request, site: Site) -> Media | HttpResponse:
        """Says a text, a post or an element aloud and keeps the sound as media. A document also needs `content.read`
        and comes in the locale as its readers get it."""
        generation: Generation = request.prepared
        if not generations.ended(generation):
            return later(request, generation)
        [made] = generations.result_of(generation)["media"]
        return media.media_for(actor=request.actor, site=site, media_id=made)
