from apps.billing.views.cost_settings import CostSettingsViewSet
from apps.billing.views.credits import CreditsViewSet, TenantCreditsViewSet
from apps.billing.views.transactions import ReversalsViewSet, TransactionsViewSet

__all__ = [
    "CostSettingsViewSet",
    "CreditsViewSet",
    "ReversalsViewSet",
    "TenantCreditsViewSet",
    "TransactionsViewSet",
]
