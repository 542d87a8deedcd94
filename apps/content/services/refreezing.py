"""Freezing again: what shows a document follows when that one changes. Large crowds become a job."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.content import selectors
from apps.content.delivery import tags_of
from apps.content.models import DOCUMENTS, Element, Page, PublicDocument, Reference
from apps.content.services import freezing, publishing, references, tree
from apps.core.actor import Actor
from apps.core.delivery import touch
from apps.core.encoding import loads
from apps.core.models import EventRow, Job
from apps.core.reactions import Together
from apps.core.services import jobs

BATCH = 200
DEEPEST = 5


@Together
def refreeze_referrers(events: Sequence[EventRow]) -> None:
    """Reaction: freezes again what shows the events' subjects, and what shows that in turn."""
    _refreeze_referrers({(event.subject_type, event.subject_id): event for event in events})


@Together
def refreeze_referrers_of_translated(events: Sequence[EventRow]) -> None:
    """Reaction to translations: the same of the documents whose they are."""
    _refreeze_referrers({(event.data["doc_type"], event.data["doc_id"]): event for event in events})


def _refreeze_referrers(targets: dict[tuple[str, int], EventRow]) -> None:
    found = shown_by(list(targets), limit=BATCH + 1)
    if len(found) <= BATCH:
        refreeze(found)
    elif len(targets) > 1:
        for target, event in targets.items():
            _refreeze_referrers({target: event})
    else:
        for (target_type, target_id), event in targets.items():
            _later(event, target_type=target_type, target_id=target_id)


def refreeze_type(event: EventRow) -> None:
    """Reaction to a changed schema: a format that came or went changes what its elements show."""
    if event.data.get("schema_changed"):
        _later(event, type_id=event.subject_id)


def _later(event: EventRow, **arguments: Any) -> None:
    because = f"refreezing after {event.name}"
    jobs.start(actor=Actor.system(because=because, tenant_id=event.tenant_id), kind="content.refreeze", **arguments)


def readdress_below(event: EventRow) -> None:
    """Reaction: pages whose public path is not right any more after what happened to one of them get the right one."""
    actor = Actor.system(because=f"readdressing after {event.name}", tenant_id=event.tenant_id)
    tree.lock(event.site_id or 0)
    readdress(event.subject_id, actor=actor)


def readdress(page_id: int, *, actor: Actor) -> None:
    """Freezes the page and those below it again where their public path is not right any more; many become a job.

    Call it with the site's tree locked. Each tells of it, so that what refers to it follows.
    """
    wrong = selectors.misaddressed(page_id)
    if len(wrong) > BATCH:
        jobs.start(actor=actor, kind="content.readdress", page_id=page_id)
    else:
        _readdress(wrong, actor)


def readdress_job(job: Job) -> dict[str, int]:
    """Job: what `readdress` does, some pages in a transaction."""
    page_id = job.arguments["page_id"]
    actor = Actor.system(because="readdressing", tenant_id=job.tenant_id)
    site_id = Page.objects.filter(pk=page_id).values_list("site_id", flat=True).first()
    wrong = selectors.misaddressed(page_id) if site_id else []
    jobs.step(job, 0, total=len(wrong))
    for start in range(0, len(wrong), BATCH):
        with transaction.atomic():
            tree.lock(site_id or 0)
            _readdress(wrong[start : start + BATCH], actor)
        jobs.step(job, len(wrong[start : start + BATCH]))
    return {"documents": len(wrong)}


def _readdress(page_ids: list[int], actor: Actor) -> None:
    for page_id in page_ids:
        if _refreeze("page", page_id):
            page = Page.objects.get(pk=page_id)
            publishing.tell(page, "Readdressed", actor=actor)


def refreeze_job(job: Job) -> dict[str, int]:
    """Job: freezes again all referrers of a target, all elements of a type, what is named, or everything."""
    wanted = job.arguments
    if "documents" in wanted:
        found = [(doc_type, doc_id) for doc_type, doc_id in wanted["documents"]]
    elif "target_id" in wanted:
        found = shown_by([(wanted["target_type"], wanted["target_id"])])
    else:
        rows = PublicDocument.objects.filter(original=True).order_by("doc_id")
        if "type_id" in wanted:
            of_type = Element.objects.filter(type_id=wanted["type_id"])
            rows = rows.filter(doc_type="element", doc_id__in=of_type.values("id"))
        found = list(rows.values_list("doc_type", "doc_id"))
    jobs.step(job, 0, total=len(found))
    for start in range(0, len(found), BATCH):
        chunk = found[start : start + BATCH]
        refreeze(chunk)
        jobs.step(job, len(chunk))
    return {"documents": len(found)}


def shown_by(targets: list[tuple[str, int]], *, limit: int | None = None) -> list[tuple[str, int]]:
    """The documents whose public version refers to one of the targets."""
    ids: dict[str, list[int]] = defaultdict(list)
    for target_type, target_id in targets:
        ids[target_type].append(target_id)
    wanted = Q()
    for target_type, some in ids.items():
        wanted |= Q(target_type=target_type, target_id__in=some)
    rows = Reference.objects.filter(wanted, live=True).values_list("doc_type", "doc_id").distinct()
    return list(rows[:limit]) if targets else []


def shown_by_elements(ids: list[int]) -> list[tuple[str, int]]:
    """The documents other than these elements whose public version refers to one of them."""
    rows = Reference.objects.filter(target_type="element", target_id__in=ids, live=True)
    found = rows.exclude(doc_type="element", doc_id__in=ids).values_list("doc_type", "doc_id").distinct()
    return list(found) if ids else []


def refreeze(documents: list[tuple[str, int]], *, depth: int = 1) -> None:
    """Freezes documents again from their published source, one short transaction each.

    What shows one that became different by that follows too. Only pages show another document's resolved body, so
    the chain is short; its depth is bounded all the same.
    """
    changed = [document for document in sorted(set(documents)) if _refreeze(*document)]
    if changed and depth < DEEPEST:
        above = [document for document in shown_by(changed) if document not in changed]
        refreeze(above, depth=depth + 1)


@transaction.atomic
def _refreeze(doc_type: str, doc_id: int) -> bool:
    """Whether any of the document's frozen answers became a different one."""
    model: Any = DOCUMENTS[doc_type]
    document = model.objects.select_for_update(of=("self",)).filter(pk=doc_id).first()
    if document is None:
        return False
    changed = False
    for row in PublicDocument.objects.select_for_update().filter(doc_type=doc_type, doc_id=doc_id).order_by("pk"):
        before = row.etag
        locale = "" if row.original else row.locale
        references.record(document, document.references_in(loads(row.source)), live=True, locale=locale)
        freezing.freeze(row, document)
        if row.etag != before:
            row.save(update_fields=["body", "etag", "path", "summary", "frozen_at"])
            touch(*tags_of(row.site_id, doc_type, doc_id, row.type_key))
            changed = True
    return changed
