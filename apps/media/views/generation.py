from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.ai.errors import OF_MODELS
from apps.ai.models import Generation
from apps.ai.providers.protocols import Task
from apps.ai.services import generations
from apps.ai.views import LATER, later, told, waited
from apps.billing.errors import OF_PRICED
from apps.core.operation import operation
from apps.media import errors, selectors
from apps.media.models import Media
from apps.media.serializers import (
    DescribeIn,
    DescriptionOut,
    EditIn,
    FilmIn,
    FilmOut,
    GeneratedMediaOut,
    MediaOut,
    PaintIn,
    RemoveBackgroundIn,
    UpscaleIn,
)
from apps.media.services.generating import describing, edits, films, pictures
from apps.sites.errors import StorageLimitReached
from apps.sites.models import Site
from apps.sites.viewsets import SiteViewSet

REFUSES = [*OF_PRICED, *OF_MODELS, StorageLimitReached]
# Of a picture that is there: it may not be one, or not be what it was any more.
OF_A_PICTURE = [*REFUSES, errors.PictureNeeded, errors.MediaChanged, errors.DamagedFile, errors.TooManyPixels]
CHANGED: dict[int, Any] = {201: ("With `as_new`: the other media.", MediaOut), **LATER}


def begin_picture(request: Request, site: Site) -> Generation:
    return waited(request, pictures.start(actor=request.actor, site=site, **told(request)))


def begin_film(request: Request, site: Site) -> Generation:
    return waited(request, films.start(actor=request.actor, site=site, **told(request)))


def begin_change(task: Task) -> Callable[[Request, Site, int], Generation]:
    def begin(request: Request, site: Site, media_id: int) -> Generation:
        actor = request.actor
        return waited(request, edits.start(actor=actor, site=site, media_id=media_id, task=task, **told(request)))

    return begin


def begin_description(request: Request, site: Site, media_id: int) -> Generation:
    return waited(request, describing.start(actor=request.actor, site=site, media_id=media_id, **told(request)))


def made(request: Request, site: Site) -> Media | HttpResponse:
    """What the request's generation has delivered, or 202."""
    generation: Generation = request.prepared
    if not generations.ended(generation):
        return later(request, generation)
    result = generations.result_of(generation)
    media = selectors.generated(actor=request.actor, site=site, ids=result["media"])
    media.made, media.poster = bool(generation.arguments.get("as_new")), result.get("poster")
    return media


class MediaGenerationViewSet(SiteViewSet):
    """Media that models make and change."""

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
        refuses=REFUSES,
    )
    def image(self, request: Request, site: Site) -> Media | HttpResponse:
        """Makes pictures to a prompt and keeps them as media."""
        return made(request, site)

    @operation(
        "media_generate_video",
        allow="ai.generate",
        rate="ai",
        takes=FilmIn,
        gives=FilmOut,
        status=201,
        effects="outside",
        prepare=begin_film,
        cost="per second",
        also=LATER,
        refuses=OF_A_PICTURE,
    )
    def film(self, request: Request, site: Site) -> Media | HttpResponse:
        """Makes a film to a prompt, from stills of the site if they are named, and keeps it as media with a poster. A
        model that makes films of a few lengths gets the next longer one."""
        return made(request, site)

    @operation(
        "media_edit",
        allow="ai.generate",
        rate="ai",
        takes=EditIn,
        gives=MediaOut,
        effects="outside",
        prepare=begin_change("edit"),
        cost="per image",
        also=CHANGED,
        refuses=OF_A_PICTURE,
    )
    def edit(self, request: Request, site: Site, media_id: int) -> Media | HttpResponse:
        """Changes a picture as an instruction says, or by a list of operations. The result takes the place of the file,
        which is kept as a version; with `as_new` it is another media. The first also needs `media.write`, and
        `media.others` for somebody else's."""
        return made(request, site)

    @operation(
        "media_remove_background",
        allow="ai.generate",
        rate="ai",
        takes=RemoveBackgroundIn,
        gives=MediaOut,
        effects="outside",
        prepare=begin_change("remove_background"),
        cost="per image",
        also=CHANGED,
        refuses=OF_A_PICTURE,
    )
    def remove_background(self, request: Request, site: Site, media_id: int) -> Media | HttpResponse:
        """Makes the background of a picture transparent; the result is kept as that of an edit."""
        return made(request, site)

    @operation(
        "media_upscale",
        allow="ai.generate",
        rate="ai",
        takes=UpscaleIn,
        gives=MediaOut,
        effects="outside",
        prepare=begin_change("upscale"),
        cost="per megapixel",
        also=CHANGED,
        refuses=OF_A_PICTURE,
    )
    def upscale(self, request: Request, site: Site, media_id: int) -> Media | HttpResponse:
        """Makes a picture two to four times as wide and as high; the result is kept as that of an edit."""
        return made(request, site)

    @operation(
        "media_describe",
        allow="ai.generate",
        rate="ai",
        takes=DescribeIn,
        gives=DescriptionOut,
        effects="outside",
        prepare=begin_description,
        cost="per image",
        also=LATER,
        refuses=OF_A_PICTURE,
    )
    def describe(self, request: Request, site: Site, media_id: int) -> dict[str, Any] | HttpResponse:
        """Proposes alternative text, description and keywords of a picture. `apply` writes them where nothing is
        written yet, with `overwrite` everywhere; it also needs `media.write`, and `media.others` for somebody else's.
        """
        generation: Generation = request.prepared
        if not generations.ended(generation):
            return later(request, generation)
        result = generations.result_of(generation)
        return {
            "media_id": result.pop("media"),
            **result,
            "model": generation.model,
            "credits": generation.charged,
            "job_id": generation.job_id,
        }
