"""Public documents as a reader of some locale gets them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.content.models import PublicDocument


def shown(
    rows: QuerySet[PublicDocument], chain: list[str], columns: Iterable[str] = ("body", "etag", "frozen_at")
) -> QuerySet[Any]:
    """Rows of documents with `shown_{column}`: that of the first locale of the chain in which the document is public,
    else the row's own. Part of the same SELECT, by an index for each row that is answered.
    """
    if not chain:
        return rows.annotate(**{f"shown_{column}": F(column) for column in columns})
    place = Case(*(When(locale=tag, then=Value(number)) for number, tag in enumerate(chain)))
    best = PublicDocument.objects.filter(
        doc_type=OuterRef("doc_type"), doc_id=OuterRef("doc_id"), locale__in=chain
    ).order_by(place)
    found = {f"shown_{column}": Coalesce(Subquery(best.values(column)[:1]), F(column)) for column in columns}
    return rows.annotate(**found)
