"""What refers to what is recorded with every save, so that neither deleting nor freezing has to search for it."""

from collections.abc import Iterable

from apps.content.models import Document, Reference
from apps.content.schemas import Found
from apps.media.services import uses


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
