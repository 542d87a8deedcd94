from apps.billing.models.ledger import Account, Balance, Entry, Hold, Kind, Lot, Transaction
from apps.billing.models.limits import Limit, Period, Scope, Spending
from apps.billing.models.prices import CostSetting, Discount, Override, Price, Unit

__all__ = [
    "Account",
    "Balance",
    "CostSetting",
    "Discount",
    "Entry",
    "Hold",
    "Kind",
    "Limit",
    "Lot",
    "Override",
    "Period",
    "Price",
    "Scope",
    "Spending",
    "Transaction",
    "Unit",
]
