"""The publishing life that documents share: save a version, publish it, take it back, do either later.

Locks are taken in one order: the document, then what it refers to by kind and id. Every function here runs inside
the transaction of the service that calls it.
"""

import datetime
from typing import Any

from django.utils import timezone

from apps.content import events
from apps.content.models import DOCUMENTS, Document, Element, PublicDocument, Reference, Version
from apps.content.services import freezing, references, slugs, translated
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import dumps
from apps.core.events import emit
from apps.core.models import Due
from apps.core.services import due

PUBLISH, UNPUBLISH = "content.publish", "content.unpublish"


def require_may_change(actor: Actor, document: Document) -> None:
    """Without `content.others` one reaches one's own work only, and only while it is not public."""
    if actor.may("content.others", document.site_id):
        return
    own = actor.kind == "user" and document.author_id == actor.id
    if not own or document.published:
        raise errors.Forbidden


def require_may_publish(actor: Actor, site_id: int) -> None:
    if not actor.may("content.publish", site_id):
        raise errors.Forbidden


def save(document: Document, *, actor: Actor, published: bool | None, draft: bool, now: datetime.datetime) -> None:
    """Saves what was changed as a new version, and lets the public follow.

    It does at once when the actor may publish and does not ask for a draft; otherwise the public version stays and
    the change stands beside it. `published` makes the document public or takes it back.
    """
    may = actor.may("content.publish", document.site_id)
    save_version(document, actor=actor, now=now)
    if published is False and document.published:
        unpublish(document, actor=actor, now=now)
    elif may and published is not False and (published or (document.published and not draft)):
        publish(document, actor=actor, now=now)
    else:
        tell(document, "Saved", actor=actor)


def save_version(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Counts a new version, saves the document with its slug and references, and keeps the version whole."""
    document.version += 1
    document.updated_at = now
    document.save()
    snapshot = document.snapshot()
    Version.objects.create(
        doc_type=document.doc_type,
        doc_id=document.pk,
        number=document.version,
        source=dumps(snapshot).decode(),
        author_id=actor.id if actor.kind == "user" else None,
        run=actor.run,
        created_at=now,
    )
    if slug := snapshot.get("slug"):
        slugs.take(
            site_id=document.site_id,
            doc_type=document.doc_type,
            doc_id=document.pk,
            locale=document.locale,
            slug=slug,
        )
    references.record(document, document.references_in(snapshot), live=False)
    translated.follow_text(document, snapshot)


def publish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Makes the current version the public one and freezes it."""
    document.published_version = document.version
    document.published_at = document.published_at or now
    document.publish_at = None
    document.updated_at = now
    document.save(update_fields=["published_version", "published_at", "publish_at", "updated_at"])
    due.cancel(tenant_id=document.site.tenant_id, kind=PUBLISH, subject=subject(document))
    snapshot = document.snapshot()
    row = PublicDocument.objects.filter(
        doc_type=document.doc_type, doc_id=document.pk, original=True
    ).first() or PublicDocument(doc_type=document.doc_type, doc_id=document.pk, site_id=document.site_id)
    row.locale, row.updated_at, row.slug = document.locale, now, snapshot.get("slug", "")
    row.source = dumps(snapshot).decode()
    if isinstance(document, Element):
        row.type_key = document.type.key
    references.record(document, document.references_in(snapshot), live=True)
    freezing.freeze(row, document)
    row.save()
    translated.follow_published(document, row)
    tell(document, "Published", actor=actor)


def unpublish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Takes the public version away; the working version stays as it is."""
    document.updated_at = now
    withdraw(document)
    document.save(update_fields=["published_version", "published_at", "publish_at", "unpublish_at", "updated_at"])
    tell(document, "Unpublished", actor=actor)


def withdraw(document: Document) -> None:
    """Nothing of the document is public, nor will be by itself; the caller saves it."""
    document.published_version = document.published_at = document.publish_at = document.unpublish_at = None
    for kind in (PUBLISH, UNPUBLISH):
        due.cancel(tenant_id=document.site.tenant_id, kind=kind, subject=subject(document))
    PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk, live=True).delete()


def schedule(document: Document, kind: str, at: datetime.datetime | None) -> None:
    """Plans to publish (`PUBLISH`) or to take back (`UNPUBLISH`) the document at that time; None: never."""
    field = "publish_at" if kind == PUBLISH else "unpublish_at"
    setattr(document, field, at)
    document.save(update_fields=[field])
    where = {"tenant_id": document.site.tenant_id, "kind": kind, "subject": subject(document)}
    if at is None:
        due.cancel(**where)
    else:
        due.plan(**where, at=at)


def publish_due(row: Due) -> None:
    """Due: the time to publish a document has come. What is published is the version of that moment."""
    document = _due(row)
    if document is not None and document.publish_at is not None:
        actor = Actor.system(because="scheduled publishing", tenant_id=row.tenant_id)
        publish(document, actor=actor, now=timezone.now())


def unpublish_due(row: Due) -> None:
    """Due: the time to take a document back has come."""
    document = _due(row)
    if document is not None and document.unpublish_at is not None and document.published:
        actor = Actor.system(because="scheduled publishing", tenant_id=row.tenant_id)
        unpublish(document, actor=actor, now=timezone.now())


def _due(row: Due) -> Any:
    doc_type, _, doc_id = row.subject.partition(":")
    model: Any = DOCUMENTS[doc_type]
    return model.objects.select_for_update(of=("self",)).filter(pk=doc_id, deleted_at=None).first()


def tell(document: Document, verb: str, *, actor: Actor) -> None:
    """Emits what happened to the document: `ElementSaved`, `PostPublished`…"""
    event = events.of(document.doc_type, verb)
    emit(event(**about(document)), actor=actor, tenant_id=document.site.tenant_id)


def about(document: Document) -> dict[str, Any]:
    """The members that every event of a document has."""
    said = {
        "subject_id": document.pk,
        "label": document.label,
        "version": document.version,
        "site_id": document.site_id,
    }
    return said | {"type_key": document.type.key} if isinstance(document, Element) else said


def subject(document: Document) -> str:
    return f"{document.doc_type}:{document.pk}"
