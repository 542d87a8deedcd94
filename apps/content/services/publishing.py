"""The publishing life that documents share: save a version, publish it, take it back.

Locks are taken in one order: the document, then what it refers to by kind and id. Every function here runs inside
the transaction of the service that calls it.
"""

import datetime
from typing import Any

from apps.content import events
from apps.content.models import Document, Element, PublicDocument, Reference, Version
from apps.content.services import freezing, references, slugs, translated, uniques
from apps.core import errors, rows
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
    may, fresh = actor.may("content.publish", document.site_id), document.version == 0
    public = may and published is not False and bool(published or (document.published and not draft))
    if public:
        _mark(document, document.version + 1, now=now)
    snapshot = save_version(document, actor=actor, now=now, public=public)
    if public:
        _show(document, snapshot, actor=actor, now=now, fresh=fresh)
    elif published is False and document.published:
        unpublish(document, actor=actor, now=now)
    elif published is False and document.publish_at:
        withdraw(document)
        document.save(update_fields=["publish_at", "unpublish_at"])
        tell(document, "Saved", actor=actor)
    else:
        tell(document, "Saved", actor=actor)


def save_version(document: Document, *, actor: Actor, now: datetime.datetime, public: bool = False) -> dict[str, Any]:
    """Counts a new version, saves the document with its slug and references, and keeps the version whole.

    `public`: it is the one that the public is about to see. What a document of before has left behind is not looked
    for when this one is new.
    """
    fresh = document.version == 0
    document.version += 1
    document.updated_at = now
    if fresh:
        rows.insert(document)
    else:
        document.save()
    snapshot = document.snapshot()
    rows.insert(
        Version(
            doc_type=document.doc_type,
            doc_id=document.pk,
            number=document.version,
            source=dumps(snapshot).decode(),
            author_id=actor.id if actor.kind == "user" else None,
            run=actor.run,
            created_at=now,
            published_at=now if public else None,
        ),
        later=fresh,
    )
    if slug := snapshot.get("slug"):
        slugs.take(
            site_id=document.site_id,
            doc_type=document.doc_type,
            doc_id=document.pk,
            locale=document.locale,
            slug=slug,
        )
    references.record(document, document.references_in(snapshot), live=False, fresh=fresh)
    uniques.take(document)
    if not fresh:
        translated.follow_text(document, snapshot)
    return snapshot


def publish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    """Makes the current version the public one and freezes it."""
    _mark(document, document.version, now=now)
    document.updated_at = now
    document.save(update_fields=["published_version", "published_at", "publish_at", "updated_at"])
    versions = Version.objects.filter(doc_type=document.doc_type, doc_id=document.pk, number=document.version)
    versions.update(published_at=now)
    _show(document, document.snapshot(), actor=actor, now=now, fresh=False)


def _mark(document: Document, version: int, *, now: datetime.datetime) -> None:
    """The version is the public one; the caller saves the document."""
    if document.publish_at:
        due.cancel(tenant_id=document.site.tenant_id, kind=PUBLISH, subject=subject(document))
    document.published_version = version
    document.published_at = document.published_at or now
    document.publish_at = None


def _show(document: Document, snapshot: dict[str, Any], *, actor: Actor, now: datetime.datetime, fresh: bool) -> None:
    """Freezes the version for the public; `fresh` when nothing of the document was ever public."""
    mine = {"doc_type": document.doc_type, "doc_id": document.pk}
    row = None if fresh else PublicDocument.objects.filter(original=True, **mine).first()
    row = row or PublicDocument(site_id=document.site_id, **mine)
    row.locale, row.updated_at, row.slug = document.locale, now, snapshot.get("slug", "")
    row.source = dumps(snapshot).decode()
    if isinstance(document, Element):
        row.type_key = document.type.key
    references.record(document, document.references_in(snapshot), live=True, fresh=fresh)
    freezing.freeze(row, document)
    if fresh:
        rows.insert(row, later=True)
    else:
        row.save()
    if not fresh:
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
