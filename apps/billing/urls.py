from django.urls import path

from apps.billing.views import (
    CostSettingsViewSet,
    CreditsViewSet,
    ReversalsViewSet,
    TenantCreditsViewSet,
    TransactionsViewSet,
)

urlpatterns = [
    path("transactions", TransactionsViewSet.as_view({"get": "list"})),
    path("transactions/summary", TransactionsViewSet.as_view({"get": "summary"})),
    path("transactions/export", TransactionsViewSet.as_view({"get": "export"})),
    path("transactions/<id:transaction_id>", TransactionsViewSet.as_view({"get": "retrieve"})),
    path("transactions/<id:transaction_id>/reverse", ReversalsViewSet.as_view({"post": "reverse"})),
    path("credits/balance", CreditsViewSet.as_view({"get": "balance"})),
    path("credits/quote", CreditsViewSet.as_view({"post": "quote"})),
    path("credits/usage", CreditsViewSet.as_view({"get": "usage"})),
    path("credits/holds", CreditsViewSet.as_view({"get": "holds"})),
    path("credits/holds/<id:hold_id>/release", CreditsViewSet.as_view({"post": "release"})),
    path("cost-settings", CostSettingsViewSet.as_view({"get": "list", "post": "create"})),
    path("cost-settings/discounts", CostSettingsViewSet.as_view({"get": "discounts", "put": "set_discounts"})),
    path(
        "cost-settings/<id:setting_id>",
        CostSettingsViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "delete"}),
    ),
    path("tenants/<id:tenant_id>/credits", TenantCreditsViewSet.as_view({"get": "retrieve"})),
    path("tenants/<id:tenant_id>/credits/adjust", TenantCreditsViewSet.as_view({"post": "adjust"})),
    path("tenants/<id:tenant_id>/credits/limits", TenantCreditsViewSet.as_view({"put": "set_limits"})),
    path("tenants/<id:tenant_id>/credits/overrides", TenantCreditsViewSet.as_view({"put": "set_overrides"})),
]
