"""What a tenant uses of its limits: counters in its row, moved by the services that use it up."""

from typing import Literal

from django.db.models import F
from django.db.models.functions import Greatest

from apps.core.refusal import Refusal
from apps.sites.errors import ElementLimitReached, StorageLimitReached
from apps.sites.models import Tenant

Kind = Literal["elements", "storage_bytes"]

_REFUSALS: dict[Kind, type[Refusal]] = {"elements": ElementLimitReached, "storage_bytes": StorageLimitReached}


def take(tenant: Tenant, kind: Kind, amount: int) -> None:
    """Counts what is about to be there; refused, with limit and count, when it would be more than the tenant may have.

    One conditional update, so that of two at once only as many pass as there is room for. Call it last in the
    transaction: the tenant's other writers wait for it from here to the commit.
    """
    column, limit = f"used_{kind}", tenant.effective_limits[kind]
    rows = Tenant.objects.filter(pk=tenant.pk)
    if not rows.filter(**{f"{column}__lte": limit - amount}).update(**{column: F(column) + amount}):
        raise _REFUSALS[kind](limit=limit, count=rows.values_list(column, flat=True).get())


def give_back(tenant_id: int, kind: Kind, amount: int) -> None:
    """Counts what is gone."""
    column = f"used_{kind}"
    Tenant.objects.filter(pk=tenant_id).update(**{column: Greatest(F(column) - amount, 0)})


def recount(tenant_id: int, *, elements: int, storage_bytes: int) -> None:
    """Sets the counters to what was counted, as after an import behind the services' back."""
    Tenant.objects.filter(pk=tenant_id).update(used_elements=elements, used_storage_bytes=storage_bytes)
