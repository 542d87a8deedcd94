"""Query strings: allow-listed, typed, bounded. What is not declared is refused, never ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework import serializers

from apps.core import errors

MAX_PAGE_SIZE = 500


class FieldsField(serializers.CharField):
    """`fields=id,title`: the members that the answer's items shall have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=500, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return [name.strip() for name in super().to_internal_value(data).split(",") if name.strip()]


class Query(serializers.Serializer[Any]):
    """Base of all query strings; by itself it allows `fields` and `dry_run`.

    A member that is not declared, or stands twice, is 400 where the operation is strict (reads that need a token);
    anonymous reads and writes of known clients carry stray members, which are left out there.
    """

    fields_ = FieldsField(help_text="Members of each item to answer with, separated by commas.")
    dry_run = serializers.BooleanField(required=False, help_text="Validate and answer without any effect.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # `fields` is taken as an attribute name by serializers themselves.
        return {"fields": fields.pop("fields_"), **fields}

    def to_internal_value(self, data: Any) -> Any:
        if self.context.get("strict"):
            unknown = sorted(set(data) - set(self.fields))
            twice = sorted(key for key in data if isinstance(data, QueryDict) and len(data.getlist(key)) > 1)
            if unknown or twice:
                raise errors.Invalid(
                    errors=[
                        {"field": name, "message": "This is not known here.", "code": "unknown"} for name in unknown
                    ]
                    + [{"field": name, "message": "This stands more than once.", "code": "twice"} for name in twice]
                )
        # Of a form an absent boolean is False to serializers; of a query string it is absent.
        return super().to_internal_value(data.dict() if isinstance(data, QueryDict) else data)


class PageQuery(Query):
    """`page` from 1 and `size` up to 500."""

    page = serializers.IntegerField(default=1, min_value=1, max_value=1_000_000, help_text="From 1.")
    size = serializers.IntegerField(default=50, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Items a page.")


class SliceQuery(Query):
    """`limit` and `skip` of the anonymous lists."""

    limit = serializers.IntegerField(
        default=10, min_value=1, max_value=MAX_PAGE_SIZE, help_text="Items to answer with."
    )
    skip = serializers.IntegerField(default=0, min_value=0, max_value=100_000, help_text="Items to leave out first.")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with what clients page by."""

    items: Sequence[Any]
    total: int
    page: int
    size: int

    @property
    def has_next(self) -> bool:
        return self.page * self.size < self.total

    def envelope(self, items: Any) -> dict[str, Any]:
        return {
            "items": items,
            "total": self.total,
            "page": self.page,
            "size": self.size,
            "has_next": self.has_next,
        }


def page_of(rows: QuerySet[Any], query: dict[str, Any]) -> Page:
    """The page that a `PageQuery` asks for: two statements, whatever the size of the list."""
    page, size = query["page"], query["size"]
    start = (page - 1) * size
    return Page(list(rows[start : start + size]), rows.order_by().count(), page, size)


def slice_of(rows: Sequence[Any], query: dict[str, Any]) -> Page:
    """The page that a `PageQuery` asks for of what is at hand already."""
    page, size = query["page"], query["size"]
    return Page(rows[(page - 1) * size : page * size], len(rows), page, size)


def sorted_by(rows: QuerySet[Any], sort: str | None, *, default: str = "id") -> QuerySet[Any]:
    """Orders by an allow-listed field (a `ChoiceField` of the query), with the id to break ties."""
    field = sort or default
    tie = "-id" if field.startswith("-") else "id"
    return rows.order_by(field) if field.lstrip("-") == "id" else rows.order_by(field, tie)


def sparse(shape: type[serializers.BaseSerializer[Any]], data: Any, names: list[str] | None) -> Any:
    """Only the named members of each item; a name that the shape does not have is 400."""
    if not names:
        return data
    known = getattr(shape(), "fields", {})
    if unknown := [name for name in names if name not in known]:
        message = "This member does not exist."
        raise errors.Invalid(
            errors=[{"field": f"fields.{name}", "message": message, "code": "unknown"} for name in unknown]
        )
    if isinstance(data, list):
        return [{name: item[name] for name in names} for item in data]
    return {name: data[name] for name in names}
