"""What refers to what is recorded with every save, so that neither deleting nor freezing has to search for it."""

from collections.abc import Iterable

from apps.content import selectors
from apps.content.models import Document, Reference
from apps.content.schemas import Found
from apps.core import errors
from apps.media.services import uses
from apps.sites.models import Site


def require_targets(site: Site, found: Iterable[Found], *, before: Iterable[Found] = (), prefix: str = "") -> None:
    """400 for references to what is not in this site: ids in a body are checked like ids in an address.

    What is referred to already (`before`) may be gone meanwhile; an edit elsewhere must not fail for it.
    """
    kept = {(f.target, f.id) for f in before}
    fresh = [f for f in found if (f.target, f.id) not in kept]
    missing = selectors.missing_targets(site, {(f.target, f.id) for f in fresh})
    faults = [
        {"field": f"{prefix}{f.path}", "message": f"There is no {f.target} {f.id} here.", "code": "reference"}
        for f in fresh
        if (f.target, f.id) in missing
    ]
    if not faults and (typed := [f for f in fresh if f.types]):
        # Elements that a field refers to are of the types that the field names, if it names any.
        keys = selectors.keys_of_elements(site, {f.id for f in typed})
        faults = [
            {"field": f"{prefix}{f.path}", "message": f"This is no {' or '.join(f.types)}.", "code": "reference_type"}
            for f in typed
            if keys.get(f.id) not in f.types
        ]
    if faults:
        raise errors.Invalid(errors=faults)


def record(document: Document, found: Iterable[Found], *, live: bool, locale: str = "", fresh: bool = False) -> None:
    """Replaces the recorded references of one version of a document, or of its translation, by those found.

    `fresh`: nothing is recorded of it yet.
    """
    made = [
        Reference(
            site_id=document.site_id,
            doc_type=document.doc_type,
            doc_id=document.pk,
            locale=locale,
            field=reference.path[:300],
            target_type=reference.target,
            target_id=reference.id,
            live=live,
        )
        for reference in found
        if 0 < reference.id < 2**63
    ]
    if fresh and not made:
        return
    rows = Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk)
    if not fresh:
        rows.filter(live=live, locale=locale).delete()
    Reference.objects.bulk_create(made)
    if not live:
        media = made if fresh else rows.filter(live=False)
        shown = {
            f"{row.locale}:{row.field}" if row.locale else row.field: row.target_id
            for row in media
            if row.target_type == "media"
        }
        uses.replace(document.doc_type, document.pk, shown, fresh=fresh)


def forget(document: Document) -> None:
    """The document refers to nothing any more."""
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    uses.replace(document.doc_type, document.pk, {})
