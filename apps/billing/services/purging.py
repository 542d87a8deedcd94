"""The end of a tenant's ledger, with the tenant: the one time at which its rows are deleted."""

from django.db import connection, transaction

from apps.billing.models import (
    Balance,
    Customer,
    Dispute,
    Entry,
    Hold,
    Invoice,
    Limit,
    Lot,
    Override,
    Payment,
    PaymentMethod,
    Refund,
    Spending,
    Subscription,
    Transaction,
    VendorEvent,
)
from apps.billing.providers import mirror

_IN_ORDER = (
    Entry,
    Transaction,
    Hold,
    Lot,
    Balance,
    Limit,
    Spending,
    Override,
    Refund,
    Dispute,
    Payment,
    Invoice,
    Subscription,
    PaymentMethod,
    Customer,
)


@transaction.atomic
def forget(tenant_id: int) -> None:
    """Deletes all rows of the tenant. The triggers let go of what the setting names, until the commit."""
    refs = list(Customer.objects.filter(tenant_id=tenant_id).values_list("ref", flat=True))
    mirror.forget(refs)
    VendorEvent.objects.filter(customer_ref__in=refs).update(customer_ref="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('cognitor.forgotten_tenant', %s, true)", [str(tenant_id)])
        for model in _IN_ORDER:
            # Plain SQL: a ledger is too long to be collected for Django's cascade.
            cursor.execute(f"DELETE FROM public.{model._meta.db_table} WHERE tenant_id = %s", [tenant_id])  # noqa: S608
        cursor.execute("SELECT set_config('cognitor.forgotten_tenant', '', true)")
