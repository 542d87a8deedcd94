from apps.billing.models.ledger import Account, Balance, Entry, Hold, Kind, Lot, Transaction
from apps.billing.models.limits import Limit, Period, Scope, Spending
from apps.billing.models.payments import (
    Customer,
    Dispute,
    Invoice,
    Payment,
    PaymentMethod,
    Refund,
    Subscription,
    VendorEvent,
)
from apps.billing.models.plans import Package, Plan
from apps.billing.models.prices import CostSetting, Discount, Override, Price, Unit

__all__ = [
    "Account",
    "Balance",
    "CostSetting",
    "Customer",
    "Discount",
    "Dispute",
    "Entry",
    "Hold",
    "Invoice",
    "Kind",
    "Limit",
    "Lot",
    "Override",
    "Package",
    "Payment",
    "PaymentMethod",
    "Period",
    "Plan",
    "Price",
    "Refund",
    "Scope",
    "Spending",
    "Subscription",
    "Transaction",
    "Unit",
    "VendorEvent",
]
