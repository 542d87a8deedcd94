"""Single rows that are read and written often, in kept words of SQL: to compile them costs more than to run them."""

import uuid
from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model

from apps.core.tenancy import prepared

M = TypeVar("M", bound=Model)
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


def insert(row: Model) -> None:
    """Inserts a new row with the values that its fields have, and gives it the key that the database chose.

    The same as `save` of a row without a key, in half its time. For models without a parent, of which nobody waits
    for signals; values are given, not computed by the database.
    """
    backend = connections[DEFAULT_DB_ALIAS]  # looked up once, not with each field
    statement, fields, key = _insert(type(row), row.pk is None)
    values = [
        value if type(value) in plain else field.get_db_prep_save(value, backend)
        for field, plain in fields
        for value in (field.pre_save(row, add=True),)
    ]
    with prepared() as cursor:
        cursor.execute(statement, values)
        if key is not None:
            setattr(row, key, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _select(model: type[Model], where: str) -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
    """The statement, the fields whose values it gives, and their names."""
    quote, fields = connections[DEFAULT_DB_ALIAS].ops.quote_name, tuple(model._meta.local_concrete_fields)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE {where}"  # noqa: S608
    return statement, fields, tuple(field.attname for field in fields)


@cache
def _insert(model: type[Model], keyless: bool) -> tuple[str, tuple[Any, ...], str | None]:
    """The statement, the fields whose values it takes, each with the types of values that it would leave as they are,
    and the name of the key that the statement gives back."""
    backend, meta = connections[DEFAULT_DB_ALIAS], model._meta
    quote = backend.ops.quote_name
    fields = tuple(f for f in meta.local_concrete_fields if not f.generated and not (keyless and f.primary_key))
    places = ", ".join(f"%s::{field.db_type(backend)}" for field in fields)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    given = tuple((field, _PLAIN if _common(field) else ()) for field in fields)
    statement = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    if not keyless:
        return statement, given, None
    assert meta.pk is not None  # noqa: S101
    return f"{statement} RETURNING {quote(str(meta.pk.column))}", given, meta.pk.attname


def _common(field: Any) -> bool:
    """Whether the field has no words of its own about how its values are saved: it is Django's, of no special kind."""
    kind = type(field)
    return kind.__module__ == "django.db.models.fields" and kind.get_db_prep_save is Field.get_db_prep_save
