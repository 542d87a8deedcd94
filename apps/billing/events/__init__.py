from apps.billing.events.credits import (
    CreditsExpired,
    CreditsGranted,
    CreditsWithdrawn,
    HoldReleased,
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
    "HoldReleased",
    "OverridesSet",
    "SpendingLimitNear",
    "SpendingLimitsSet",
    "TransactionReversed",
]
