"""What happens to payments and subscriptions."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentBegun(Event):
    subject: ClassVar[str] = "payment"
    amount: int
    currency: str
    credits: int


@dataclass(frozen=True, kw_only=True)
class PaymentSucceeded(Event):
    subject: ClassVar[str] = "payment"
    amount: int
    currency: str
    credits: int


@dataclass(frozen=True, kw_only=True)
class PaymentFailed(Event):
    subject: ClassVar[str] = "payment"
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentMismatched(Event):
    """The vendor says that another sum was paid than was asked for: nothing was granted, somebody has to look."""

    subject: ClassVar[str] = "payment"
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class PaymentRefunded(Event):
    """`short`: credits that were spent already and stay with the tenant."""

    subject: ClassVar[str] = "payment"
    amount: int
    credits: int
    short: int


@dataclass(frozen=True, kw_only=True)
class RefundFailed(Event):
    subject: ClassVar[str] = "payment"
    amount: int
    credits: int


@dataclass(frozen=True, kw_only=True)
class PaymentDisputed(Event):
    """A payer's bank asks (`inquiry`) or has taken the money (`open`). `owed`: credits that were spent already."""

    subject: ClassVar[str] = "payment"
    status: str
    amount: int
    credits: int
    owed: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentDisputeEnded(Event):
    """`won`: the money is back, and so are the credits. `lost`: `credits` stay withdrawn."""

    subject: ClassVar[str] = "payment"
    status: str
    credits: int


@dataclass(frozen=True, kw_only=True)
class PaymentMethodDeleted(Event):
    subject: ClassVar[str] = "payment_method"


@dataclass(frozen=True, kw_only=True)
class PaymentMethodChosen(Event):
    subject: ClassVar[str] = "payment_method"


@dataclass(frozen=True, kw_only=True)
class SubscriptionStarted(Event):
    subject: ClassVar[str] = "subscription"
    plan: str
    status: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionChanged(Event):
    subject: ClassVar[str] = "subscription"
    plan: str
    status: str
    cancel_at_period_end: bool


@dataclass(frozen=True, kw_only=True)
class SubscriptionEnded(Event):
    subject: ClassVar[str] = "subscription"
    plan: str


@dataclass(frozen=True, kw_only=True)
class SubscriptionStandingChanged(Event):
    """What not paying leads to, and how paying ends it."""

    subject: ClassVar[str] = "subscription"
    standing: str


@dataclass(frozen=True, kw_only=True)
class InvoicePaid(Event):
    subject: ClassVar[str] = "invoice"
    amount: int
    currency: str
    credits: int


@dataclass(frozen=True, kw_only=True)
class PackageSaved(Event):
    subject: ClassVar[str] = "package"


@dataclass(frozen=True, kw_only=True)
class PlanSaved(Event):
    subject: ClassVar[str] = "plan"
