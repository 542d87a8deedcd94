"""Pictures of the site that a model changes: a new file of the same media, or another media."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.ai import catalogue
from apps.ai.errors import AskedTooMuch
from apps.ai.models import Generation
from apps.ai.providers import pictures
from apps.ai.providers.protocols import Edit, Made, Model, Task
from apps.ai.services import calling, generations
from apps.ai.services.generations import AtWork, Wanted
from apps.ai.services.offers import OPERATIONS
from apps.core import errors
from apps.core.actor import Actor
from apps.core.models import Job
from apps.media.models import Media
from apps.media.services import media
from apps.media.services.files import Received
from apps.media.services.generating import making
from apps.sites.models import Site

KIND = "media.edit"


def start(
    *,
    actor: Actor,
    site: Site,
    media_id: int,
    task: Task,
    instruction: str = "",
    operations: Sequence[Mapping[str, Any]] = (),
    mask_media_id: int | None = None,
    factor: int = 2,
    output_format: str = "",
    as_new: bool = False,
    model: str = "",
    seed: int | None = None,
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Begins to `edit`, `remove_background` or `upscale`; the job's result is `{media: [id]}`.

    What is changed is the file that the media has now. 404 without the media, 403 when it is somebody else's (unless
    the result is another media), 409 when it is no picture, 400 for a mask that is none or of another size.
    """
    if not as_new:
        media.require_may_replace(actor=actor, site=site, media_id=media_id)
    source = making.picture_for(actor, site, media_id)
    mask = _mask(actor, site, source, mask_media_id)
    chosen = _model(task, model, operations)
    asked = Edit(
        instruction=instruction,
        operations=operations,
        mask=None if mask is None else b"",
        factor=factor,
        size=(source.width or 1, source.height or 1),
    )
    calling.require_within(chosen, asked)
    if task == "upscale" and (source.width or 1) * (source.height or 1) * factor**2 > pictures.MOST_PIXELS:
        raise AskedTooMuch(limit="pixels", most=pictures.MOST_PIXELS)
    wanted = Wanted(
        kind=KIND,
        operation=OPERATIONS[task],
        model=chosen,
        quantities=calling.estimate(chosen, asked),
        prompt=instruction,
        requested_model=model,
        arguments={
            "media_id": source.pk,
            "revision": source.revision,
            "as_new": as_new,
            "format": output_format or _format(task, source.media_type),
            "seed": seed,
        }
        | ({"operations": list(operations)} if operations else {})
        | ({"mask_media_id": mask.pk} if mask else {})
        | ({"factor": factor} if task == "upscale" else {}),
        quote=quote,
        key=key,
    )
    return generations.start(actor=actor, site=site, wanted=wanted)


def _model(task: Task, wanted: str, operations: Sequence[Any]) -> Model:
    """The task's; for a list of operations the first that takes one, unless another is named."""
    chosen = catalogue.model_for(task, wanted)
    if operations and wanted not in (chosen.id, chosen.name):
        return next((model for model in catalogue.models(task) if model.limits.get("operations")), chosen)
    return chosen


def _mask(actor: Actor, site: Site, source: Media, mask_id: int | None) -> Media | None:
    if mask_id is None:
        return None
    (mask,) = making.pictures_for(actor, site, [mask_id], "mask_media_id")
    if (mask.width, mask.height) != (source.width, source.height):
        fault = {"field": "mask_media_id", "message": "The mask has not the size of the picture.", "code": "size"}
        raise errors.Invalid(errors=[fault])
    return mask


def _format(task: Task, media_type: str) -> str:
    """The picture's own, where it is one of those that are written and can hold the result."""
    own = next((name for name, kind in pictures.MEDIA_TYPES.items() if kind == media_type), "png")
    return "png" if task == "remove_background" and own == "jpeg" else own


def run(job: Job) -> dict[str, Any]:
    """Job: asks the model and hands its picture over. 409 when the media has another file by then, 404 when it is gone:
    nothing is delivered then, and nothing charged."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row, site = work.generation, making.site_of(work)
        task: Any = row.task
        source = making.picture_for(work.actor, site, row.arguments["media_id"])
        if not row.arguments["as_new"]:
            media.require_revision(source, row.arguments["revision"])
        output = calling.call(catalogue.model_for(task, row.model), _asked(work, site, source), work.call())
        made, kind = output.files[0], making.source_type(work, source)
        as_new = row.arguments["as_new"]
        name = source.name if as_new else source.filename.rpartition(".")[0]
        received = making.stored(work, site, made, kind, name=name, named=as_new)
        return work.deliver(output, lambda: {"media": [_settled(work, site, source, received, made, kind)]})


def _asked(work: AtWork, site: Site, source: Media) -> Edit:
    given = work.generation.arguments
    lossy = source.media_type == "image/jpeg"
    mask = given.get("mask_media_id")
    return Edit(
        picture=making.read(source, given["revision"], format="jpeg" if lossy else "png"),
        media_type="image/jpeg" if lossy else "image/png",
        instruction=work.generation.prompt,
        operations=given.get("operations", ()),
        mask=making.read(making.picture_for(work.actor, site, mask)) if mask else None,
        factor=given.get("factor", 2),
        format=given["format"],
        seed=given["seed"],
    )


def _settled(work: AtWork, site: Site, source: Media, received: Received, made: Made, kind: str) -> int:
    """The id of the media that has the file now."""
    given = work.generation.arguments
    of = {"media": source.pk, "revision": given["revision"], "generation": (source.provenance or {}).get("generation")}
    provenance = making.provenance(work, kind, seed=made.seed, source=of)
    if given["as_new"]:
        copied = {name: getattr(source, name) for name in ("name", "alt_text", "description", "keywords", "tags")}
        return media.create(actor=work.actor, site=site, received=received, provenance=provenance, **copied).pk
    media.require_may_replace(actor=work.actor, site=site, media_id=source.pk)
    return media.replace(
        actor=work.actor,
        site=site,
        media_id=source.pk,
        received=received,
        revision=given["revision"],
        provenance=provenance,
    ).pk
