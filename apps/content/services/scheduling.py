"""Publishing and taking back, now or later, of any kind of document.

A time that has come means now, `None` cancels a plan, a new time replaces it. What is published at its time is the
version of that moment; who may not publish cannot change a document while it is planned.

A deed that finds its document locked is done a second later: whoever holds it may be about to cancel the plan, and
waits for the plan's row, which is ours.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.models import DOCUMENTS, Document, Page
from apps.content.services import publishing, refreezing, tree
from apps.content.services.publishing import PUBLISH, UNPUBLISH
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.encoding import stamp
from apps.core.models import Due
from apps.core.services import due
from apps.sites.models import Site

FARTHEST = datetime.timedelta(days=3653)
SOON = datetime.timedelta(seconds=1)
KINDS = {"publish_at": PUBLISH, "unpublish_at": UNPUBLISH}

Times = Mapping[str, datetime.datetime | None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a save shall do about the public: `published` now (None: no word of it), and what remains for later."""

    published: bool | None
    draft: bool
    times: Times


def wish(times: Times | None, *, published: bool | None, draft: bool, now: datetime.datetime) -> Wish:
    """Turns times that have come into now; a change that shall be public later stands beside the public version.

    400 for a time more than ten years ahead, and for two that contradict each other.
    """
    later: dict[str, datetime.datetime | None] = {}
    for name, at in (times or {}).items():
        if at is not None and at > now + FARTHEST:
            raise _fault(name, "At most ten years ahead.")
        if at is None or at > now:
            later[name] = at
            continue
        if published is not None and published != (name == "publish_at"):
            raise _fault(name, "This contradicts what else is asked for now.")
        published = name == "publish_at"
    planned = later.get("publish_at") is not None
    if planned and published:
        raise _fault("publish_at", "Now or later, not both.")
    return Wish(published, draft or planned, later)


def plan(document: Document, times: Times, *, actor: Actor) -> None:
    """Plans or cancels; call in the transaction that holds the document. Says so in an event if anything changed."""
    changed = {name: at for name, at in times.items() if getattr(document, name) != at}
    if not changed:
        return
    for name, at in changed.items():
        setattr(document, name, at)
    if document.publish_at and document.unpublish_at and document.unpublish_at <= document.publish_at:
        raise _fault("unpublish_at", "It must come after publish_at.")
    document.save(update_fields=list(changed))
    for name, at in changed.items():
        where = {"tenant_id": document.site.tenant_id, "kind": KINDS[name], "subject": publishing.subject(document)}
        if at is None:
            due.cancel(**where)
        else:
            due.plan(**where, at=at)
    said = {name: stamp(at) if (at := getattr(document, name)) else None for name in KINDS}
    publishing.tell(document, "Scheduled", actor=actor, **said)


def plan_again(document: Document) -> None:
    """Plans what the row says, as after the restoration of an archive."""
    for name, kind in KINDS.items():
        if (at := getattr(document, name)) is not None and document.deleted_at is None:
            tenant_id = document.site.tenant_id
            due.plan(tenant_id=tenant_id, kind=kind, subject=publishing.subject(document), at=at)


@transaction.atomic
def publish(
    *, actor: Actor, site: Site, doc_type: str, doc_id: int, times: Times | None = None, if_match: str = ""
) -> Any:
    """Publishes the working version now or at `publish_at`, until `unpublish_at` if that is given.

    When all of it is public already nothing happens and nothing is told.
    """
    document = _held(actor, site, doc_type, doc_id, if_match)
    now = timezone.now()
    wanted = wish(times, published=None, draft=False, now=now)
    if wanted.published is False:
        raise _fault("unpublish_at", "It must come after publish_at.")
    if "publish_at" not in wanted.times:
        _publish(document, actor=actor, now=now)
    plan(document, wanted.times, actor=actor)
    _follow(document, actor)
    return document


@transaction.atomic
def unpublish(
    *, actor: Actor, site: Site, doc_type: str, doc_id: int, times: Times | None = None, if_match: str = ""
) -> Any:
    """Takes the document back from the public now, or at `unpublish_at`. Now also cancels what is planned."""
    document = _held(actor, site, doc_type, doc_id, if_match)
    now = timezone.now()
    wanted = wish(times, published=None, draft=False, now=now)
    if "unpublish_at" in wanted.times:
        plan(document, wanted.times, actor=actor)
    elif document.published:
        publishing.unpublish(document, actor=actor, now=now)
    else:
        plan(document, dict.fromkeys(KINDS), actor=actor)
    _follow(document, actor)
    return document


def publish_due(row: Due) -> None:
    """Due: the time to publish a document has come."""
    document = held_for(row)
    if document is not None and document.publish_at is not None and document.publish_at <= timezone.now():
        _publish(document, actor=_system(row), now=timezone.now())


def unpublish_due(row: Due) -> None:
    """Due: the time to take a document back has come; after its publication, should both be late."""
    document = held_for(row)
    if document is None or document.unpublish_at is None or document.unpublish_at > timezone.now():
        return
    if document.publish_at is not None and document.publish_at < document.unpublish_at:
        due.again(row, after=SOON)
    elif document.published:
        publishing.unpublish(document, actor=_system(row), now=timezone.now())
    else:
        document.unpublish_at = None
        document.save(update_fields=["unpublish_at"])


def held_for(row: Due, *, trashed: bool = False) -> Any:
    """The document that the plan is for, locked; None when it is gone, or at work elsewhere: then it is done again."""
    doc_type, _, doc_id = row.subject.partition(":")
    model: Any = DOCUMENTS[doc_type]
    rows = model.objects.filter(pk=doc_id, deleted_at__isnull=not trashed)
    found = rows.select_for_update(of=("self",), skip_locked=True).first()
    if found is None and rows.exists():
        due.again(row, after=SOON)
    return found


def _publish(document: Document, *, actor: Actor, now: datetime.datetime) -> None:
    if not document.published or document.has_draft:
        publishing.publish(document, actor=actor, now=now)
    else:
        plan(document, {"publish_at": None}, actor=actor)


def _held(actor: Actor, site: Site, doc_type: str, doc_id: int, if_match: str) -> Any:
    if doc_type == "page":
        tree.lock(site.pk)
    document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id, lock=True)
    publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, document)
    etag.require(if_match, document.etag)
    return document


def _follow(document: Document, actor: Actor) -> None:
    """What stands below a page has its slug in the path."""
    if isinstance(document, Page):
        refreezing.readdress(document.pk, actor=actor)


def _system(row: Due) -> Actor:
    return Actor.system(because="scheduled publishing", tenant_id=row.tenant_id)


def _fault(field: str, message: str) -> errors.Invalid:
    return errors.Invalid(errors=[{"field": field, "message": message, "code": "time"}])
