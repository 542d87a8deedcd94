"""What a tenant uses of its limits: counters in its row, moved by the services that use it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from django.db.models import F
from django.db.models.functions import Greatest

from apps.core.refusal import Refusal
from apps.core.tenancy import pathless
from apps.sites.errors import ElementLimitReached, StorageLimitReached
from apps.sites.models import Tenant

Kind = Literal["elements", "storage_bytes"]

_REFUSALS: dict[Kind, type[Refusal]] = {"elements": ElementLimitReached, "storage_bytes": StorageLimitReached}
# Each write asks it: in words of SQL, since to compile them costs more than to ask.
_TAKE = {
    kind: f"UPDATE public.sites_tenant SET used_{kind} = used_{kind} + %s WHERE id = %s AND used_{kind} <= %s"  # noqa: S608
    for kind in _REFUSALS
}


def take(tenant: Tenant, kind: Kind, amount: int) -> None:
    """Counts what is about to be there; refused, with limit and count, when it would be more than the tenant may have.

    One conditional update, so that of two at once only as many pass as there is room for. Call it last in the
    transaction: the tenant's other writers wait for it from here to the commit.
    """
    if _counted(tenant.pk, kind, amount):
        return
    limit = tenant.effective_limits[kind]
    with pathless(prepared=True) as cursor:
        cursor.execute(_TAKE[kind], [amount, tenant.pk, limit - amount])
        taken = cursor.rowcount
    if not taken:
        count = Tenant.objects.filter(pk=tenant.pk).values_list(f"used_{kind}", flat=True).get()
        raise _REFUSALS[kind](limit=limit, count=count)


def give_back(tenant_id: int, kind: Kind, amount: int) -> None:
    """Counts what is gone."""
    if _counted(tenant_id, kind, -amount):
        return
    column = f"used_{kind}"
    Tenant.objects.filter(pk=tenant_id).update(**{column: Greatest(F(column) - amount, 0)})


def recount(tenant_id: int, *, elements: int, storage_bytes: int) -> None:
    """Sets the counters to what was counted, as after an import behind the services' back."""
    Tenant.objects.filter(pk=tenant_id).update(used_elements=elements, used_storage_bytes=storage_bytes)


@dataclass
class Account:
    """What many changes of one transaction take in all; `room` is what there was for them at its beginning."""

    tenant_id: int
    kind: Kind
    limit: int
    room: int
    moved: int = 0


_open: ContextVar[Account | None] = ContextVar("usage_account", default=None)


@contextmanager
def together(tenant: Tenant, kind: Kind) -> Iterator[Account]:
    """Inside, `take` and `give_back` of this kind only count; the sum is taken or given back at the end.

    So the tenant's other writers wait for the last statement of a batch and not for all of it. Whoever undoes a
    part of the batch sets `moved` back.
    """
    limit = tenant.effective_limits[kind]
    used: int = Tenant.objects.filter(pk=tenant.pk).values_list(f"used_{kind}", flat=True).get()
    account = Account(tenant.pk, kind, limit, limit - used)
    token = _open.set(account)
    try:
        yield account
    finally:
        _open.reset(token)
    if account.moved > 0:
        take(tenant, kind, account.moved)
    elif account.moved < 0:
        give_back(tenant.pk, kind, -account.moved)


def _counted(tenant_id: int, kind: Kind, amount: int) -> bool:
    """Whether an open account has taken note; refused like `take` when there was no room."""
    account = _open.get()
    if account is None or (account.tenant_id, account.kind) != (tenant_id, kind):
        return False
    if amount > 0 and account.moved + amount > account.room:
        raise _REFUSALS[kind](limit=account.limit, count=account.limit - account.room + account.moved)
    account.moved += amount
    return True
