"""Months: each a partition of its own, made ahead, dropped when the last of its rows has had its time."""

import datetime
import re
from typing import Any

from django.db import connection, transaction

from apps.analytics.models import PARTITIONED

_MONTH = re.compile(r"_(\d{4})_(\d{2})\Z")
LOCK = 0x616E616C
"""Of the advisory lock under which months are made: by whoever copies, and by the housekeeping."""


def month_of(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime.datetime) -> datetime.datetime:
    return month_of(month + datetime.timedelta(days=31))


def tables() -> list[str]:
    return [model._meta.db_table for model in PARTITIONED]


def make(months: set[datetime.datetime]) -> list[str]:
    """Makes the months that are missing, in all tables, and answers their names.

    What lay in the default partition moves along: a month that nobody made ahead has lost nothing.
    """
    wanted = {f"{table}_{month:%Y_%m}": (table, month) for month in months for table in tables()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass('public.' || name) IS NULL", [[*wanted]]
        )
        missing = sorted(row[0] for row in cursor.fetchall())
        if not missing:
            return []
        with transaction.atomic():
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            for name in missing:
                _make(cursor, name, *wanted[name])
    return missing


def _make(cursor: Any, name: str, table: str, month: datetime.datetime) -> None:
    start, end = f"{month:%Y-%m-%d} 00:00+00", f"{next_month(month):%Y-%m-%d} 00:00+00"
    # Names and days are our own; the month's rows leave the default partition before it may exist beside it.
    cursor.execute(
        f"CREATE TABLE IF NOT EXISTS public.{name} (LIKE public.{table} INCLUDING DEFAULTS);"  # noqa: S608
        f"WITH moved AS (DELETE FROM public.{table}_default WHERE at >= '{start}' AND at < '{end}' RETURNING *)"
        f" INSERT INTO public.{name} SELECT * FROM moved;"
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = 'public.{name}'::regclass) THEN"
        f" ALTER TABLE public.{table} ATTACH PARTITION public.{name} FOR VALUES FROM ('{start}') TO ('{end}');"
        " END IF; END $$"
    )


def months(table: str) -> dict[str, datetime.datetime]:
    """The table's partitions that are months: name → its beginning."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(%s)", [f"public.{table}"]
        )
        names = [row[0].rpartition(".")[2] for row in cursor.fetchall()]
    found = {}
    for name in names:
        if match := _MONTH.search(name):
            found[name] = datetime.datetime(int(match[1]), int(match[2]), 1, tzinfo=datetime.UTC)
    return found


def drop_before(table: str, moment: datetime.datetime) -> list[str]:
    """Drops the months that were over at the moment, deletes what is older in the one that was not; names dropped."""
    over = sorted(name for name, month in months(table).items() if next_month(month) <= moment)
    with connection.cursor() as cursor:
        for name in over:
            cursor.execute(f"DROP TABLE public.{name}")
        cursor.execute(f"DELETE FROM public.{table} WHERE at < %s", [moment])  # noqa: S608
    return over
