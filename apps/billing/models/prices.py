"""What operations cost: prices with the time from which they hold, discounts of plans, prices of single tenants."""

from django.db import models
from django.db.models import Q


class Unit(models.TextChoices):
    """What is counted. `FIXED` is once an operation; of the others the quantity is named by the caller."""

    FIXED = "fixed", "once"
    TOKENS = "1k_tokens", "per 1,000 tokens"
    INPUT_TOKENS = "1k_input_tokens", "per 1,000 tokens read"
    OUTPUT_TOKENS = "1k_output_tokens", "per 1,000 tokens written"
    CHARACTERS = "1k_characters", "per 1,000 characters"
    SECOND = "second", "per second"
    MEGAPIXEL = "megapixel", "per megapixel"
    IMAGE = "image", "per image"


class CostSetting(models.Model):
    """An operation, with one model or (empty) with any, costs so much a unit. Its prices are rows of their own."""

    operation = models.CharField(max_length=60)
    model = models.CharField(max_length=120, blank=True, default="")
    unit = models.CharField(max_length=16, choices=Unit)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("operation", "model", "unit"), condition=Q(deleted_at=None), name="cost_setting_once"
            ),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, self.model, self.unit)))


class Price(models.Model):
    """Credits a unit, in force from a moment until the next row's."""

    setting = models.ForeignKey(CostSetting, on_delete=models.CASCADE, related_name="prices")
    credits = models.DecimalField(max_digits=14, decimal_places=6)
    effective_from = models.DateTimeField()
    actor_label = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("setting", "effective_from"), name="price_once_at_a_time"),
            models.CheckConstraint(condition=Q(credits__gte=0), name="price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.credits} from {self.effective_from:%Y-%m-%d %H:%M}"


class Discount(models.Model):
    """Percent off all prices for the tenants of a plan."""

    plan = models.CharField(max_length=40, unique=True)
    percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(percent__lte=100), name="discount_within_price"),)

    def __str__(self) -> str:
        return f"{self.plan}: {self.percent} %"


class Override(models.Model):
    """Credits a unit for one tenant, in place of the price and of its plan's discount."""

    tenant_id = models.BigIntegerField()
    setting = models.ForeignKey(CostSetting, on_delete=models.CASCADE, related_name="overrides")
    credits = models.DecimalField(max_digits=14, decimal_places=6)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant_id", "setting"), name="override_once_per_tenant"),
            models.CheckConstraint(condition=Q(credits__gte=0), name="override_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.setting}: {self.credits}"
