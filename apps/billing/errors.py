from apps.core.refusal import Refusal


class CreditsLacking(Refusal):
    """`needed` and `available` are credits."""

    code, status, title = "billing.credits.lacking", 402, "There are not enough credits."


class LimitReached(Refusal):
    """`scope`, `key`, `period` name the limit, `limit` is what it allows; `used` and `needed` say how far it goes."""

    code, status, title = "billing.limit.reached", 402, "A spending limit is reached."


class HoldClosed(Refusal):
    """`state` says how it ended."""

    code, status, title = "billing.hold.closed", 409, "The hold has ended already."


class TransactionReversed(Refusal):
    """`reversal_id` is the counter-entry."""

    code, status, title = "billing.transaction.reversed", 409, "The transaction was reversed already."


class TransactionIrreversible(Refusal):
    code, status, title = "billing.transaction.irreversible", 409, "A transaction of this kind is not reversed."


class PriceMissing(Refusal):
    """`operation` and `model` name what has no price, `units` what quantities were given for."""

    code, status, title = "billing.price.missing", 409, "This has no price; whoever runs the installation sets it."


class CostSettingTaken(Refusal):
    """`setting_id` is the one that is there."""

    code, status, title = (
        "billing.cost_setting.taken",
        409,
        "This has a price for the unit already.",
    )


class QuoteInvalid(Refusal):
    code, status, title = "billing.quote.invalid", 400, "The quote is not one of ours, or of another request."


class QuoteExpired(Refusal):
    code, status, title = "billing.quote.expired", 409, "The quote has expired; ask for a new one."
