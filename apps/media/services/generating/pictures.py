"""Pictures that a model makes, as media of the site."""

from typing import Any

from apps.ai import catalogue
from apps.ai.models import Generation
from apps.ai.providers.protocols import Paint
from apps.ai.services import calling, generations
from apps.ai.services.generations import Wanted
from apps.core.actor import Actor
from apps.core.models import Job
from apps.media.services import media
from apps.media.services.generating import making
from apps.sites.models import Site

KIND = "media.paint"


def start(
    *,
    actor: Actor,
    site: Site,
    prompt: str,
    name: str = "",
    aspect_ratio: str = "1:1",
    num_images: int = 1,
    output_format: str = "png",
    model: str = "",
    seed: int | None = None,
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Begins to paint; the job's result is `{media: ids}`."""
    chosen = catalogue.model_for("image", model)
    asked = Paint(prompt=prompt, count=num_images, aspect_ratio=aspect_ratio, format=output_format, seed=seed)
    calling.require_within(chosen, asked)
    wanted = Wanted(
        kind=KIND,
        operation="media_generate_image",
        model=chosen,
        quantities=calling.estimate(chosen, asked),
        prompt=prompt,
        requested_model=model,
        arguments={
            "name": name or prompt[:80],
            "aspect_ratio": aspect_ratio,
            "count": num_images,
            "format": output_format,
            "seed": seed,
        },
        quote=quote,
        key=key,
    )
    return generations.start(actor=actor, site=site, wanted=wanted)


def run(job: Job) -> dict[str, Any]:
    """Job: asks the model, stores its pictures, and hands them over as media."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row, site = work.generation, making.site_of(work)
        given = dict(row.arguments)
        name = given.pop("name")
        output = calling.call(catalogue.model_for("image", row.model), Paint(prompt=row.prompt, **given), work.call())
        source = making.source_type(work)
        received = [making.stored(work, site, made, source, name=name) for made in output.files]

        def save() -> dict[str, Any]:
            made = zip(received, output.files, strict=True)
            return {
                "media": [
                    media.create(
                        actor=work.actor,
                        site=site,
                        received=one,
                        name=name,
                        provenance=making.provenance(work, source, seed=file.seed),
                    ).pk
                    for one, file in made
                ]
            }

        return work.deliver(output, save)
