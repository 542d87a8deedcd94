"""What all that is generated has in common: how a file is stored, and what it says of where it comes from."""

from datetime import timedelta
from html import escape
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.ai.providers.protocols import Made
from apps.ai.services.generations import AtWork
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import stamp
from apps.media import naming, selectors
from apps.media.errors import PictureNeeded
from apps.media.inspection import kinds
from apps.media.models import Media
from apps.media.pictures import pool
from apps.media.pictures.rendering import Wanted
from apps.media.services import files
from apps.media.services.files import Received
from apps.sites.models import Site

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's digital source types, https://cv.iptc.org/newscodes/digitalsourcetype/, as C2PA names them too."""
TRAINED, COMPOSED = "trainedAlgorithmicMedia", "algorithmicMedia"
"""What a model made, and what an algorithm made that was not trained on anything."""
MIXED, ENHANCED = "compositeWithTrainedAlgorithmicMedia", "algorithmicallyEnhanced"
"""What a model changed, and what an algorithm changed, of something that neither of them made."""
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 Iptc4xmpExt:DigitalSourceType="{source}" photoshop:Credit="{credit}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def site_of(work: AtWork) -> Site:
    return Site.objects.select_related("tenant").get(pk=work.generation.site_id)


def source_type(work: AtWork, of: Media | None = None, *, model: str = "") -> str:
    """The digital source type of what is made, or of what is made `of` a media: that one's stays, where it has one.

    `model`: the one that makes it, where that is another than the generation's.
    """
    local = (model or work.generation.model).startswith("local/")
    if of is None:
        return COMPOSED if local else TRAINED
    before = (of.provenance or {}).get("digital_source_type", "")
    return before if before and (local or before != ENHANCED) else ENHANCED if local else MIXED


def provenance(work: AtWork, kind: str, *, seed: int | None = None, **more: Any) -> dict[str, Any]:
    row = work.generation
    return {
        "generation": str(row.job_id),
        "provider": row.provider,
        "model": row.model,
        "prompt": row.prompt,
        "seed": seed,
        "parameters": row.arguments,
        "credits": row.charged,
        "digital_source_type": kind,
        "generated_at": stamp(row.created_at),
    } | more


def stored(
    work: AtWork,
    site: Site,
    made: Made,
    source: str,
    *,
    name: str,
    named: bool = True,
    model: str = "",
    settled_in: timedelta = files.UNSETTLED,
) -> Received:
    """The file in the storage, with a note of where it comes from; `named`: under its slugged name."""
    extension = made.media_type.partition("/")[2]
    note = _XMP.format(
        source=SOURCES + source, credit=escape(f"Made with {model or work.generation.model} by Cognitor")
    )
    return files.receive(
        actor=work.actor,
        site=site,
        upload=ContentFile(made.content, name=f"{naming.stem(name)}.{extension}"),
        settled_in=settled_in,
        named=naming.stem(name) if named else "",
        note=note.encode(),
    )


def picture_for(actor: Actor, site: Site, media_id: int) -> Media:
    """The media, when it is a picture of pixels; 404 without one, 409 for anything else, 403 for who may not see it."""
    if not actor.may("media.read", site.pk):
        raise errors.Forbidden
    media = selectors.media_for(actor=actor, site=site, media_id=media_id)
    if not media.is_picture:
        raise PictureNeeded
    return media


def pictures_for(actor: Actor, site: Site, ids: list[int], field: str) -> list[Media]:
    """The same of ids in a body: 400 for one that is not there or is no picture."""
    if ids and not actor.may("media.read", site.pk):
        raise errors.Forbidden
    found = selectors.media_of(actor=actor, site=site).in_bulk(ids)
    if any(id not in found or not found[id].is_picture for id in ids):
        fault = {"field": field, "message": "There is no such picture.", "code": "does_not_exist"}
        raise errors.Invalid(errors=[fault])
    return [found[id] for id in ids]


def read(media: Media, revision: int | None = None, *, most: int = 0, format: str = "png") -> bytes:
    """The picture that the media had as that revision, decoded and encoded anew by a child, so that whoever works on it
    meets no stranger's bytes; at most `most` pixels a side."""
    file, media_type = media.file, media.media_type
    if revision is not None and revision != media.revision:
        before = media.versions.filter(number=revision).first()
        if before is None:
            raise errors.NotFound
        file, media_type = before.file, before.media_type
    try:
        with default_storage.open(file, "rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        raise errors.NotFound from None
    wanted = Wanted(most, most, "inside", format, 95, (0.5, 0.5))
    ((_, _, body),) = pool.render(content, kinds.RASTER[media_type], [wanted])
    return body
