"""Reading a tenant's spending limits."""

from django.db.models import QuerySet

from apps.billing.models import Limit


def limits_of(tenant_id: int) -> QuerySet[Limit]:
    return Limit.objects.filter(tenant_id=tenant_id).order_by("id")
