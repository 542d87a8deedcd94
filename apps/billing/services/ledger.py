"""Writing the ledger: credits come in lots, are spent in the order in which they expire, and nothing is ever edited.

The order of locks: the tenant's `Balance` first, then its holds, lots and counters. Whoever holds the balance is
alone in the tenant's credits until the commit, so keep that short: no vendor is called meanwhile.
"""

import datetime
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.billing import selectors
from apps.billing.errors import CreditsLacking, TransactionIrreversible, TransactionReversed
from apps.billing.events import CreditsExpired, CreditsGranted, CreditsWithdrawn
from apps.billing.events import TransactionReversed as Reversed
from apps.billing.models import Account, Balance, Entry, Hold, Kind, Lot, Transaction
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.selectors import tenant_for

MOST = 10**12
"""Credits that one transaction may be about."""


@dataclass(frozen=True, slots=True)
class Move:
    """So many credits of a lot from one account to another; two entries."""

    lot: Lot
    source: str
    target: str
    credits: int


@transaction.atomic
def grant(
    *,
    actor: Actor,
    tenant_id: int,
    amount: int,
    kind: str,
    reference: str,
    expires_at: datetime.datetime | None = None,
    note: str = "",
) -> Transaction:
    """Gives the tenant credits, as one lot that expires at `expires_at` or never.

    `reference` is unique per tenant and kind: said again it gives the first transaction and changes nothing.
    """
    _require_credits(amount)
    lock(tenant_id)
    if first := _first(tenant_id, kind, reference):
        return first
    lot = Lot.objects.create(tenant_id=tenant_id, amount=amount, remaining=0, expires_at=expires_at)
    moves = [Move(lot, Account.GRANTED, Account.AVAILABLE, amount)]
    done = record(actor=actor, tenant_id=tenant_id, kind=kind, reference=reference, moves=moves, note=note)
    emit(CreditsGranted(subject_id=done.pk, kind=kind, amount=amount, note=note), actor=actor, tenant_id=tenant_id)
    return done


@transaction.atomic
def withdraw(*, actor: Actor, tenant_id: int, amount: int, kind: str, reference: str, note: str = "") -> Transaction:
    """Takes credits that are not held, those that expire first; 402 `billing.credits.lacking` when there are fewer.

    `reference` is unique per tenant and kind: said again it gives the first transaction and changes nothing.
    """
    _require_credits(amount)
    lock(tenant_id)
    if first := _first(tenant_id, kind, reference):
        return first
    moves = [Move(lot, Account.AVAILABLE, Account.WITHDRAWN, part) for lot, part in take(tenant_id, amount)]
    done = record(actor=actor, tenant_id=tenant_id, kind=kind, reference=reference, moves=moves, note=note)
    emit(CreditsWithdrawn(subject_id=done.pk, kind=kind, amount=amount, note=note), actor=actor, tenant_id=tenant_id)
    return done


@transaction.atomic
def adjust(
    *, actor: Actor, tenant_id: int, amount: int, reason: str, expires_at: datetime.datetime | None = None
) -> Transaction:
    """Gives credits to a tenant that there is, or takes them with a negative amount; 402 when there are fewer."""
    tenant_for(tenant_id)
    said: dict[str, Any] = {"kind": Kind.ADJUSTMENT, "reference": uuid.uuid4().hex, "note": reason}
    if amount < 0:
        return withdraw(actor=actor, tenant_id=tenant_id, amount=-amount, **said)
    return grant(actor=actor, tenant_id=tenant_id, amount=amount, expires_at=expires_at, **said)


@transaction.atomic
def reverse(*, actor: Actor, transaction_id: int, reason: str) -> Transaction:
    """Writes the counter-entry of a transaction, once; the transaction itself stays as it is.

    Credits that were charged or taken come back to the lots that they were of (those of one that has expired are
    written off again). Credits that came are taken back, of their own lot first: 402 when fewer are left.
    """
    found = selectors.any_transaction_for(transaction_id)
    lock(found.tenant_id)
    if later := Transaction.objects.filter(reverses=found).first():
        raise TransactionReversed(reversal_id=later.pk)
    done = record(
        actor=actor,
        tenant_id=found.tenant_id,
        kind=Kind.REVERSAL,
        reference=f"transaction:{found.pk}",
        moves=list(_back(found)),
        note=reason,
        reverses=found,
        about=found,
    )
    event = Reversed(subject_id=done.pk, reversed=found.pk, reason=reason)
    emit(event, actor=actor, tenant_id=found.tenant_id)
    return done


def _back(found: Transaction) -> Iterator[Move]:
    entries = list(found.entries.select_related("lot").order_by("id"))
    gone = Account.SPENT if found.kind == Kind.CHARGE else Account.WITHDRAWN
    if found.kind in (Kind.REVERSAL, Kind.EXPIRY) or not found.change:
        raise TransactionIrreversible
    if found.change < 0:
        ends = [entry for entry in entries if entry.account == gone]
        yield from (Move(entry.lot, gone, Account.AVAILABLE, entry.amount) for entry in ends)
    else:
        (came,) = (entry for entry in entries if entry.account == Account.AVAILABLE)
        parts = take(found.tenant_id, found.amount, first=came.lot_id)
        yield from (Move(lot, Account.AVAILABLE, Account.GRANTED, part) for lot, part in parts)


def write_off(*, actor: Actor, lot_id: int, now: datetime.datetime) -> int:
    """Writes off what is left of an expired lot; returns how many credits that were."""
    with transaction.atomic():
        tenant_id = Lot.objects.values_list("tenant_id", flat=True).get(pk=lot_id)
        lock(tenant_id)
        lot = Lot.objects.get(pk=lot_id)
        if not lot.remaining or lot.expires_at is None or lot.expires_at > now:
            return 0
        amount = lot.remaining
        done = record(
            actor=actor,
            tenant_id=tenant_id,
            kind=Kind.EXPIRY,
            reference=f"lot:{lot.pk}:{now.isoformat()}",
            moves=[Move(lot, Account.AVAILABLE, Account.EXPIRED, amount)],
        )
        emit(CreditsExpired(subject_id=done.pk, amount=amount), actor=actor, tenant_id=tenant_id)
        return amount


def lock(tenant_id: int) -> Balance:
    """The tenant's balance, locked until the commit."""
    rows = Balance.objects.select_for_update()
    found = rows.filter(pk=tenant_id).first()
    if found is None:
        Balance.objects.bulk_create([Balance(tenant_id=tenant_id)], ignore_conflicts=True)
        found = rows.get(pk=tenant_id)
    return found


def take(tenant_id: int, amount: int, *, first: int | None = None) -> list[tuple[Lot, int]]:
    """Which lots the amount is of: those that expire first, unless one is named. 402 when there is less.

    Only reads; call it with the balance locked. What has expired is not there, written off or not.
    """
    lots = selectors.spendable(tenant_id)
    ordered: Iterable[Lot] = lots.order_by(F("expires_at").asc(nulls_last=True), "id").iterator(chunk_size=50)
    if first is not None:
        ordered = [*lots.filter(pk=first), *lots.exclude(pk=first).order_by(F("expires_at").asc(nulls_last=True), "id")]
    parts, left = [], amount
    for lot in ordered:
        if left <= 0:
            break
        parts.append((lot, min(lot.remaining, left)))
        left -= parts[-1][1]
    if left > 0:
        raise CreditsLacking(needed=amount, available=amount - left)
    return parts


def record(
    *,
    actor: Actor,
    tenant_id: int,
    kind: str,
    reference: str,
    moves: list[Move],
    note: str = "",
    hold: Hold | None = None,
    reverses: Transaction | None = None,
    about: Hold | Transaction | None = None,
    amount: int | None = None,
) -> Transaction:
    """Writes one transaction with its entries and moves balance and lots; call it with the balance locked.

    `amount` is by default all that is moved. `about` is where the purpose comes from.
    """
    available = sum(_sign(move, Account.AVAILABLE) * move.credits for move in moves)
    held = sum(_sign(move, Account.HELD) * move.credits for move in moves)
    enough = Balance.objects.filter(pk=tenant_id, available__gte=-available, held__gte=-held)
    if not enough.update(available=F("available") + available, held=F("held") + held):
        raise CreditsLacking(needed=-available, available=selectors.available(tenant_id))
    for move in moves:
        if sign := _sign(move, Account.AVAILABLE):
            change = sign * move.credits
            rows = Lot.objects.filter(pk=move.lot.pk, remaining__gte=-change)
            if not rows.update(remaining=F("remaining") + change):
                raise CreditsLacking(needed=move.credits, available=selectors.available(tenant_id))
    done = Transaction.objects.create(
        tenant_id=tenant_id,
        kind=kind,
        reference=reference,
        amount=sum(move.credits for move in moves) if amount is None else amount,
        change=available + held,
        note=note[:500],
        hold=hold,
        reverses=reverses,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        **({name: getattr(about, name) for name in ("operation", "model", "site_id", "agent", "run")} if about else {}),
    )
    sides = [(move, move.source, -move.credits) for move in moves] + [(m, m.target, m.credits) for m in moves]
    Entry.objects.bulk_create(
        Entry(transaction=done, tenant_id=tenant_id, lot=move.lot, account=account, amount=credits)
        for move, account, credits in sides
    )
    return done


def _sign(move: Move, account: str) -> int:
    return (move.target == account) - (move.source == account)


def _first(tenant_id: int, kind: str, reference: str) -> Transaction | None:
    return Transaction.objects.filter(tenant_id=tenant_id, kind=kind, reference=reference).first()


def _require_credits(amount: Any) -> None:
    """A service of ours that asks for anything else has a bug; what clients say is checked at the door."""
    if not isinstance(amount, int) or not 0 < amount <= MOST:
        raise ValueError(f"{amount!r} is no number of credits.")
