from rest_framework.request import Request

from apps.core.operation import operation
from apps.core.query import Page, slice_of
from apps.media import selectors
from apps.media.serializers import VoiceOut, VoiceQuery
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet


class VoiceViewSet(SiteViewSet):
    """Voices that texts can be said in."""

    category = "media"

    @operation("media_tts_voices", allow="media.read", rate="read", gives=VoiceOut, query=VoiceQuery)
    def list(self, request: Request, site: Site) -> Page:
        """The voices of all speaking models, those of a language or of a model alone when asked."""
        found = selectors.voices_for(language=request.q["language"], model=request.q["model"])
        return slice_of(found, request.q)
