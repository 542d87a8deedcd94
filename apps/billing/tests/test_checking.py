"""`check_ledger`, and what time does."""

import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.billing.models import Balance, Hold, Lot, Spending
from apps.billing.services import checking, holds, housekeeping
from apps.billing.tests.factories import SYSTEM, credits, spend
from apps.core.models import Due, EventRow

pytestmark = pytest.mark.django_db


def lived(tenant: Any) -> None:
    """A tenant that has done a bit of everything."""
    credits(tenant, 50, expires_at=timezone.now() + datetime.timedelta(days=1))
    credits(tenant, 50)
    spend(tenant, 60, charge=55)
    spend(tenant, 5, charge=0)
    holds.reserve(actor=SYSTEM, tenant_id=tenant.pk, amount=7, operation="x")


def test_a_ledger_that_has_lived_is_true(tenant_a: Any, tenant_b: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lived(tenant_a)
    lived(tenant_b)
    call_command("check_ledger")
    call_command("check_ledger", tenant="alpha")
    assert capsys.readouterr().out == "The ledger is true.\n" * 2
    with pytest.raises(CommandError, match="no tenant"):
        call_command("check_ledger", tenant="nobody")


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        ("UPDATE billing_balance SET available = available + 1 WHERE tenant_id = {}", "balance"),
        ("UPDATE billing_balance SET held = held + 1 WHERE tenant_id = {}", "balance"),
        ("DELETE FROM billing_balance WHERE tenant_id = {}", "balance"),
        ("UPDATE billing_lot SET remaining = remaining - 1 WHERE tenant_id = {} AND remaining > 0", "lot whose rest"),
        ("UPDATE billing_hold SET state = 'settled' WHERE tenant_id = {} AND state = 'open'", "open hold"),
        ("UPDATE billing_hold SET charged = 54 WHERE tenant_id = {} AND charged = 55", "charged other"),
        ("UPDATE billing_spending SET used = used + 1 WHERE tenant_id = {}", "counter"),
    ],
)
def test_a_lie_is_found_and_named(lie: str, what: str, tenant_a: Any, tenant_b: Any) -> None:
    lived(tenant_a)
    lived(tenant_b)
    connection.cursor().execute(lie.format(tenant_a.pk))
    with pytest.raises(CommandError, match=f"tenant {tenant_a.pk}: .*{what}"):
        call_command("check_ledger")
    assert checking.faults(tenant_b.pk) == []
    assert checking.faults(tenant_a.pk) == checking.faults()


def test_what_nobody_settles_expires_and_is_available_again(tenant_a: Any) -> None:
    credits(tenant_a, 10)
    late = holds.reserve(
        actor=SYSTEM, tenant_id=tenant_a.pk, amount=6, operation="x", lasts=datetime.timedelta(seconds=-1)
    )
    early = holds.reserve(actor=SYSTEM, tenant_id=tenant_a.pk, amount=4, operation="x")
    assert housekeeping.expire_holds(timezone.now()) is False
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.state, early.state) == ("expired", "open")
    assert Balance.objects.get(pk=tenant_a.pk).available == 6
    assert set(Spending.objects.filter(tenant_id=tenant_a.pk).values_list("used", flat=True)) == {4}


def test_an_expired_lot_is_written_off_also_what_comes_back_to_it_later(tenant_a: Any) -> None:
    expires = timezone.now() + datetime.timedelta(hours=1)
    credits(tenant_a, 10, expires_at=expires)
    hold = holds.reserve(actor=SYSTEM, tenant_id=tenant_a.pk, amount=4, operation="x")
    housekeeping.write_off_lots(expires)
    assert (Balance.objects.get(pk=tenant_a.pk).available, Lot.objects.get(tenant_id=tenant_a.pk).remaining) == (0, 0)
    holds.release(actor=SYSTEM, tenant_id=tenant_a.pk, hold_id=hold.pk)
    housekeeping.write_off_lots(expires + datetime.timedelta(minutes=1))
    told = EventRow.objects.filter(tenant_id=tenant_a.pk, name="billing.credits_expired").order_by("id")
    assert list(told.values_list("data__amount", flat=True)) == [6, 4]
    assert checking.faults(tenant_a.pk) == []
    assert not Hold.objects.filter(tenant_id=tenant_a.pk, state="open").exists()


def test_the_housekeeping_plans_itself_again(tenant_a: Any) -> None:
    row = Due.objects.create(kind=housekeeping.KIND, subject="-", at=timezone.now())
    old = timezone.now().date() - datetime.timedelta(days=500)
    for period, start in (("day", old), ("total", datetime.date(1970, 1, 1))):
        Spending.objects.create(tenant_id=tenant_a.pk, scope="run", key="r", period=period, start=start)
    housekeeping.run(row)
    assert timezone.now() < row.at < timezone.now() + datetime.timedelta(minutes=2)
    assert list(Spending.objects.filter(tenant_id=tenant_a.pk).values_list("period", flat=True)) == ["total"]
