"""What those who run the installation see of a tenant's credits."""

from typing import Any

from django.db.models import OuterRef, Subquery

from apps.billing.selectors import limits, prices, reports
from apps.sites.models import Tenant
from apps.sites.selectors import tenant_for


def tenant_name() -> Subquery:
    """The name of the tenant whose balance it is, to annotate with."""
    return Subquery(Tenant.objects.filter(pk=OuterRef("tenant_id")).values("name")[:1])


def tenant_credits(tenant_id: int) -> dict[str, Any]:
    tenant = tenant_for(tenant_id)
    return {
        "tenant_id": tenant.pk,
        "plan": tenant.plan,
        "discount": prices.discount_of(tenant.pk),
        "balance": reports.balance(tenant.pk),
        "limits": limits.limits_of(tenant.pk),
        "overrides": prices.overrides_of(tenant.pk),
    }
