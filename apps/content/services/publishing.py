"""The publishing life that elements and posts share: save a version, publish it, take it back, delete, schedule.

Locks are taken in one order: the document, then what it refers to by kind and id. Every function here runs inside
the transaction of the service that calls it.
"""

import datetime
from typing import Any

from django.utils import timezone

from apps.content.errors import InUse
from apps.content.events import ElementPublished, ElementUnpublished, PostPublished, PostUnpublished
from apps.content.models import Document, Element, Post, PublicDocument, Reference, Version
from apps.content.services import freezing
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import dumps
from apps.core.events import Event, emit
from apps.core.models import Due
from apps.core.services import due
from apps.media.services import uses

MAX_REFERRERS = 50


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


def save_version(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Counts a new version, saves the document and keeps the version whole."""
    document.version += 1
    document.updated_at = now
    document.save()
    Version.objects.create(
        doc_type=document.doc_type,
        doc_id=document.pk,
        number=document.version,
        source=dumps(document.snapshot()).decode(),
        author_id=actor.id if actor.kind == "user" else None,
        run=actor.run,
        created_at=now,
    )
    if isinstance(document, Element):
        data = document.data
        freezing.record_references("element", document.pk, document.site_id, document.type.schema, data, live=False)
        media = Reference.objects.filter(doc_type="element", doc_id=document.pk, target_type="media", live=False)
        uses.replace("element", document.pk, dict(media.values_list("field", "target_id")))


def publish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Makes the current version the public one and freezes it."""
    document.published_version = document.version
    document.published_at = document.published_at or now
    document.publish_at = None
    document.updated_at = now
    document.save(update_fields=["published_version", "published_at", "publish_at", "updated_at"])
    due.cancel(tenant_id=document.site.tenant_id, kind="content.publish", subject=_subject(document))
    row = PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk).first() or PublicDocument(
        doc_type=document.doc_type, doc_id=document.pk, site_id=document.site_id
    )
    row.locale, row.updated_at = document.locale, now
    row.source = dumps(document.snapshot()).decode()
    event: Event
    if isinstance(document, Element):
        schema = document.type.schema
        row.type_key = document.type.key
        freezing.record_references("element", document.pk, document.site_id, schema, document.data, live=True)
        freezing.freeze(row, schema)
        event = ElementPublished(type_key=document.type.key, **about(document))
    else:
        row.slug = getattr(document, "slug", "")
        freezing.freeze(row)
        event = PostPublished(**about(document))
    row.save()
    emit(event, actor=actor, tenant_id=document.site.tenant_id)


def unpublish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Takes the public version away; the working version stays as it is."""
    document.published_version, document.published_at, document.publish_at = None, None, None
    document.updated_at = now
    document.save(update_fields=["published_version", "published_at", "publish_at", "updated_at"])
    due.cancel(tenant_id=document.site.tenant_id, kind="content.publish", subject=_subject(document))
    withdraw(document)
    event: Event
    if isinstance(document, Element):
        event = ElementUnpublished(type_key=document.type.key, **about(document))
    else:
        event = PostUnpublished(**about(document))
    emit(event, actor=actor, tenant_id=document.site.tenant_id)


def withdraw(document: Document) -> None:
    PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk, live=True).delete()


def trash(document: Document, *, force: bool, now: datetime.datetime) -> None:
    """Puts the document into the trash, out of sight of everybody; refused with the referrers unless forced."""
    rows = Reference.objects.filter(target_type=document.doc_type, target_id=document.pk)
    referrers = list(rows.values("doc_type", "doc_id", "field").distinct()[:MAX_REFERRERS])
    if referrers and not force:
        raise InUse(referrers=referrers)
    withdraw(document)
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    uses.replace(document.doc_type, document.pk, {})
    due.cancel(tenant_id=document.site.tenant_id, kind="content.publish", subject=_subject(document))
    document.published_version, document.published_at, document.publish_at = None, None, None
    document.deleted_at = document.updated_at = now
    document.save()


def schedule(document: Document, at: datetime.datetime) -> None:
    """Plans to publish the document at that time."""
    document.publish_at = at
    document.save(update_fields=["publish_at"])
    due.plan(tenant_id=document.site.tenant_id, kind="content.publish", subject=_subject(document), at=at)


def publish_due(row: Due) -> None:
    """Due: the time to publish a document has come."""
    doc_type, _, doc_id = row.subject.partition(":")
    model: Any = Post if doc_type == "post" else Element
    document = model.objects.select_for_update(of=("self",)).filter(pk=doc_id, deleted_at=None).first()
    if document is not None and document.publish_at is not None:
        actor = Actor.system(because="scheduled publishing", tenant_id=row.tenant_id)
        publish(document, actor=actor, now=timezone.now())


def about(document: Document) -> dict[str, Any]:
    """The members that every event of a document has."""
    return {
        "subject_id": document.pk,
        "label": document.label,
        "version": document.version,
        "site_id": document.site_id,
    }


def _subject(document: Document) -> str:
    return f"{document.doc_type}:{document.pk}"
