"""What a vendor's objects say, in our words. `read_at` is from before the reading began."""

import datetime
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund. `uid` names our row, when it was begun here."""

    ref: str
    uid: str
    amount: int
    failed: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """A dispute. `status` is ours."""

    ref: str
    amount: int
    status: str
    reason: str
    created_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Paid:
    """How far a payment got. `uid` names our row; `status` is ours."""

    uid: str
    intent_ref: str
    status: str
    amount: int
    currency: str
    read_at: datetime.datetime
    failure: str = ""
    refunds: tuple[GivenBack, ...] = ()
    disputes: tuple[Contested, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    ref: str
    kind: str
    brand: str
    last4: str
    expires: str


@dataclass(frozen=True, slots=True)
class Methods:
    """All that a customer keeps at the vendor."""

    customer_ref: str
    default: str
    methods: tuple[Method, ...]
    read_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Subscribed:
    ref: str
    customer_ref: str
    item_ref: str
    plan: str
    status: str
    period_start: datetime.datetime
    period_end: datetime.datetime
    trial_end: datetime.datetime | None
    cancel_at_period_end: bool
    created_at: datetime.datetime
    ended_at: datetime.datetime | None
    read_at: datetime.datetime
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    amount: int
    prorated: bool


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice; of a preview without `ref`."""

    ref: str
    customer_ref: str
    subscription_ref: str
    number: str
    status: str
    reason: str
    amount_due: int
    amount_paid: int
    currency: str
    period_start: datetime.datetime
    period_end: datetime.datetime
    hosted_url: str
    pdf_url: str
    created_at: datetime.datetime
    paid_at: datetime.datetime | None
    lines: tuple[Line, ...]
    read_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: only what it is about is believed; how that stands is read from the vendor."""

    id: str
    kind: str
    subject: str
    ref: str
    customer_ref: str
    happened_at: datetime.datetime
    intent_ref: str = ""
