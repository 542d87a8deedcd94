"""Renaming fields: the data of all elements follows the names that their type declares.

Until an element's turn has come its data is renamed whenever it is read; its frozen public answer keeps the old names
so long, and so does a filter on the data. A document says by its `type_version` what it has been through, so that
being done twice, or going on after a kill, changes nothing that is done.
"""

from typing import Any

from django.db import transaction

from apps.content.models import ContentType, Element, PublicDocument, Translation
from apps.content.services import references, refreezing
from apps.core.actor import Actor
from apps.core.encoding import dumps, loads
from apps.core.models import Job
from apps.core.services import jobs

KIND = "content.rename_fields"
BATCH = 200


def start(*, actor: Actor, kind: ContentType) -> Job:
    return jobs.start(actor=actor, kind=KIND, tenant_id=kind.site.tenant_id, type_id=kind.pk)


def rename_job(job: Job) -> dict[str, int]:
    """Job: brings the working and the published data of a type's elements under today's names, then freezes again."""
    type_id = job.arguments["type_id"]
    kind = ContentType.objects.filter(pk=type_id).first()
    if kind is None:
        return {"elements": 0, "documents": 0}
    waiting = Element.objects.filter(type=kind, type_version__lt=kind.renamed).count()
    public = _published(type_id)
    jobs.step(job, 0, total=waiting + len(public))
    elements = 0
    while done := _rename(type_id):
        elements += done
        jobs.step(job, done)
    for first in range(0, len(public), BATCH):
        chunk = public[first : first + BATCH]
        refreezing.refreeze(chunk)
        # Whatever was different before a kill: what shows these follows in any case.
        refreezing.refreeze(refreezing.shown_by(chunk))
        jobs.step(job, len(chunk))
    return {"elements": elements, "documents": len(public)}


@transaction.atomic
def _rename(type_id: int) -> int:
    """One batch of elements, those in the trash too; how many."""
    kind = ContentType.objects.select_related("site").filter(pk=type_id).first()
    if kind is None:
        return 0
    waiting = Element.objects.filter(type=kind, type_version__lt=kind.renamed).defer("query").order_by("pk")
    # Never holding some while waiting for others, whose writers may wait for these; in the end one by one.
    free = list(waiting.select_for_update(skip_locked=True)[:BATCH]) or list(waiting.select_for_update()[:1])
    elements = {element.pk: element for element in free}
    for element in elements.values():
        element.type, element.site = kind, kind.site
        before = element.type_version, element.fingerprint({"data": loads(element.source)})
        element.data = element.data
        _rename_translations(element, *before)
        if element.deleted_at is None:
            references.record(element, element.references_in(element.snapshot()), live=False)
    Element.objects.bulk_update(elements.values(), ["source", "type_version"])
    public = PublicDocument.objects.select_for_update().filter(doc_type="element", doc_id__in=elements)
    shown = list(public.order_by("pk"))
    for row in shown:
        row.source = _current(elements[row.doc_id], loads(row.source))
    PublicDocument.objects.bulk_update(shown, ["source"])
    return len(elements)


def _rename_translations(element: Element, type_version: int, fingerprint: str) -> None:
    """What a translation says stands under the names that the element's own data has; it translates the same text."""
    rows = Translation.objects.select_for_update().filter(doc_type="element", doc_id=element.pk).order_by("pk")
    for translation in rows:
        for name in ("source", "published_source"):
            members = loads(getattr(translation, name))
            if "data" in members:
                data = element.type.current(members["data"], type_version)
                setattr(translation, name, dumps(members | {"data": data}).decode())
        if translation.fingerprint == fingerprint:
            translation.fingerprint = element.fingerprint({"data": element.data})
        translation.save(update_fields=["source", "published_source", "fingerprint"])


def _current(element: Element, snapshot: dict[str, Any]) -> str:
    return dumps({**snapshot, "data": element.data_of(snapshot), "type_version": element.type.version}).decode()


def _published(type_id: int) -> list[tuple[str, int]]:
    ids = Element.objects.filter(type_id=type_id, deleted_at=None).values("pk")
    rows = PublicDocument.objects.filter(doc_type="element", original=True, doc_id__in=ids).order_by("doc_id")
    return list(rows.values_list("doc_type", "doc_id"))
