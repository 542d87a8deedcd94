"""Public documents as a reader of some locale gets them."""

from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.content.models import PublicDocument


def shown(rows: QuerySet[PublicDocument], chain: list[str]) -> QuerySet[Any]:
    """Rows of documents with `shown_body` and `shown_etag`: in the first locale of the chain in which the document is
    public, else the row's own. Part of the same SELECT, by an index for each row that is answered.
    """
    if not chain:
        return rows.annotate(shown_body=F("body"), shown_etag=F("etag"))
    place = Case(*(When(locale=tag, then=Value(number)) for number, tag in enumerate(chain)))
    best = PublicDocument.objects.filter(
        doc_type=OuterRef("doc_type"), doc_id=OuterRef("doc_id"), locale__in=chain
    ).order_by(place)
    return rows.annotate(
        shown_body=Coalesce(Subquery(best.values("body")[:1]), F("body")),
        shown_etag=Coalesce(Subquery(best.values("etag")[:1]), F("etag")),
    )
