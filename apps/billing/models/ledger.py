"""The ledger: transactions of entries that sum to zero, and what is derived of them for quick asking.

`Transaction` and `Entry` are only ever added to, which triggers of the database hold, as they hold the sums. `Balance`,
`Lot.remaining` and `Hold.state` are moved in the transaction that writes the entries; `check_ledger` compares.
"""

import uuid

from django.db import models
from django.db.models import Q


class Account(models.TextChoices):
    """A tenant's accounts. The first two are what it owns; the others say where credits came from and went."""

    AVAILABLE = "available"
    HELD = "held"
    GRANTED = "granted"
    SPENT = "spent"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Kind(models.TextChoices):
    """Why a transaction is there. Those of money are the payments' to write."""

    GRANT = "grant"
    PURCHASE = "purchase"
    PLAN = "plan"
    ADJUSTMENT = "adjustment"
    WITHDRAWAL = "withdrawal"
    REFUND = "refund"
    DISPUTE = "dispute"
    HOLD = "hold"
    CHARGE = "charge"
    RELEASE = "release"
    EXPIRY = "expiry"
    REVERSAL = "reversal"


class Purpose(models.Model):
    """For what credits are held or spent, and by whom; the members by which they are counted and looked for."""

    operation = models.CharField(max_length=60, blank=True, default="")
    model = models.CharField(max_length=120, blank=True, default="")
    site_id = models.BigIntegerField(null=True, blank=True)
    agent = models.CharField(max_length=60, blank=True, default="")
    run = models.CharField(max_length=60, blank=True, default="")
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True


class Balance(models.Model):
    """What a tenant owns: the row that every change of its credits locks first, and changes on a condition."""

    tenant_id = models.BigIntegerField(primary_key=True)
    available = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(available__gte=0, held__gte=0), name="balance_not_negative"),)

    def __str__(self) -> str:
        return f"{self.tenant_id}: {self.available}"


class Lot(models.Model):
    """Credits that came together and expire together. What is held of them is not in `remaining`."""

    tenant_id = models.BigIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=models.F("amount")), name="lot_within_amount"
            ),
        )
        indexes = (
            models.Index(fields=("tenant_id", "expires_at", "id"), name="lot_to_spend", condition=Q(remaining__gt=0)),
            models.Index(fields=("expires_at",), name="lot_to_expire", condition=Q(remaining__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.remaining} of {self.amount}"


class Hold(Purpose):
    """Credits set aside for work that is under way. It ends once: settled, released or expired.

    `terms`: the prices by which it will be settled, as they were when it began.
    """

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"
        RELEASED = "released"
        EXPIRED = "expired"

    tenant_id = models.BigIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    charged = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    terms = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant_id", "reference"), name="hold_once_per_reference"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, charged__gte=0, charged__lte=models.F("amount")), name="hold_within_amount"
            ),
        )
        indexes = (
            models.Index(fields=("tenant_id", "-id"), name="hold_of_tenant"),
            models.Index(fields=("expires_at",), name="hold_to_expire", condition=Q(state="open")),
        )

    def __str__(self) -> str:
        return f"{self.amount} for {self.operation or self.reference} ({self.state})"


class Transaction(Purpose):
    """One movement of credits. `amount` is what it is about, `change` what the tenant owns more or less by it.

    `reference` is the caller's name for it, once per tenant and kind: whoever says it again gets the first one.
    """

    tenant_id = models.BigIntegerField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    change = models.BigIntegerField()
    note = models.CharField(max_length=500, blank=True, default="")
    hold = models.ForeignKey(Hold, null=True, blank=True, on_delete=models.CASCADE, related_name="transactions")
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="reversal", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant_id", "kind", "reference"), name="transaction_once_per_reference"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="transaction_amount_not_negative"),
        )
        indexes = (
            models.Index(fields=("tenant_id", "-id"), name="transaction_of_tenant"),
            models.Index(fields=("tenant_id", "created_at"), name="transaction_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Entry(models.Model):
    """One side of a transaction: so many credits of a lot, onto the account or (negative) off it."""

    transaction = models.ForeignKey(Transaction, on_delete=models.CASCADE, related_name="entries")
    tenant_id = models.BigIntegerField()
    account = models.CharField(max_length=9, choices=Account)
    lot = models.ForeignKey(Lot, on_delete=models.CASCADE, related_name="entries")
    amount = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = (models.CheckConstraint(condition=~Q(amount=0), name="entry_not_zero"),)
        indexes = (models.Index(fields=("tenant_id", "account"), name="entry_of_account"),)

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+}"
