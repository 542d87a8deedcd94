"""Random histories, on several connections at once: never negative, never lost, never doubled."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.billing.errors import CreditsLacking, HoldClosed, LimitReached, TransactionIrreversible, TransactionReversed
from apps.billing.models import Balance, Entry, Hold, Transaction
from apps.billing.services import checking, holds, housekeeping, ledger, limits, purging
from apps.billing.tests.factories import SYSTEM
from conftest import Committed

pytestmark = pytest.mark.slow

THREADS = 4
SAID_NO = (CreditsLacking, HoldClosed, LimitReached, TransactionIrreversible, TransactionReversed)
amounts = st.integers(1, 40)
steps = st.one_of(
    st.tuples(st.just("grant"), amounts, st.sampled_from([None, -1, 3600])),
    st.tuples(st.just("withdraw"), amounts, st.just(0)),
    st.tuples(st.just("reserve"), amounts, st.just(0)),
    st.tuples(st.sampled_from(["settle", "release", "expire"]), st.integers(0, 5), st.integers(0, 50)),
    st.tuples(st.just("reverse"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("time"), st.just(0), st.just(0)),
)
histories = st.lists(st.lists(steps, max_size=12), min_size=THREADS, max_size=THREADS)


class Life:
    """One connection's part of a history."""

    def __init__(self, tenant_id: int, number: int) -> None:
        self.tenant_id, self.number = tenant_id, number
        self.said: dict[str, Any] = {"actor": SYSTEM, "tenant_id": tenant_id}

    def live(self, history: list[tuple[str, int, Any]]) -> None:
        try:
            for place, (deed, first, second) in enumerate(history):
                step: Callable[..., None] = getattr(self, deed)
                try:
                    step(f"{place}", first, second)
                except SAID_NO:
                    continue
        finally:
            connection.close()

    def grant(self, name: str, amount: int, seconds: int | None) -> None:
        """All connections say the same reference: only one of them is given anything."""
        expires_at = None if seconds is None else timezone.now() + datetime.timedelta(seconds=seconds)
        ledger.grant(**self.said, amount=amount, kind="grant", reference=name, expires_at=expires_at)

    def withdraw(self, name: str, amount: int, _: Any) -> None:
        ledger.withdraw(**self.said, amount=amount, kind="refund", reference=name)

    def reserve(self, name: str, amount: int, _: Any) -> None:
        holds.reserve(**self.said, amount=amount, operation="x", agent=f"a{self.number}")

    def settle(self, name: str, which: int, amount: int) -> None:
        holds.settle(**self.said, hold_id=self.hold(which), amount=amount)

    def release(self, name: str, which: int, _: Any) -> None:
        holds.release(**self.said, hold_id=self.hold(which))

    def expire(self, name: str, which: int, _: Any) -> None:
        holds.expire(**self.said, hold_id=self.hold(which))

    def reverse(self, name: str, which: int, _: Any) -> None:
        keys = Transaction.objects.filter(tenant_id=self.tenant_id).order_by("id").values_list("pk", flat=True)
        if some := keys[which : which + 1]:
            ledger.reverse(actor=SYSTEM, transaction_id=some[0], reason="Random.")

    def time(self, *_: Any) -> None:
        housekeeping.write_off_lots(timezone.now())

    def hold(self, which: int) -> int:
        keys = Hold.objects.filter(tenant_id=self.tenant_id).order_by("-id").values_list("pk", flat=True)
        found: int | None = next(iter(keys[which : which + 1]), None)
        if found is None:
            raise HoldClosed
        return found


def test_no_history_makes_the_ledger_lie(committed: Committed) -> None:
    tenant_id = committed.tenant.pk

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(histories)
    def check(history: list[list[Any]]) -> None:
        purging.forget(tenant_id)
        daily = {"scope": "tenant", "key": "", "period": "day", "soft": 50, "hard": 120}
        limits.replace(actor=SYSTEM, tenant_id=tenant_id, limits=[daily])
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda n: Life(tenant_id, n).live(history[n]), range(THREADS)))
        assert checking.faults(tenant_id) == []
        entries = dict(
            Entry.objects.filter(tenant_id=tenant_id).values_list("account").annotate(sum=Sum("amount")).order_by()
        )
        assert sum(entries.values()) == 0
        owned = Balance.objects.filter(pk=tenant_id).first() or Balance()
        came = -entries.get("granted", 0)
        went = sum(entries.get(name, 0) for name in ("spent", "withdrawn", "expired"))
        assert owned.available + owned.held == came - went
        open_holds = Hold.objects.filter(tenant_id=tenant_id, state="open").aggregate(sum=Sum("amount"))["sum"]
        assert owned.held == (open_holds or 0)

    check()
