"""Query strings: allow-listed, typed, bounded. What is not declared is refused, never ignored."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core import errors
from apps.core.filters import MAX_FILTERS, OPERATORS, Condition

MAX_PAGE_SIZE = 500
MAX_SORTS = 3
_FILTER = re.compile(r"filter\[([^\[\]\0]{1,200})\](?:\[([a-z_]{1,20})\])?")


class NamesField(serializers.CharField):
    """Names of up to `longest` characters separated by commas, as a list without doubles."""

    def __init__(self, *, most: int = 50, longest: int = 200, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(required=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        names = list(dict.fromkeys(filter(None, (name.strip() for name in super().to_internal_value(data).split(",")))))
        if len(names) > self.most or any(len(name) > self.longest or "\0" in name for name in names):
            message = f"At most {self.most} of up to {self.longest} characters are taken."
            raise serializers.ValidationError(message, code="max_length")
        return names


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "object"}]},
        "maxProperties": MAX_FILTERS,
    }
)
class FilterField(serializers.Field[Any, Any, Any, Any]):
    """All `filter[{member}][{operator}]={value}` of a query string, as `Condition`s; without an operator it is `eq`.

    It holds the grammar and the bounds only. Which members there are and what they are compared as, the operation
    says (`apps.core.filters.Holds`).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def get_value(self, dictionary: Any) -> Any:
        return {key: value for key, value in dictionary.items() if key.startswith("filter[")} or serializers.empty

    def to_internal_value(self, data: dict[str, str]) -> list[Condition]:
        if len(data) > MAX_FILTERS:
            raise serializers.ValidationError(f"At most {MAX_FILTERS} filters are taken.", code="max_length")
        return [self._condition(key, text) for key, text in data.items()]

    def _condition(self, key: str, text: str) -> Condition:
        found = _FILTER.fullmatch(key)
        operator = (found[2] or "eq") if found else ""
        if not found or operator not in OPERATORS:
            message = f"A filter is filter[member][operator], with one of {', '.join(OPERATORS)}."
            raise errors.Invalid(errors=[{"field": key[:300], "message": message, "code": "unknown"}])
        return Condition(found[1], operator, text)


class SortField(serializers.CharField):
    """Up to three keys separated by commas, `-` for descending, as (name, descending) pairs.

    A key is one of `choices`, or begins with one of `prefixes`: the operation then says whether it exists.
    """

    def __init__(self, *, choices: Sequence[str], prefixes: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.choices, self.prefixes = {choice.removeprefix("-") for choice in choices}, prefixes
        super().__init__(max_length=500, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        keys = super().to_internal_value(data).split(",")
        pairs = [(key.strip().removeprefix("-"), key.strip().startswith("-")) for key in keys]
        if len(pairs) > MAX_SORTS or len({name for name, _ in pairs}) < len(pairs):
            raise serializers.ValidationError(f"At most {MAX_SORTS} different keys are taken.", code="max_length")
        for name, _ in pairs:
            if name not in self.choices and not name.startswith(self.prefixes or ("\0",)):
                raise serializers.ValidationError(f"{name[:100]!r} is nothing to sort by.", code="unknown")
        return pairs


class Query(serializers.Serializer[Any]):
    """Base of all query strings; by itself it allows `fields` and `dry_run`.

    A member that is not declared, or stands twice, is 400 where the operation is strict (reads that need a token);
    anonymous reads and writes of known clients carry stray members, which are left out there.
    """

    fields_ = NamesField(
        help_text="Members of each item to answer with, separated by commas; a part of free JSON by its dotted path."
    )
    dry_run = serializers.BooleanField(required=False, help_text="Validate and answer without any effect.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        # `fields` is taken as an attribute name by serializers themselves.
        return {"fields": fields.pop("fields_"), **fields}

    def to_internal_value(self, data: Any) -> Any:
        if self.context.get("strict"):
            filters = isinstance(self.fields.get("filter"), FilterField)
            known = {key for key in data if key in self.fields and not (filters and key == "filter")}
            known |= {key for key in data if filters and key.startswith("filter[")}
            unknown = sorted(set(data) - known)
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
    """Only the named members of each item; a name that the shape does not have is 400.

    Behind a member that is free JSON a dotted path picks what stands there, in each item of a list on the way; what
    an item does not have is left out.
    """
    if not names:
        return data
    known = getattr(shape(), "fields", {})
    if unknown := [name for name in names if not _in_shape(known, name)]:
        message = "This member does not exist."
        raise errors.Invalid(
            errors=[{"field": f"fields.{name}", "message": message, "code": "unknown"} for name in unknown]
        )
    wanted: dict[str, Any] = {}
    for name in names:
        _grow(wanted, name.split("."))
    return _picked(data, wanted)


def _in_shape(known: Any, name: str) -> bool:
    first, dot, rest = name.partition(".")
    free = isinstance(known.get(first), serializers.JSONField | serializers.DictField)
    return first in known and (not dot or (free and all(rest.split("."))))


def _grow(wanted: dict[str, Any], path: list[str]) -> None:
    """Adds a path to the tree of what is wanted; None at a leaf means all of it, and wins over parts."""
    first, *rest = path
    if not rest or wanted.get(first, wanted) is None:
        wanted[first] = None
    else:
        _grow(wanted.setdefault(first, {}), rest)


def _picked(data: Any, wanted: dict[str, Any] | None) -> Any:
    if wanted is None:
        return data
    if isinstance(data, list):
        return [_picked(item, wanted) for item in data]
    if not isinstance(data, dict):
        return data
    return {name: _picked(data[name], inner) for name, inner in wanted.items() if name in data}
