"""What can be bought: packages of credits once, plans again and again. Prices are ours; nobody sends one."""

from django.db import models
from django.db.models import Q


class Offer(models.Model):
    """What packages and plans share. `amount` is in the smallest unit of the currency: 1000 is 10.00 dollars."""

    identifier = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True, default="")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="usd")
    credits = models.PositiveBigIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True, help_text="Whether it is offered. Who has it keeps it.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Package(Offer):
    """So many credits for so much money, once."""

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gte=50, credits__gte=1), name="package_has_a_price"),)


class Plan(Offer):
    """A subscription: `credits` for each paid month, and limits that the tenant has meanwhile.

    Credits expire with the month that they are for, or `rollover` months later, or (null) never.
    """

    class Interval(models.TextChoices):
        MONTH = "month"
        YEAR = "year"

    interval = models.CharField(max_length=5, choices=Interval, default=Interval.MONTH)
    trial_days = models.PositiveSmallIntegerField(default=0, help_text="Before the first payment, once a tenant.")
    trial_credits = models.PositiveBigIntegerField(default=0, help_text="They expire with the trial.")
    rollover = models.PositiveSmallIntegerField(
        default=0, null=True, blank=True, help_text="Months for which unspent credits stay; empty: for good."
    )
    limits = models.JSONField(default=dict, blank=True, help_text="Those of a tenant that differ from the defaults.")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount=0) | Q(amount__gte=50), name="plan_has_a_price"),)

    @property
    def price_key(self) -> str:
        """The vendor's name for the price: another amount is another price, who subscribed before keeps the former."""
        return f"cognitor:{self.identifier}:{self.amount}:{self.currency}:{self.interval}"
