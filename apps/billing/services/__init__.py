from apps.billing.services import (
    customers,
    dunning,
    holds,
    invoices,
    ledger,
    offers,
    payments,
    refunds,
    subscriptions,
    webhooks,
)

__all__ = [
    "customers",
    "dunning",
    "holds",
    "invoices",
    "ledger",
    "offers",
    "payments",
    "refunds",
    "subscriptions",
    "webhooks",
]
