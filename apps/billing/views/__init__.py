from apps.billing.views.cost_settings import (
    CostSettingsViewSet,
)
from apps.billing.views.credits import (
    CreditsViewSet,
    TenantCreditsViewSet,
)
from apps.billing.views.methods import (
    InvoicesViewSet,
    PaymentMethodsViewSet,
)
from apps.billing.views.payments import (
    PackagesViewSet,
    PaymentsViewSet,
)
from apps.billing.views.subscriptions import (
    SubscriptionsViewSet,
)
from apps.billing.views.transactions import (
    ReversalsViewSet,
    TransactionsViewSet,
)

__all__ = [
    "CostSettingsViewSet",
    "CreditsViewSet",
    "InvoicesViewSet",
    "PackagesViewSet",
    "PaymentMethodsViewSet",
    "PaymentsViewSet",
    "ReversalsViewSet",
    "SubscriptionsViewSet",
    "TenantCreditsViewSet",
    "TransactionsViewSet",
]
