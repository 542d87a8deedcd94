"""The ledger: what comes, goes and is never edited."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.billing.errors import CreditsLacking, HoldClosed, TransactionIrreversible, TransactionReversed
from apps.billing.models import Balance, Entry, Lot, Transaction
from apps.billing.services import holds, ledger
from apps.billing.tests.factories import SYSTEM, credits, spend
from conftest import Committed

ALONE: dict[str, Any] = {"actor": SYSTEM, "operation": "media_generate"}


def balance(tenant: Any) -> tuple[int, int]:
    found = Balance.objects.get(pk=tenant.pk)
    return found.available, found.held


@pytest.mark.django_db
def test_said_twice_a_grant_is_given_once(tenant_a: Any, tenant_b: Any) -> None:
    said: dict[str, Any] = {"actor": SYSTEM, "amount": 100, "kind": "purchase", "reference": "session_1"}
    first = ledger.grant(tenant_id=tenant_a.pk, **said)
    assert ledger.grant(tenant_id=tenant_a.pk, **said | {"amount": 500}) == first
    assert ledger.grant(tenant_id=tenant_b.pk, **said) != first
    assert (balance(tenant_a), balance(tenant_b)) == ((100, 0), (100, 0))
    assert [(e.account, e.amount) for e in first.entries.order_by("id")] == [("granted", -100), ("available", 100)]


@pytest.mark.django_db
def test_a_withdrawal_beyond_what_there_is_is_refused_and_changes_nothing(tenant_a: Any) -> None:
    credits(tenant_a, 10)
    said: dict[str, Any] = {"actor": SYSTEM, "tenant_id": tenant_a.pk, "kind": "refund", "reference": "r1"}
    with pytest.raises(CreditsLacking) as refused:
        ledger.withdraw(amount=11, **said)
    assert refused.value.data == {"needed": 11, "available": 10}
    assert (balance(tenant_a), Transaction.objects.filter(tenant_id=tenant_a.pk).count()) == ((10, 0), 1)
    first = ledger.withdraw(amount=4, **said)
    assert ledger.withdraw(amount=4, **said) == first
    assert balance(tenant_a) == (6, 0)


@pytest.mark.django_db
def test_what_expires_first_is_spent_first_and_what_has_expired_is_not_there(tenant_a: Any) -> None:
    now = timezone.now()
    days = [None, now + datetime.timedelta(days=9), now + datetime.timedelta(days=2), now - datetime.timedelta(days=1)]
    for day in days:
        credits(tenant_a, 10, expires_at=day)
    spend(tenant_a, 15)
    left = {lot.expires_at: lot.remaining for lot in Lot.objects.filter(tenant_id=tenant_a.pk)}
    assert [left[day] for day in days] == [10, 5, 0, 10]
    with pytest.raises(CreditsLacking) as refused:
        spend(tenant_a, 16)
    assert refused.value.data == {"needed": 16, "available": 15}


@pytest.mark.django_db
def test_a_hold_is_charged_up_to_what_it_holds_and_ends_once(tenant_a: Any) -> None:
    credits(tenant_a, 100)
    hold = holds.reserve(tenant_id=tenant_a.pk, amount=30, **ALONE)
    assert balance(tenant_a) == (70, 30)
    said: dict[str, Any] = {"actor": SYSTEM, "tenant_id": tenant_a.pk, "hold_id": hold.pk}
    assert holds.settle(**said, amount=12).charged == 12
    assert balance(tenant_a) == (88, 0)
    for again in (holds.settle, holds.release, holds.expire):
        with pytest.raises(HoldClosed):
            again(**said)
    assert spend(tenant_a, 8, charge=500).charged == 8
    assert balance(tenant_a) == (80, 0)


@pytest.mark.django_db
def test_what_is_released_is_of_its_old_lots_again(tenant_a: Any) -> None:
    soon = timezone.now() + datetime.timedelta(days=1)
    credits(tenant_a, 10, expires_at=soon)
    credits(tenant_a, 10)
    hold = holds.reserve(tenant_id=tenant_a.pk, amount=15, **ALONE)
    holds.release(actor=SYSTEM, tenant_id=tenant_a.pk, hold_id=hold.pk)
    assert sorted(Lot.objects.filter(tenant_id=tenant_a.pk).values_list("remaining", flat=True)) == [10, 10]
    assert balance(tenant_a) == (20, 0)


@pytest.mark.django_db
def test_a_transaction_is_reversed_once_by_a_counter_entry(tenant_a: Any) -> None:
    credits(tenant_a, 20)
    charge = spend(tenant_a, 10, charge=7).transactions.get(kind="charge")
    back = ledger.reverse(actor=SYSTEM, transaction_id=charge.pk, reason="It never came.")
    assert (back.change, back.reverses, balance(tenant_a)) == (7, charge, (20, 0))
    with pytest.raises(TransactionReversed):
        ledger.reverse(actor=SYSTEM, transaction_id=charge.pk, reason="Again.")
    for other in (back, charge.hold.transactions.get(kind="hold")):  # type: ignore[union-attr]
        with pytest.raises(TransactionIrreversible):
            ledger.reverse(actor=SYSTEM, transaction_id=other.pk, reason="No.")
    assert balance(tenant_a) == (20, 0)


@pytest.mark.django_db
def test_a_grant_is_reversed_as_far_as_there_are_credits(tenant_a: Any) -> None:
    first, second = credits(tenant_a, 10), credits(tenant_a, 5)
    spend(tenant_a, 7)
    ledger.reverse(actor=SYSTEM, transaction_id=second.pk, reason="Wrong tenant.")
    assert balance(tenant_a) == (3, 0)
    with pytest.raises(CreditsLacking):
        ledger.reverse(actor=SYSTEM, transaction_id=first.pk, reason="Wrong tenant.")
    assert balance(tenant_a) == (3, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["billing_transaction", "billing_entry"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_the_ledger(table: str, deed: str, tenant_a: Any, tenant_b: Any) -> None:
    credits(tenant_a, 10)
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT set_config('cognitor.forgotten_tenant', %s, true)", [str(tenant_b.pk)])
        cursor.execute(deed.format(table))
    assert Transaction.objects.get(tenant_id=tenant_a.pk).amount == 10


@pytest.mark.django_db
def test_the_database_refuses_what_does_not_sum_to_zero(tenant_a: Any) -> None:
    first = credits(tenant_a, 10)
    lot = Lot.objects.get(tenant_id=tenant_a.pk)
    for owner in (tenant_a.pk, tenant_a.pk + 1):
        with pytest.raises(IntegrityError, match="sum to zero"), transaction.atomic():
            Entry.objects.create(transaction=first, lot=lot, account="available", tenant_id=owner, amount=1)
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")


def test_of_fifty_that_spend_ten_of_a_hundred_at_once_ten_are_let(committed: Committed) -> None:
    credits(committed.tenant, 60)
    credits(committed.tenant, 40)

    def attempt(_: int) -> bool:
        try:
            spend(committed.tenant, 10)
        except CreditsLacking:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        assert sum(threads.map(attempt, range(50))) == 10
    assert balance(committed.tenant) == (0, 0)
    assert Transaction.objects.filter(tenant_id=committed.tenant.pk, kind="charge").count() == 10
