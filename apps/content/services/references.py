"""What refers to what is recorded with every save, so that neither deleting nor freezing has to search for it."""

from collections.abc import Iterable

from apps.content.models import Document, Reference
from apps.content.schemas import Found
from apps.content.selectors import missing_targets
from apps.core import errors
from apps.media.services import uses
from apps.sites.models import Site


def require(site: Site, found: Iterable[Found], *, kept: Iterable[Found] = (), under: str = "") -> None:
    """Ids in a document like ids in an address: of this site, or refused.

    What it refers to already (`kept`) may be gone meanwhile; an edit elsewhere in it must not fail for that.
    `under` stands before the fields in what is said of them.
    """
    before = {(reference.target, reference.id) for reference in kept}
    fresh = [reference for reference in found if (reference.target, reference.id) not in before]
    missing = missing_targets(site, {(reference.target, reference.id) for reference in fresh})
    if faults := [reference for reference in fresh if (reference.target, reference.id) in missing]:
        raise errors.Invalid(
            errors=[
                {"field": f"{under}{f.path}", "message": f"There is no {f.target} {f.id} here.", "code": "reference"}
                for f in faults
            ]
        )


def record(document: Document, found: Iterable[Found], *, live: bool, locale: str = "") -> None:
    """Replaces the recorded references of one version of a document, or of its translation, by those found."""
    rows = Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk)
    rows.filter(live=live, locale=locale).delete()
    Reference.objects.bulk_create(
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
    )
    if not live:
        media = rows.filter(target_type="media", live=False).values_list("locale", "field", "target_id")
        shown = {f"{locale}:{field}" if locale else field: target for locale, field, target in media}
        uses.replace(document.doc_type, document.pk, shown)


def forget(document: Document) -> None:
    """The document refers to nothing any more."""
    Reference.objects.filter(doc_type=document.doc_type, doc_id=document.pk).delete()
    uses.replace(document.doc_type, document.pk, {})
