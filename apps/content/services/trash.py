"""The trash: where deleted documents wait for 30 days, from which they come back or leave for good."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.errors import InUse, NotInTrash
from apps.content.models import (
    DOCUMENTS,
    Document,
    Element,
    Imported,
    Page,
    PublicDocument,
    Reference,
    Slug,
    Translation,
    UniqueValue,
    Version,
)
from apps.content.selectors import referrers
from apps.content.services import publishing, references, scheduling, slugs, translated, uniques
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import due
from apps.media.models import Use
from apps.sites.models import ElementSite, Site
from apps.sites.services import usage

KEPT = datetime.timedelta(days=30)
PURGE = "content.purge"
MAX_REFERRERS = 50

# All that hangs on a document, by `doc_type` and `doc_id`; a new table of that kind is listed here and nowhere else.
BELONGINGS: tuple[type[models.Model], ...] = (Version, PublicDocument, Translation, Reference, Slug, Use, Imported)


def put(document: Document, *, actor: Actor, force: bool, now: datetime.datetime) -> None:
    """Takes the document out of everybody's sight, frees its slugs and unique values; 409 with referrers unless forced.

    Call inside the transaction of the service that deletes. It leaves for good after 30 days.
    """
    found = referrers(document.doc_type, document.pk).exclude(doc_type=document.doc_type, doc_id=document.pk)
    listed = list(found.values("doc_type", "doc_id", "field").distinct()[:MAX_REFERRERS])
    if listed and not force:
        raise InUse(referrers=listed)
    publishing.withdraw(document)
    references.forget(document)
    uniques.release(document)
    slugs.release(document.doc_type, document.pk)
    document.deleted_at = document.updated_at = now
    document.deleted_by_id = actor.id if actor.kind == "user" else None
    document.save()
    due.plan(**_plan(document), at=now + KEPT)
    publishing.tell(document, "Deleted", actor=actor)
    if isinstance(document, Element):
        usage.give_back(document.site.tenant_id, "elements", 1)


@transaction.atomic
def delete(
    *,
    actor: Actor,
    site: Site,
    doc_type: str,
    doc_id: int,
    force: bool = False,
    purge: bool = False,
    if_match: str = "",
) -> None:
    """Moves a document to the trash; with `purge` it is gone at once and for good, from the trash too.

    409 with those that refer to it unless forced.
    """
    if not actor.may("content.delete", site.pk):
        raise errors.Forbidden
    document = _held(actor, site, doc_type, doc_id, if_match, anywhere=purge)
    if document.deleted_at is None:
        put(document, actor=actor, force=force, now=timezone.now())
    if purge:
        _purge(document, actor=actor)


@dataclass(frozen=True, slots=True)
class Restored:
    """A document out of the trash; `slug_before` is what it was called there."""

    document: Any
    slug_before: str | None

    @property
    def etag(self) -> str:
        found: str = self.document.etag
        return found


@transaction.atomic
def restore(*, actor: Actor, site: Site, doc_type: str, doc_id: int, if_match: str = "") -> Restored:
    """Brings a document back as a draft, in a new version; nothing of it is public before it is published again.

    A slug that somebody took meanwhile becomes the next free one. A page whose parent is gone comes back at the top.
    409 (`content.trash.not_there`) when it is not in the trash, and when the tenant has as many elements as it may.
    """
    document = _held(actor, site, doc_type, doc_id, if_match, anywhere=True)
    if document.deleted_at is None:
        raise NotInTrash
    document.deleted_at = document.deleted_by_id = None
    if isinstance(document, Page) and document.parent is not None and document.parent.deleted_at is not None:
        document.parent = None
    slug: str | None = getattr(document, "slug", None)
    if slug:
        document.slug = selectors.free_slug(site.pk, doc_type, document.locale, slug, but=document.pk)
    due.cancel(**_plan(document))
    publishing.save_version(document, actor=actor, now=timezone.now())
    translated.bring_back(document)
    publishing.tell(document, "Restored", actor=actor)
    if isinstance(document, Element):
        usage.take(site.tenant, "elements", 1)
    return Restored(document, slug)


@transaction.atomic
def purge(*, actor: Actor, site: Site, doc_type: str, doc_id: int, if_match: str = "") -> None:
    """Deletes for good what is in the trash, with all its versions; 409 when it is not there."""
    if not actor.may("content.delete", site.pk):
        raise errors.Forbidden
    document = _held(actor, site, doc_type, doc_id, if_match, anywhere=True)
    if document.deleted_at is None:
        raise NotInTrash
    _purge(document, actor=actor)


def purge_due(row: Due) -> None:
    """Due: the document's 30 days in the trash are over."""
    document = scheduling.held_for(row, trashed=True)
    if document is not None and document.deleted_at + KEPT <= timezone.now():
        _purge(document, actor=Actor.system(because="30 days in the trash", tenant_id=row.tenant_id))


def erase(doc_type: str, ids: Collection[int]) -> None:
    """Removes documents with all that hangs on them; the caller has locked them and says so in an event."""
    for model in BELONGINGS:
        model._default_manager.filter(doc_type=doc_type, doc_id__in=ids).delete()
    if doc_type == "element":
        UniqueValue.objects.filter(element_id__in=ids).delete()
        ElementSite.objects.filter(element_id__in=ids).delete()
    if doc_type == "page":
        Page.objects.filter(parent_id__in=ids).update(parent=None)
    rows: Any = DOCUMENTS[doc_type]
    rows.objects.filter(pk__in=ids).delete()


def plan_again(document: Document) -> None:
    """Plans the end of what lies in the trash, as after the restoration of an archive."""
    if document.deleted_at is not None:
        due.plan(**_plan(document), at=document.deleted_at + KEPT)


def _purge(document: Document, *, actor: Actor) -> None:
    due.cancel(**_plan(document))
    publishing.tell(document, "Purged", actor=actor)
    erase(document.doc_type, [document.pk])


def _plan(document: Document) -> dict[str, Any]:
    return {"tenant_id": document.site.tenant_id, "kind": PURGE, "subject": publishing.subject(document)}


def _held(actor: Actor, site: Site, doc_type: str, doc_id: int, if_match: str, *, anywhere: bool) -> Any:
    document = selectors.document_for(
        doc_type, actor=actor, site=site, doc_id=doc_id, lock=True, trashed=None if anywhere else False
    )
    etag.require(if_match, document.etag)
    publishing.require_may_change(actor, document)
    return document
