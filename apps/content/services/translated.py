"""What happens to a document's translations when something happens to the document: the one place for it.

Saving judges whether they still say the same (`follow_text`), publishing freezes those that are published with the
document's new text under them (`follow_published`). Taking back and trashing remove all public rows and references of
a document, those of its translations among them; the translations themselves stay, published as they were, and come
back with the document: `bring_back` when it leaves the trash. Purging deletes them with versions and slugs.
"""

from typing import Any

from django.db.models import Case, Value, When

from apps.content.delivery import tags_of
from apps.content.errors import OwnLocale
from apps.content.models import Document, PublicDocument, Translation, laid_over
from apps.content.selectors import free_slug, translations_of
from apps.content.services import freezing, references, slugs
from apps.core.delivery import touch
from apps.core.encoding import dumps, loads


def follow_text(document: Document, snapshot: dict[str, Any]) -> None:
    """Marks the translations of what now is another text as outdated, and of what is the same again as not.

    409 when the document would be in the locale of one of them.
    """
    rows = translations_of(document)
    found = set(rows.values_list("locale", flat=True))
    if document.locale in found:
        raise OwnLocale
    if found:
        same = When(fingerprint=document.fingerprint(snapshot), then=Value(False))
        rows.update(outdated=Case(same, default=Value(True)))


def follow_published(document: Document, original: PublicDocument) -> None:
    """Freezes all published translations anew from the row that the document has just got."""
    for translation in translations_of(document).exclude(published_version=None).order_by("locale"):
        freeze(translation, document, original)


def freeze(translation: Translation, document: Document, original: PublicDocument) -> None:
    """Makes the public row of a published translation: its text over that of the document's public version.

    The row has the document's public time: a translation moves neither that nor the order of lists.
    """
    members = loads(translation.published_source)
    source = laid_over(loads(original.source), members)
    row = PublicDocument.objects.filter(
        doc_type=document.doc_type, doc_id=document.pk, locale=translation.locale
    ).first() or PublicDocument(
        doc_type=document.doc_type, doc_id=document.pk, locale=translation.locale, original=False
    )
    row.site_id, row.type_key, row.updated_at = original.site_id, original.type_key, original.updated_at
    row.slug = members.get("slug", "")
    row.source = dumps(source).decode()
    references.record(document, document.references_in(source), live=True, locale=translation.locale)
    freezing.freeze(row, document)
    row.save()
    touch(*tags_of(row.site_id, row.doc_type, row.doc_id, row.type_key))


def thaw(translation: Translation, document: Document) -> None:
    """Nothing of the translation is public any more."""
    rows = PublicDocument.objects.filter(doc_type=document.doc_type, doc_id=document.pk, original=False)
    if row := rows.filter(locale=translation.locale).first():
        touch(*tags_of(row.site_id, row.doc_type, row.doc_id, row.type_key))
        row.delete()
    references.record(document, (), live=True, locale=translation.locale)


def hold(translation: Translation, document: Document) -> None:
    """Takes the slug that the translation has of its own, and records what it refers to by itself."""
    where = {"doc_type": document.doc_type, "doc_id": document.pk, "locale": translation.locale}
    members = translation.members
    if slug := members.get("slug"):
        slugs.take(site_id=document.site_id, slug=slug, **where)
    else:
        slugs.release(document.doc_type, document.pk, locale=translation.locale)
    nothing: dict[str, Any] = {"data": {}, "page_elements": [], "seo": {}}
    references.record(document, document.references_in(nothing | members), live=False, locale=translation.locale)


def bring_back(document: Document) -> None:
    """Call when a document leaves the trash: its translations have slugs and references again.

    A slug that somebody else has taken meanwhile gets a number.
    """
    for translation in translations_of(document).order_by("locale"):
        if slug := translation.members.get("slug"):
            free = free_slug(document.site_id, document.doc_type, translation.locale, slug)
            translation.members = translation.members | {"slug": free}
            public = loads(translation.published_source)
            if public.get("slug") == slug:
                translation.published_source = dumps(public | {"slug": free}).decode()
            translation.save(update_fields=["source", "published_source"])
        hold(translation, document)
