"""Holds: credits set aside before work begins, charged when it is done, given back when it is not.

A process that dies between leaves an open hold, which expires. A hold ends once, whoever comes first.
"""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import HoldClosed
from apps.billing.events import HoldReleased
from apps.billing.models import Account, Hold, Kind
from apps.billing.services import ledger, limits
from apps.core.actor import Actor
from apps.core.events import emit

LASTS = datetime.timedelta(minutes=15)
"""Longer than any call to a provider may take."""


@transaction.atomic
def reserve(
    *,
    actor: Actor,
    tenant_id: int,
    amount: int,
    operation: str,
    model: str = "",
    site_id: int | None = None,
    agent: str = "",
    run: str = "",
    reference: str = "",
    terms: dict[str, Any] | None = None,
    lasts: datetime.timedelta = LASTS,
) -> Hold:
    """Sets credits aside; 402 `billing.credits.lacking` or `billing.limit.reached` when that cannot be.

    Work that may cost nothing is held for with 0. `reference`, if there is one, is unique per tenant: said again it
    gives the first hold, whatever became of it.
    """
    if not 0 <= amount <= ledger.MOST:
        raise ValueError(f"{amount!r} is no number of credits.")
    ledger.lock(tenant_id)
    if reference and (first := Hold.objects.filter(tenant_id=tenant_id, reference=reference).first()):
        return first
    now = timezone.now()
    parts = ledger.take(tenant_id, amount)
    hold = Hold.objects.create(
        tenant_id=tenant_id,
        reference=reference or uuid.uuid4().hex,
        amount=amount,
        operation=operation,
        model=model,
        site_id=site_id,
        agent=agent,
        run=run or actor.run,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        terms=terms or {},
        created_at=now,
        expires_at=now + lasts,
    )
    limits.count(hold, actor=actor)
    if parts:
        moves = [ledger.Move(lot, Account.AVAILABLE, Account.HELD, part) for lot, part in parts]
        _record(actor, hold, Kind.HOLD, moves, amount)
    return hold


@transaction.atomic
def settle(*, actor: Actor, tenant_id: int, hold_id: int, amount: int | None = None) -> Hold:
    """Charges what the work came to, at most what is held (by default all of it); the rest is available again.

    409 `billing.hold.closed` when the hold has ended already: nobody is charged twice.
    """
    hold = _open(tenant_id, hold_id)
    charged = hold.amount if amount is None else min(max(amount, 0), hold.amount)
    left, moves = charged, []
    for lot, part in selectors.held_of(hold):
        spent = min(part, left)
        left -= spent
        moves += [ledger.Move(lot, Account.HELD, Account.SPENT, spent)] if spent else []
        moves += [ledger.Move(lot, Account.HELD, Account.AVAILABLE, part - spent)] if part > spent else []
    if moves:
        _record(actor, hold, Kind.CHARGE if charged else Kind.RELEASE, moves, charged or hold.amount)
    limits.give_back(hold, hold.amount - charged)
    return _close(hold, Hold.State.SETTLED, charged)


@transaction.atomic
def release(*, actor: Actor, tenant_id: int, hold_id: int) -> Hold:
    """Gives back all that is held; 409 `billing.hold.closed` when the hold has ended already."""
    return _give_back(actor, _open(tenant_id, hold_id), Hold.State.RELEASED)


@transaction.atomic
def cancel(*, actor: Actor, tenant_id: int, hold_id: int) -> Hold:
    """Releases a hold at somebody's wish, which is told. The work, if it goes on, finds it closed and is not paid."""
    hold = release(actor=actor, tenant_id=tenant_id, hold_id=hold_id)
    event = HoldReleased(subject_id=hold.pk, label=str(hold), amount=hold.amount, site_id=hold.site_id)
    emit(event, actor=actor, tenant_id=tenant_id)
    return hold


@transaction.atomic
def expire(*, actor: Actor, tenant_id: int, hold_id: int) -> Hold:
    """Gives back what nobody settled in time; 409 `billing.hold.closed` when the hold has ended already."""
    return _give_back(actor, _open(tenant_id, hold_id), Hold.State.EXPIRED)


def _open(tenant_id: int, hold_id: int) -> Hold:
    """The hold, still open, with the balance locked."""
    ledger.lock(tenant_id)
    hold = selectors.hold_for(tenant_id, hold_id)
    if hold.state != Hold.State.OPEN:
        raise HoldClosed(state=hold.state)
    return hold


def _give_back(actor: Actor, hold: Hold, state: Hold.State) -> Hold:
    moves = [ledger.Move(lot, Account.HELD, Account.AVAILABLE, part) for lot, part in selectors.held_of(hold)]
    if moves:
        _record(actor, hold, Kind.RELEASE, moves, hold.amount)
    limits.give_back(hold, hold.amount)
    return _close(hold, state, 0)


def _record(actor: Actor, hold: Hold, kind: Kind, moves: list[ledger.Move], amount: int) -> None:
    ledger.record(
        actor=actor,
        tenant_id=hold.tenant_id,
        kind=kind,
        reference=f"hold:{hold.uid}",
        moves=moves,
        hold=hold,
        about=hold,
        amount=amount,
    )


def _close(hold: Hold, state: Hold.State, charged: int) -> Hold:
    hold.state, hold.charged, hold.closed_at = state, charged, timezone.now()
    if not Hold.objects.filter(pk=hold.pk, state=Hold.State.OPEN).update(
        state=state, charged=charged, closed_at=hold.closed_at
    ):
        raise HoldClosed(state=hold.state)
    return hold
