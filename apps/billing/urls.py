from django.urls import path

from apps.billing.views import (
    InvoicesViewSet,
    PackagesViewSet,
    PaymentMethodsViewSet,
    PaymentsViewSet,
    SubscriptionsViewSet,
)

urlpatterns = [
    path("credits/packages", PackagesViewSet.as_view({"get": "packages"})),
    path("credits/purchase", PackagesViewSet.as_view({"post": "purchase"})),
    path("payments", PaymentsViewSet.as_view({"get": "list"})),
    path("payments/config", PaymentsViewSet.as_view({"get": "config"})),
    path("payments/intents", PaymentsViewSet.as_view({"post": "create_intent"})),
    path("payments/portal", PaymentsViewSet.as_view({"post": "portal"})),
    path("payments/webhook", PaymentsViewSet.as_view({"post": "webhook"})),
    path("payments/methods", PaymentMethodsViewSet.as_view({"get": "list", "post": "begin"})),
    path("payments/methods/<id:method_id>", PaymentMethodsViewSet.as_view({"delete": "delete"})),
    path("payments/methods/<id:method_id>/default", PaymentMethodsViewSet.as_view({"post": "default"})),
    path("payments/<id:payment_id>", PaymentsViewSet.as_view({"get": "retrieve"})),
    path("payments/<id:payment_id>/refund", PaymentsViewSet.as_view({"post": "refund"})),
    path("invoices", InvoicesViewSet.as_view({"get": "list"})),
    path("invoices/<id:invoice_id>", InvoicesViewSet.as_view({"get": "retrieve"})),
    path("subscriptions", SubscriptionsViewSet.as_view({"post": "create"})),
    path("subscriptions/plans", SubscriptionsViewSet.as_view({"get": "plans"})),
    path("subscriptions/current", SubscriptionsViewSet.as_view({"get": "current"})),
    path("subscriptions/change", SubscriptionsViewSet.as_view({"post": "change"})),
    path("subscriptions/cancel", SubscriptionsViewSet.as_view({"post": "cancel"})),
    path("subscriptions/resume", SubscriptionsViewSet.as_view({"post": "resume"})),
]
