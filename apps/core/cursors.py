"""Long lists that grow at their beginning: newest first, a cursor instead of a page number, and no total."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from rest_framework import serializers

from apps.core.query import MAX_PAGE_SIZE, Query

_SALT = "core.cursor"


class CursorField(serializers.CharField):
    """The `next` of an earlier answer, as the id that it stands for; anything else is 400."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return int(signing.loads(super().to_internal_value(data), salt=_SALT))
        except (signing.BadSignature, ValueError, TypeError):
            raise serializers.ValidationError("This is no cursor of ours.", code="invalid") from None


class CursorQuery(Query):
    """`limit` up to 500, and `cursor`: the `next` of the answer before."""

    limit = serializers.IntegerField(
        default=50, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Items to answer with."
    )
    cursor = CursorField(required=False, help_text="`next` of the answer before; absent: the newest.")


@dataclass(frozen=True, slots=True)
class CursorPage:
    """Some items, and where the next ones begin; `next` is None at the end."""

    items: Sequence[Any]
    next: str | None

    def envelope(self, items: Any) -> dict[str, Any]:
        return {"items": items, "next": self.next}


def cursor_page_of(rows: QuerySet[Any], query: dict[str, Any]) -> CursorPage:
    """The page that a `CursorQuery` asks for, by falling ids: one statement, whatever comes in meanwhile."""
    if query.get("cursor"):
        rows = rows.filter(pk__lt=query["cursor"])
    found = list(rows.order_by("-pk")[: query["limit"] + 1])
    items = found[: query["limit"]]
    more = len(found) > len(items)
    return CursorPage(items, signing.dumps(items[-1].pk, salt=_SALT) if more else None)
