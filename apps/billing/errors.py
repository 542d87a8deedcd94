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


OF_PRICED = (CreditsLacking, LimitReached, PriceMissing, QuoteInvalid, QuoteExpired, HoldClosed)
"""How an operation that costs something can be refused beyond what is its own."""


class PaymentsOff(Refusal):
    code, status, title = "billing.payments.off", 503, "Payments are not set up on this installation."


class PaymentsAway(Refusal):
    code, status, title = "billing.payments.away", 503, "The payment provider does not answer; try again."


class PaymentsFailed(Refusal):
    code, status, title = "billing.payments.failed", 502, "The payment provider refused the request."


class CardDeclined(Refusal):
    """`reason` is the bank's, as far as it may be told."""

    code, status, title = "billing.card.declined", 402, "The card was declined."


class PackageUnknown(Refusal):
    code, status, title = "billing.package.unknown", 404, "There is no such package."


class PlanUnknown(Refusal):
    code, status, title = "billing.plan.unknown", 404, "There is no such plan."


class ReturnUrlRefused(Refusal):
    code, status, title = "billing.return_url.refused", 400, "Payers are led back to this installation's clients only."


class PaymentMethodMissing(Refusal):
    code, status, title = "billing.payment_method.missing", 409, "A subscription needs a payment method first."


class PaymentMethodInUse(Refusal):
    code, status, title = (
        "billing.payment_method.in_use",
        409,
        "The subscription is paid with this; choose another first.",
    )


class PaymentNotRefundable(Refusal):
    """`left` is what could be given back."""

    code, status, title = "billing.payment.not_refundable", 409, "So much of this payment cannot be given back."


class SubscriptionMissing(Refusal):
    code, status, title = "billing.subscription.missing", 409, "There is no subscription."


class SubscriptionExists(Refusal):
    code, status, title = "billing.subscription.exists", 409, "There is a subscription already; change it."


class SubscriptionSame(Refusal):
    code, status, title = "billing.subscription.same", 409, "The subscription is on this plan already."


class SubscriptionNotEnding(Refusal):
    code, status, title = "billing.subscription.not_ending", 409, "The subscription does not end; nothing to take back."


class WebhookUnsigned(Refusal):
    code, status, title = "billing.webhook.unsigned", 400, "The signature is missing, wrong or too old."


class WebhookForeign(Refusal):
    code, status, title = "billing.webhook.foreign", 400, "The event is of another account or mode."
