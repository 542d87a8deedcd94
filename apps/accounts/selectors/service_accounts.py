"""Reading the service accounts of a tenant."""

from django.db.models import QuerySet

from apps.accounts.models import ServiceAccount
from apps.core import errors
from apps.core.actor import Actor


def service_accounts_of(actor: Actor) -> QuerySet[ServiceAccount]:
    """Those of the actor's tenant that are not revoked."""
    rows = ServiceAccount.objects.filter(tenant_id=actor.tenant_id, revoked_at=None)  # type: ignore[misc]
    return rows.order_by("pk")


def service_account_for(actor: Actor, account_id: int, *, lock: bool = False) -> ServiceAccount:
    rows = service_accounts_of(actor).filter(pk=account_id)
    account = (rows.select_for_update() if lock else rows).first()
    if account is None:
        raise errors.NotFound
    return account
