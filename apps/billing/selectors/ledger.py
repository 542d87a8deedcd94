"""Reading the ledger of one tenant."""

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from apps.billing.models import Account, Entry, Hold, Kind, Lot, Transaction
from apps.core import errors


def spendable(tenant_id: int) -> QuerySet[Lot]:
    """Lots with something left that has not expired."""
    alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Lot.objects.filter(alive, tenant_id=tenant_id, remaining__gt=0)


def available(tenant_id: int) -> int:
    """Credits that can be spent now."""
    found: int | None = spendable(tenant_id).aggregate(sum=Sum("remaining"))["sum"]
    return found or 0


def held_of(hold: Hold) -> list[tuple[Lot, int]]:
    """What the hold holds, lot by lot, in the order in which it is spent."""
    rows = Entry.objects.filter(transaction__hold=hold, transaction__kind=Kind.HOLD, account=Account.HELD)
    return [(entry.lot, entry.amount) for entry in rows.select_related("lot").order_by("id")]


def hold_for(tenant_id: int, hold_id: int) -> Hold:
    found = Hold.objects.filter(tenant_id=tenant_id, pk=hold_id).first()
    if found is None:
        raise errors.NotFound
    return found


def any_transaction_for(transaction_id: int) -> Transaction:
    """Any tenant's, for those who run the installation."""
    found = Transaction.objects.filter(pk=transaction_id).first()
    if found is None:
        raise errors.NotFound
    return found
