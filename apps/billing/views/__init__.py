from apps.billing.views.methods import InvoicesViewSet, PaymentMethodsViewSet
from apps.billing.views.payments import PackagesViewSet, PaymentsViewSet
from apps.billing.views.subscriptions import SubscriptionsViewSet

__all__ = ["InvoicesViewSet", "PackagesViewSet", "PaymentMethodsViewSet", "PaymentsViewSet", "SubscriptionsViewSet"]
