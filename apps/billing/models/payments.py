"""Payments and what the vendor's objects are to us: who pays, with what, for what, and how far it got.

`source` says where money would have moved: `sandbox`, `test` or `live`. Rows that mirror a vendor's object keep when it
was read (`read_at`, taken before the reading began); an older reading never overwrites a newer one, so the order in
which events arrive does not matter.
"""

import uuid

from django.db import models
from django.db.models import Q

from apps.billing.models.plans import Package, Plan


class Customer(models.Model):
    """A tenant at the vendor."""

    tenant_id = models.BigIntegerField()
    source = models.CharField(max_length=7)
    ref = models.CharField(max_length=255, unique=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant_id", "source"), name="customer_once"),)

    def __str__(self) -> str:
        return self.ref


class PaymentMethod(models.Model):
    """A card that a tenant keeps at the vendor; what is known of it here is what may be shown."""

    tenant_id = models.BigIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="methods")
    ref = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=40)
    brand = models.CharField(max_length=40, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    expires = models.CharField(max_length=7, blank=True, default="", help_text="YYYY-MM")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("tenant_id", "id"), name="payment_method_of_tenant"),)

    def __str__(self) -> str:
        return f"{self.brand} …{self.last4}"


class Payment(models.Model):
    """One purchase of credits. What it costs and brings is written when it begins and is not asked of anybody later."""

    class Way(models.TextChoices):
        CHECKOUT = "checkout"
        INTENT = "intent"

    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        FAILED = "failed"
        CANCELED = "canceled"

    tenant_id = models.BigIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=7)
    way = models.CharField(max_length=8, choices=Way)
    package = models.ForeignKey(Package, null=True, on_delete=models.PROTECT, related_name="payments")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    credits = models.PositiveBigIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    refunded = models.PositiveIntegerField(default=0)
    disputed = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True, default="")
    request_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    session_ref = models.CharField(max_length=255, unique=True, null=True)
    intent_ref = models.CharField(max_length=255, unique=True, null=True)
    url = models.TextField(blank=True, default="")
    actor_label = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(refunded__lte=models.F("amount")), name="payment_refunded_within"),
        )
        indexes = (
            models.Index(fields=("tenant_id", "-id"), name="payment_of_tenant"),
            models.Index(fields=("paid_at",), name="payment_by_time", condition=Q(status="paid")),
        )

    def __str__(self) -> str:
        return f"{self.amount / 100:.2f} {self.currency.upper()} ({self.status})"


class Refund(models.Model):
    """Money given back, and the credits that went with it. `short` is what was spent already and could not go."""

    class Status(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    tenant_id = models.BigIntegerField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ref = models.CharField(max_length=255, unique=True, null=True)
    amount = models.PositiveIntegerField()
    credits = models.PositiveBigIntegerField()
    short = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("payment", "status"), name="refund_of_payment"),)

    def __str__(self) -> str:
        return f"{self.amount} ({self.status})"


class Dispute(models.Model):
    """A payer's bank takes a payment back. `taken` credits are withdrawn for it; what lacks to `credits` is owed.

    An inquiry takes nothing: the bank only asks. `moves` counts the transactions, by which each has a name.
    """

    class Status(models.TextChoices):
        INQUIRY = "inquiry"
        OPEN = "open"
        WON = "won"
        LOST = "lost"

    TAKING = (Status.OPEN, Status.LOST)

    tenant_id = models.BigIntegerField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ref = models.CharField(max_length=255, unique=True, null=True)
    amount = models.PositiveIntegerField()
    credits = models.PositiveBigIntegerField(default=0)
    taken = models.PositiveBigIntegerField(default=0)
    moves = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=7, choices=Status, blank=True, default="")
    reason = models.CharField(max_length=60, blank=True, default="")
    read_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(taken__lte=models.F("credits")), name="dispute_within"),)
        indexes = (
            models.Index(fields=("tenant_id", "-id"), name="dispute_of_tenant"),
            models.Index(
                fields=("tenant_id",), name="dispute_owed",
                condition=Q(status__in=("open", "lost"), taken__lt=models.F("credits")),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} ({self.status})"

    @property
    def owed(self) -> int:
        return self.credits - self.taken if self.status in self.TAKING else 0


class Subscription(models.Model):
    """A tenant's plan at the vendor. A cheaper plan begins with the next period (`next_plan`); a dearer one at once.

    `period_credits` counts what this month of the period (`credits_month`, from 0) has brought, so that going up and
    down and up again brings no more.
    """

    class Standing(models.TextChoices):
        GOOD = "good"
        RESTRICTED = "restricted"
        SUSPENDED = "suspended"

    ENDED = ("canceled", "incomplete_expired")

    tenant_id = models.BigIntegerField()
    source = models.CharField(max_length=7)
    ref = models.CharField(max_length=255, unique=True)
    item_ref = models.CharField(max_length=255, blank=True, default="")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    next_plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    trial_end = models.DateTimeField(null=True)
    cancel_at_period_end = models.BooleanField(default=False)
    credits_month = models.PositiveSmallIntegerField(default=0)
    period_credits = models.PositiveBigIntegerField(default=0)
    past_due_since = models.DateTimeField(null=True)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.GOOD)
    read_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant_id", "source"),
                condition=~Q(status__in=("canceled", "incomplete_expired")),
                name="subscription_one_at_a_time",
            ),
        )
        indexes = (models.Index(fields=("tenant_id", "-id"), name="subscription_of_tenant"),)

    def __str__(self) -> str:
        return f"{self.plan_id} ({self.status})"


class Invoice(models.Model):
    """A vendor's invoice for a period of a subscription, or for a change within one."""

    tenant_id = models.BigIntegerField()
    source = models.CharField(max_length=7)
    ref = models.CharField(max_length=255, unique=True)
    subscription_ref = models.CharField(max_length=255, blank=True, default="")
    number = models.CharField(max_length=100, blank=True, default="")
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=40)
    amount_due = models.IntegerField()
    amount_paid = models.IntegerField()
    currency = models.CharField(max_length=3)
    credits = models.PositiveBigIntegerField(default=0, help_text="That came with its payment.")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    hosted_url = models.TextField(blank=True, default="")
    pdf_url = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("tenant_id", "-created_at", "-id"), name="invoice_of_tenant"),
            models.Index(fields=("paid_at",), name="invoice_by_time", condition=Q(status="paid")),
        )

    def __str__(self) -> str:
        return self.number or self.ref


class VendorEvent(models.Model):
    """A vendor's event that was handled, so that it is handled once; by webhook or by reconciliation.

    `subject`, `ref` and `customer_ref` say what it is about, which is copied into the mirror afterwards (`copied_at`).
    """

    id = models.CharField(max_length=255, primary_key=True)
    kind = models.CharField(max_length=100)
    by = models.CharField(max_length=14)
    happened_at = models.DateTimeField()
    handled_at = models.DateTimeField(auto_now_add=True)
    subject = models.CharField(max_length=40, blank=True, default="")
    ref = models.CharField(max_length=255, blank=True, default="")
    customer_ref = models.CharField(max_length=255, blank=True, default="")
    copied_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("happened_at",), name="vendor_event_by_time"),
            models.Index(fields=("customer_ref",), name="vendor_event_to_copy", condition=Q(copied_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
