"""The publishing life that documents share: save a version, publish it, take it back.

Locks are taken in one order: the document, then what it refers to by kind and id. Every function here runs inside
the transaction of the service that calls it.
"""

import datetime
from typing import Any

from apps.content import events
from apps.content.models import Document, Element, PublicDocument, Reference, Version
from apps.content.services import freezing, references, slugs, translated, uniques
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import dumps
from apps.core.events import emit
from apps.core.services import due

PUBLISH, UNPUBLISH = "content.publish", "content.unpublish"


def require_may_change(actor: Actor, document: Document) -> None:
    """Without `content.others` one reaches one's own work only, and only while it is not public.

    What is planned to become public nobody changes who may not publish: the change would be public by itself.
    """
    if document.publish_at and not actor.may("content.publish", document.site_id):
        raise errors.Forbidden
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
    elif published is False and document.publish_at:
        withdraw(document)
        document.save(update_fields=["publish_at", "unpublish_at"])
        tell(document, "Saved", actor=actor)
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
    uniques.take(document)
    translated.follow_text(document, snapshot)


def publish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Makes the current version the public one and freezes it."""
    if document.publish_at:
        due.cancel(tenant_id=document.site.tenant_id, kind=PUBLISH, subject=subject(document))
    document.published_version = document.version
    document.published_at = document.published_at or now
    document.publish_at = None
    document.updated_at = now
    document.save(update_fields=["published_version", "published_at", "publish_at", "updated_at"])
    versions = Version.objects.filter(doc_type=document.doc_type, doc_id=document.pk, number=document.version)
    versions.update(published_at=now)
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
    for kind, at in ((PUBLISH, document.publish_at), (UNPUBLISH, document.unpublish_at)):
        if at:
            due.cancel(tenant_id=document.site.tenant_id, kind=kind, subject=subject(document))
    document.published_version = document.published_at = document.publish_at = document.unpublish_at = None
    PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk, live=True).delete()


def tell(document: Document, verb: str, *, actor: Actor, **more: Any) -> None:
    """Emits what happened to the document: `ElementSaved`, `PostPublished`…"""
    event = events.of(document.doc_type, verb)
    emit(event(**about(document), **more), actor=actor, tenant_id=document.site.tenant_id)


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
