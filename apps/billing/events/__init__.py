from apps.billing.events.credits import (
    CreditsExpired,
    CreditsGranted,
    CreditsWithdrawn,
    SpendingLimitNear,
    TransactionReversed,
)

__all__ = ["CreditsExpired", "CreditsGranted", "CreditsWithdrawn", "SpendingLimitNear", "TransactionReversed"]
