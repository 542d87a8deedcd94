"""The ledger, read and reversed over HTTP."""

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from apps.billing.models import Balance, Transaction
from apps.billing.services import ledger
from apps.billing.tests.factories import SYSTEM, credits, spend
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
Queries = Callable[[int], Any]


def test_transactions_are_paged_by_a_cursor_newest_first_whatever_comes_in(as_role: AsRole, tenant_a: Any) -> None:
    client = as_role("tenant_admin")
    made = [credits(tenant_a, number).pk for number in range(1, 8)]
    first = client.get("/transactions/?limit=3").json()
    credits(tenant_a, 99)
    second = client.get(f"/transactions?limit=3&cursor={first['next']}").json()
    third = client.get(f"/transactions?limit=3&cursor={second['next']}").json()
    assert [row["id"] for page in (first, second, third) for row in page["items"]] == made[::-1]
    assert third["next"] is None
    for wrong in ("7", f"{first['next']}x", "%00"):
        answer = client.get(f"/transactions?cursor={wrong}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


def test_filters_let_through_what_they_say_and_unknown_ones_are_400(
    as_role: AsRole, tenant_a: Any, site_a: Any
) -> None:
    client = as_role("tenant_admin")
    credits(tenant_a, 100)
    spend(tenant_a, 3, site_id=site_a.pk, model="x", agent="writer")
    spend(tenant_a, 5, operation="posts_speech")

    def amounts(query: str) -> list[int]:
        return [row["amount"] for row in client.get(f"/transactions?{query}").json()["items"]]

    assert amounts("kind=charge") == [5, 3]
    assert amounts(f"kind=charge&site_id={site_a.pk}") == [3]
    assert amounts("kind=charge&model=x") == amounts("kind=charge&agent=writer") == [3]
    assert amounts("kind=charge&operation=posts_speech") == [5]
    today = timezone.now().astimezone(datetime.UTC).date()
    assert amounts(f"kind=grant&date_from={today}&date_to={today}") == [100]
    assert amounts(f"date_to={today - datetime.timedelta(days=1)}") == []
    for wrong in (
        "reference=x",
        "kind=gift",
        "hold__tenant_id=1",
        "date_from=soon",
        "date_to=9999-12-31",
        "date_from=0001-01-01",
        "limit=501",
        "limit=0",
    ):
        assert client.get(f"/transactions?{wrong}").status_code == 400


def test_one_transaction_comes_with_its_entries_and_a_strangers_is_404(
    as_role: AsRole, tenant_a: Any, tenant_b: Any
) -> None:
    client, mine, theirs = as_role("tenant_admin"), credits(tenant_a, 8), credits(tenant_b, 9)
    found = client.get(f"/transactions/{mine.pk}").json()
    assert [(entry["account"], entry["amount"]) for entry in found["entries"]] == [("granted", -8), ("available", 8)]
    assert client.get(f"/transactions/{theirs.pk}").status_code == 404
    assert [row["id"] for row in client.get("/transactions").json()["items"]] == [mine.pk]
    assert client.get("/transactions/summary?by=kind").json()["items"] == [
        {"key": "grant", "transactions": 1, "credited": 8, "debited": 0}
    ]


def test_the_summary_counts_what_came_and_went(as_role: AsRole, tenant_a: Any, site_a: Any) -> None:
    client = as_role("tenant_admin")
    credits(tenant_a, 100)
    spend(tenant_a, 10, charge=3, site_id=site_a.pk)
    spend(tenant_a, 5, model="x")
    today = timezone.now().astimezone(datetime.UTC).date().isoformat()
    assert client.get("/transactions/summary").json()["items"] == [
        {"key": today, "transactions": 3, "credited": 100, "debited": 8}
    ]
    by_site = client.get("/transactions/summary?by=site&kind=charge").json()["items"]
    assert [(one["key"], one["debited"]) for one in by_site] == [("", 5), (str(site_a.pk), 3)]
    answer = client.get("/transactions/summary?date_from=2020-01-01")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "date_from")


def test_usage_is_a_series_without_gaps_less_what_was_reversed(as_role: AsRole, tenant_a: Any) -> None:
    client = as_role("tenant_admin")
    credits(tenant_a, 100)
    spend(tenant_a, 10)
    charge = spend(tenant_a, 4).transactions.get(kind="charge")
    ledger.reverse(actor=SYSTEM, transaction_id=charge.pk, reason="Wrong.")
    found = client.get("/credits/usage").json()
    assert (found["total"], len(found["series"]), found["series"][-1]["spent"]) == (10, 30, 10)
    assert {point["spent"] for point in found["series"][:-1]} == {0}
    months = client.get("/credits/usage?interval=month").json()["series"]
    assert sum(point["spent"] for point in months) == 10
    assert all(point["start"].endswith("-01") for point in months)


def test_the_export_is_the_whole_ledger_and_no_cell_of_it_is_run(
    as_role: AsRole, tenant_a: Any, tenant_b: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.billing import selectors

    whole = selectors.batches
    monkeypatch.setattr(selectors, "batches", lambda rows: whole(rows, size=2))
    notes = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", 'plain, with "quotes"\nand lines']
    for note in notes:
        ledger.adjust(actor=SYSTEM, tenant_id=tenant_a.pk, amount=10, reason=note)
    spend(tenant_a, 4)
    credits(tenant_b, 77)
    answer: Any = as_role("tenant_admin").get("/transactions/export")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))
    assert [row["note"] for row in rows[::-1]] == [*(f"'{note}" for note in notes[:6]), notes[6], "", ""]
    assert [(row["kind"], row["credited"], row["debited"]) for row in rows[:2]] == [
        ("charge", "0", "4"),
        ("hold", "0", "0"),
    ]
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())


def test_whoever_runs_the_installation_reverses_once(platform: ApiClient, as_role: AsRole, tenant_a: Any) -> None:
    credits(tenant_a, 20)
    charge = spend(tenant_a, 10).transactions.get(kind="charge")
    path, body = f"/transactions/{charge.pk}/reverse", {"reason": "It never came."}
    assert as_role("tenant_admin").post(path, body).status_code == 403
    answer = platform.post(path, body)
    assert (answer.status_code, answer.json()["change"], answer.json()["note"]) == (201, 10, "It never came.")
    again = platform.post(path, body)
    assert (again.status_code, again.json()["detail"]["reversal_id"]) == (409, answer.json()["id"])
    assert platform.post(path, {}).status_code == 400
    assert Balance.objects.get(pk=tenant_a.pk).available == 20
    assert Transaction.objects.filter(tenant_id=tenant_a.pk, kind="reversal").count() == 1


def test_the_list_takes_as_many_statements_for_five_hundred_as_for_one(
    as_role: AsRole, tenant_a: Any, django_assert_max_num_queries: Queries
) -> None:
    client = as_role("tenant_admin")
    for _ in range(30):
        credits(tenant_a, 1)
    for limit in (1, 30):
        with django_assert_max_num_queries(8) as found:
            client.get(f"/transactions?limit={limit}")
        assert sum("billing_transaction" in query["sql"] for query in found) == 1
