from apps.billing.selectors import (
    payments,
    revenue,
)
from apps.billing.selectors.ledger import (
    any_transaction_for,
    available,
    held_of,
    hold_for,
    spendable,
)
from apps.billing.selectors.limits import (
    limits_of,
)
from apps.billing.selectors.prices import (
    Terms,
    discount_of,
    discounts,
    filtered_settings,
    overrides_of,
    setting_for,
    settings_at,
    terms_for,
)
from apps.billing.selectors.reports import (
    balance,
    batches,
    holds,
    summary,
    transaction_for,
    transactions,
    usage,
)
from apps.billing.selectors.tenants import (
    tenant_credits,
    tenant_name,
)

__all__ = [
    "Terms",
    "any_transaction_for",
    "available",
    "balance",
    "batches",
    "discount_of",
    "discounts",
    "filtered_settings",
    "held_of",
    "hold_for",
    "holds",
    "limits_of",
    "overrides_of",
    "payments",
    "revenue",
    "setting_for",
    "settings_at",
    "spendable",
    "summary",
    "tenant_credits",
    "tenant_name",
    "terms_for",
    "transaction_for",
    "transactions",
    "usage",
]
