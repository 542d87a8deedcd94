"""Single rows that are read and written often, in kept words of SQL: to compile them costs more than to run them."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from types import NoneType
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model

from apps.core.tenancy import prepared

M = TypeVar("M", bound=Model)
# Values of these types a common field saves as they are. Numbers are none: their field says how wide they are.
_PLAIN = frozenset({str, bool, uuid.UUID, NoneType})


def one(model: type[M], where: str, values: Sequence[Any]) -> M | None:
    """The row for which the condition holds, as a query set gives it; None when there is none.

    `where` is SQL of ours, with a place (`%s`) for each of the values.
    """
    statement, fields, names = _select(model, where)
    with prepared() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
        if found is None:
            return None
        backend = connections[DEFAULT_DB_ALIAS]
        given = [
            field.from_db_value(value, None, backend) if hasattr(field, "from_db_value") else value
            for field, value in zip(fields, found, strict=True)
        ]
    return model.from_db(DEFAULT_DB_ALIAS, names, given)


def insert(row: Model, *, later: bool = False) -> None:
    """Inserts a new row with the values that its fields have, and gives it the key that the database chose.

    The same as `save` of a row without a key, in half its time. For models without a parent, of which nobody waits
    for signals; values are given, not computed by the database. `later`: in `together` with others.
    """
    waiting = _waiting.get()
    if not later or waiting is None:
        _send([row])
        return
    if any(type(row) is type(other) for other in waiting):
        _send(waiting)  # keys of a table are given in the order in which its rows were made
        waiting.clear()
    waiting.append(row)


@contextmanager
def together() -> Iterator[None]:
    """What is inserted `later` in the block is sent in one statement at its end; until then nobody sees it, and it has
    no key. Nothing is sent when the block fails; what a part of it undoes by a savepoint is sent all the same."""
    waiting: list[Model] = []
    token = _waiting.set(waiting)
    try:
        yield
        _send(waiting)
    finally:
        _waiting.reset(token)


_waiting: ContextVar[list[Model] | None] = ContextVar("rows_waiting", default=None)


def _send(rows: Sequence[Model]) -> None:
    if not rows:
        return
    backend = connections[DEFAULT_DB_ALIAS]  # looked up once, not with each field
    statement, fields = _insert(tuple((type(row), row.pk is None) for row in rows))
    values = [
        value if type(value) in plain else field.get_db_prep_save(value, backend)
        for row, given in zip(rows, fields, strict=True)
        for field, plain in given
        for value in (field.pre_save(row, add=True),)
    ]
    with prepared() as cursor:
        cursor.execute(statement, values)
        keys = cursor.fetchone()
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS


@cache
def _select(model: type[Model], where: str) -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
    """The statement, the fields whose values it gives, and their names."""
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, tuple(model._meta.local_concrete_fields)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {where}"  # noqa: S608
    return statement, fields, tuple(field.attname for field in fields)


@cache
def _insert(models: tuple[tuple[type[Model], bool], ...]) -> tuple[str, list[list[tuple[Any, frozenset[type]]]]]:
    """The statement that inserts a row of each model and gives their keys, which the database chooses where the pair
    says so; for each row its fields, each with the types of values that it would leave as they are."""
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    parts, fields = [], []
    for model, keyless in models:
        meta = model._meta
        own = [field for field in meta.local_concrete_fields if not field.generated]
        own = [field for field in own if not (keyless and field.primary_key)]
        fields.append([(field, _PLAIN if _common(field) else frozenset()) for field in own])
        columns = ", ".join(quote(str(field.column)) for field in own)
        places = ", ".join(["%s"] * len(own))
        assert meta.pk is not None  # noqa: S101
        key = quote(str(meta.pk.column))
        parts.append(f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places}) RETURNING {key}")  # noqa: S608
    if len(parts) == 1:
        return parts[0], fields
    named = ", ".join(f"r{number} AS ({part})" for number, part in enumerate(parts))
    return f"WITH {named} SELECT " + ", ".join(f"(TABLE r{number})" for number in range(len(parts))), fields


def _common(field: Any) -> bool:
    """Whether the field has no words of its own about how its values are saved: it is Django's, of no special kind."""
    kind = type(field)
    return kind.__module__ == "django.db.models.fields" and kind.get_db_prep_save is Field.get_db_prep_save
