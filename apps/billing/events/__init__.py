from apps.billing.events.credits import (
    CreditsExpired,
    CreditsGranted,
    CreditsWithdrawn,
    SpendingLimitNear,
    SpendingLimitsSet,
    TransactionReversed,
)
from apps.billing.events.prices import (
    CostSettingChanged,
    CostSettingCreated,
    CostSettingDeleted,
    DiscountsSet,
    OverridesSet,
)

__all__ = [
    "CostSettingChanged",
    "CostSettingCreated",
    "CostSettingDeleted",
    "CreditsExpired",
    "CreditsGranted",
    "CreditsWithdrawn",
    "DiscountsSet",
    "OverridesSet",
    "SpendingLimitNear",
    "SpendingLimitsSet",
    "TransactionReversed",
]
