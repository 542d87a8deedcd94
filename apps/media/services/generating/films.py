"""Films that a model makes from words and stills, as media of the site."""

from dataclasses import replace
from typing import Any

from django.core.files.base import ContentFile

from apps.ai import catalogue
from apps.ai.models import Generation
from apps.ai.providers.protocols import Call, Film
from apps.ai.services import calling, films, generations
from apps.ai.services.generations import AtWork, Wanted
from apps.core.actor import Actor
from apps.core.models import Job
from apps.media.services import files, media, renditions
from apps.media.services.files import Received
from apps.media.services.generating import making
from apps.sites.models import Site

KIND = "media.film"
STILL = 1600
"""Pixels of the longer side of a still as a model gets it."""


def start(
    *,
    actor: Actor,
    site: Site,
    prompt: str,
    name: str = "",
    media_ids: list[int] | None = None,
    captions: list[str] | None = None,
    seconds: float = 5,
    aspect_ratio: str = "16:9",
    model: str = "",
    seed: int | None = None,
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Begins to film; the job's result is `{media: [id], poster}`, the latter the address of a picture of it, or None.

    400 for stills that are no pictures of the site. A model that makes films of a few lengths only gets the next longer
    one, which is held for and charged.
    """
    chosen = catalogue.model_for("video", model)
    stills = making.pictures_for(actor, site, media_ids or [], "media_ids")
    given: dict[str, Any] = {
        "captions": captions or [],
        "seconds": calling.lasting(chosen, seconds),
        "aspect_ratio": aspect_ratio,
    }
    asked = Film(prompt=prompt, pictures=[b""] * len(stills), seed=seed, **given)
    calling.require_within(chosen, asked)
    wanted = Wanted(
        kind=KIND,
        operation="media_generate_video",
        model=chosen,
        quantities=calling.estimate(chosen, asked),
        prompt=prompt,
        requested_model=model,
        arguments=given | {"name": name or prompt[:80], "seed": seed, "media_ids": [one.pk for one in stills]},
        quote=quote,
        key=key,
    )
    return generations.start(actor=actor, site=site, wanted=wanted)


def run(job: Job) -> dict[str, Any]:
    """Job: asks the model, stores its film with a poster, and hands it over as media."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row, site = work.generation, making.site_of(work)
        given = dict(row.arguments)
        name, stills = given.pop("name"), making.pictures_for(work.actor, site, given.pop("media_ids"), "media_ids")
        asked = Film(prompt=row.prompt, pictures=[making.read(one, most=STILL) for one in stills], **given)
        call = work.call()
        output = calling.call(catalogue.model_for("video", row.model), asked, call)
        (made,), source = output.files, making.source_type(work)
        received = making.stored(work, site, made, source, name=name)
        poster = _poster(work, site, made.content, call)
        if poster is not None:
            received = replace(received, placeholder=poster.placeholder)

        def save() -> dict[str, Any]:
            film = media.create(
                actor=work.actor,
                site=site,
                received=received,
                name=name,
                provenance=making.provenance(work, source, seed=made.seed),
            )
            if poster is None:
                return {"media": [film.pk], "poster": None}
            shown = renditions.keep(site=site, media=film, received=poster, key=renditions.poster_key(film))
            return {"media": [film.pk], "poster": shown.url}

        return work.deliver(output, save)


def _poster(work: AtWork, site: Site, film: bytes, call: Call) -> Received | None:
    """A picture out of the film, stored; None where none can be taken."""
    picture = films.poster(film, call)
    if picture is None:
        return None
    return files.receive(actor=work.actor, site=site, upload=ContentFile(picture, name="poster.jpg"))
