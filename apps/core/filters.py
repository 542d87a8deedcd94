"""Conditions on what rows hold: allow-listed members, typed values, one SQL text for each operator.

A condition is asked for as `filter[{member}][{operator}]={value}`. What a member is compared as decides which operators
it has and how a value is read; a value that cannot be read is refused, so that no text of a client's reaches SQL but as
a parameter.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import BooleanField, F, Field, Func

from apps.core import errors
from apps.core.encoding import dumps

MAX_FILTERS = 20
MAX_VALUES = 100
MAX_TEXT = 400

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)
# RFC 3339, a day alone is its first moment, and without an offset it is UTC.
_MOMENT = re.compile(
    r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was asked for; nothing of it is believed yet."""

    member: str
    operator: str
    text: str

    @property
    def name(self) -> str:
        return f"filter[{self.member}][{self.operator}]"

    def refused(self, message: str, code: str = "invalid") -> errors.Invalid:
        return errors.Invalid(errors=[{"field": self.name, "message": message, "code": code}])


class Comparable(Protocol):
    """What rows can be compared and sorted by. `kind` is a key of `KINDS`, `item` that of a list's members.

    `sql` gives the SQL that is compared, of the column's SQL, and `whole` that in which a text is looked for.
    """

    @property
    def kind(self) -> str: ...
    @property
    def column(self) -> str: ...
    @property
    def choices(self) -> tuple[Any, ...]: ...
    @property
    def item(self) -> str: ...
    def sql(self, column: str) -> str: ...
    def whole(self, column: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the row, compared as it is."""

    kind: str
    column: str
    choices: tuple[Any, ...] = ()
    item: str = "text"

    def sql(self, column: str) -> str:
        return column

    whole = sql


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("A number is expected.")
    return Decimal(text)


def _integer(text: str) -> Decimal:
    if not _INTEGER.fullmatch(text):
        raise ValueError("A whole number is expected.")
    return Decimal(text)


def _id(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not 0 <= int(text) < 2**63:
        raise ValueError("An id is expected.")
    return int(text)


def _text(text: str) -> str:
    if "\0" in text or len(text) > MAX_TEXT:
        raise ValueError(f"A text of up to {MAX_TEXT} characters is expected.")
    return text


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("`true` or `false` is expected.")
    return text == "true"


def moment(text: str) -> datetime.datetime:
    """An aware moment of a date or a date-time; `ValueError` for what is none."""
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError
        # Beyond microseconds nothing is kept.
        found = datetime.datetime.fromisoformat(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text).upper())
        return (found if found.tzinfo else found.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise ValueError("A date or a date-time (RFC 3339) is expected.") from None


@dataclass(frozen=True, slots=True)
class Kind:
    """How values are read, and the SQL of each operator: `{}` is what is compared, `%s` the value."""

    read: Callable[[str], Any]
    operators: Mapping[str, str]


_NULL = {"null": "{} IS NULL"}
_EQUAL = {"eq": "{} = %s", "ne": "{} IS DISTINCT FROM %s"}
_SETS = {"in": "{} = ANY(%s)", "nin": "({} = ANY(%s)) IS NOT TRUE"}
_ORDER = {"gt": "{} > %s", "gte": "{} >= %s", "lt": "{} < %s", "lte": "{} <= %s"}
_WORDS = {"contains": "strpos({}, %s) > 0", "starts_with": "{} ^@ %s"}

KINDS: Mapping[str, Kind] = {
    "id": Kind(_id, _EQUAL | _ORDER | _SETS | _NULL),
    "integer": Kind(_integer, _EQUAL | _ORDER | _SETS | _NULL),
    "number": Kind(_number, _EQUAL | _ORDER | _SETS | _NULL),
    "text": Kind(_text, _EQUAL | _ORDER | _SETS | _WORDS | _NULL),
    "boolean": Kind(_boolean, _EQUAL | _NULL),
    "moment": Kind(moment, _EQUAL | _ORDER | _SETS | _NULL),
    "texts": Kind(_text, {"contains": "{} @> %s::varchar[]", "null": "coalesce(cardinality({}), 0) = 0"}),
    "list": Kind(_text, {"contains": "{} @> %s::jsonb", "null": "(jsonb_typeof({}) = 'array') IS NOT TRUE"}),
}
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "starts_with", "null")
_CHOSEN = ("eq", "ne", "in", "nin", "contains")


class Holds(Func):
    """The condition on the member, for `QuerySet.filter`; refused when the member has no such operator or value."""

    def __init__(self, member: Comparable, condition: Condition) -> None:
        super().__init__(F(member.column), output_field=BooleanField())
        self.member, self.operator = member, condition.operator
        if condition.operator not in KINDS[member.kind].operators:
            known = ", ".join(KINDS[member.kind].operators)
            raise condition.refused(f"This has only the operators {known}.", "operator")
        try:
            self.value = _value(member, condition)
        except ValueError as error:
            raise condition.refused(str(error)) from None

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.get_source_expressions()[0])
        words = self.operator == "contains" and self.member.kind == "text"
        compared = self.member.whole(column) if words else self.member.sql(column)
        before, _, after = KINDS[self.member.kind].operators[self.operator].partition("{}")
        sql = before + compared.replace("%", "%%") + after
        if self.operator == "null":
            return (sql if self.value else f"NOT ({sql})"), params
        return sql, [*params, self.value]


class Sorted(Func):
    """What the member is compared as, for `QuerySet.order_by`."""

    def __init__(self, member: Comparable) -> None:
        super().__init__(F(member.column), output_field=Field())
        self.member = member

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.get_source_expressions()[0])
        return self.member.sql(column).replace("%", "%%"), params


def _value(member: Comparable, condition: Condition) -> Any:
    if condition.operator == "null":
        return _boolean(condition.text)
    single = condition.operator not in ("in", "nin")
    texts = [condition.text] if single else condition.text.split(",")
    if len(texts) > MAX_VALUES:
        raise ValueError(f"At most {MAX_VALUES} values are taken.")
    read = KINDS[member.item if member.kind == "list" else member.kind].read
    values = [read(text) for text in texts]
    if member.choices and condition.operator in _CHOSEN and (other := [v for v in values if v not in member.choices]):
        raise ValueError(f"{other[0]} is none of the values that this may have.")
    if member.kind == "list":
        return f"[{_json(values[0])}]"
    return values if member.kind == "texts" or not single else values[0]


def _json(value: Any) -> str:
    """A number keeps all its digits, which a float would not."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return dumps(value).decode()
