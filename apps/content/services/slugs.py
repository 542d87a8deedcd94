"""Slugs: taken, given back, remembered. Call inside the transaction that saves the document."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.content.errors import SlugTaken
from apps.content.models import PublicDocument, Slug


def take(*, site_id: int, doc_type: str, doc_id: int, locale: str, slug: str) -> None:
    """Makes the slug the document's in that locale; the one it had goes on leading to it until somebody takes it.

    409 when another document has it now, or is still public under it while a draft of it has another.
    """
    row = Slug.objects.select_for_update().filter(site_id=site_id, doc_type=doc_type, locale=locale, slug=slug).first()
    if row is not None and row.current and row.doc_id == doc_id:
        return
    if row is not None and row.doc_id != doc_id and (row.current or _still_public(row)):
        raise SlugTaken
    release(doc_type, doc_id, locale=locale)
    if row is not None:
        Slug.objects.filter(pk=row.pk).update(doc_id=doc_id, current=True)
        return
    try:
        with transaction.atomic():
            Slug.objects.create(site_id=site_id, doc_type=doc_type, doc_id=doc_id, locale=locale, slug=slug)
    except IntegrityError as error:
        raise SlugTaken from error


def release(doc_type: str, doc_id: int, *, locale: str | None = None) -> None:
    """The document's slugs (in one locale or all) are free for others from now on, and lead to it until taken."""
    rows = Slug.objects.filter(doc_type=doc_type, doc_id=doc_id, current=True)
    (rows if locale is None else rows.filter(locale=locale)).update(current=False)


def remember(document: Any, slug: str) -> None:
    """The slug leads to the document too, in its locale, unless a document has or had it."""
    Slug.objects.bulk_create(
        [
            Slug(
                site_id=document.site_id,
                doc_type=document.doc_type,
                doc_id=document.pk,
                locale=document.locale,
                slug=slug,
                current=False,
            )
        ],
        ignore_conflicts=True,
    )


def _still_public(row: Slug) -> bool:
    same = {name: getattr(row, name) for name in ("site_id", "doc_type", "doc_id", "locale", "slug")}
    return PublicDocument.objects.filter(**same).exists()
