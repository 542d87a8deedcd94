"""Versions: what a document was, brought back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import selectors
from apps.content.models import Document, Element
from apps.content.services import elements, publishing, references, slugs
from apps.core import etag
from apps.core.actor import Actor
from apps.core.encoding import loads
from apps.sites.models import Site


@transaction.atomic
def restore(
    *,
    actor: Actor,
    site: Site,
    doc_type: str,
    doc_id: int,
    number: int,
    draft: bool = False,
    if_match: str = "",
) -> Any:
    """Saves what a version holds as a new one; what the public sees follows as with any change.

    400 with the faults when the type's schema has changed so that the data fits no more, or when it refers to what
    is gone. A slug that is another document's by now is left as it is.
    """
    if doc_type == "element":
        elements.hold_type(site, doc_id)
    document = selectors.document_for(doc_type, actor=actor, site=site, doc_id=doc_id, lock=True)
    etag.require(if_match, document.etag)
    publishing.require_may_change(actor, document)
    snapshot = loads(selectors.version_for(document, number).version.source)
    _check(site, document, snapshot)
    if "slug" in snapshot:
        snapshot["slug"] = _slug(document, snapshot)
    document.apply(snapshot)
    publishing.save(document, actor=actor, published=None, draft=draft, now=timezone.now())
    return document


def _check(site: Site, document: Document, snapshot: dict[str, Any]) -> None:
    if isinstance(document, Element):
        elements.check(site, document.type, document.data_of(snapshot), before=document.data)
    else:
        before = document.references_in(document.snapshot())
        references.require_targets(site, document.references_in(snapshot), before=before)


def _slug(document: Any, snapshot: dict[str, Any]) -> str:
    """The version's slug, else the document's own, else the next free one; free in the version's locale."""
    locale = snapshot.get("locale", document.locale)
    if locale != document.locale:
        slugs.release(document.doc_type, document.pk, locale=document.locale)
    for slug in (snapshot["slug"], document.slug):
        free = selectors.free_slug(document.site_id, document.doc_type, locale, slug, but=document.pk)
        if free == slug:
            return free
    return free
