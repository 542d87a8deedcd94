"""Transactions as CSV, line by line."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from apps.billing import selectors
from apps.billing.models import Transaction
from apps.core.encoding import stamp

_COLUMNS = ("id", "kind", "amount", "reference", "note", "operation", "model", "site_id", "agent", "run", "actor_label")
_HEAD = ("created_at", *_COLUMNS, "credited", "debited")
# What a spreadsheet takes for the beginning of a formula, or steps over to find one.
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(rows: QuerySet[Transaction]) -> Iterator[str]:
    yield _line(_HEAD)
    for some in selectors.batches(rows):
        yield "".join(
            _line(
                (
                    stamp(row.created_at),
                    *(getattr(row, name) for name in _COLUMNS),
                    max(row.change, 0),
                    max(-row.change, 0),
                )
            )
            for row in some
        )


def _line(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: Any) -> str:
    """The cell as text that no spreadsheet runs."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_RUN) else text
