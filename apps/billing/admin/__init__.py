from apps.billing.admin import (
    mirror,
    offers,
    payments,
)
from apps.billing.admin.credits import (
    BalanceAdmin,
)
from apps.billing.admin.ledger import (
    TransactionAdmin,
)
from apps.billing.admin.prices import (
    CostSettingAdmin,
)

__all__ = [
    "BalanceAdmin",
    "CostSettingAdmin",
    "TransactionAdmin",
    "mirror",
    "offers",
    "payments",
]
