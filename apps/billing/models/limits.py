"""How much a tenant lets be spent, and how much was: by tenant, operation, site, agent, service account and run."""

from django.db import models
from django.db.models import Q


class Scope(models.TextChoices):
    """What is limited. They nest without more: what a run spends counts for its agent and for the tenant too."""

    TENANT = "tenant"
    OPERATION = "operation"
    SITE = "site"
    SERVICE = "service_account"
    AGENT = "agent"
    RUN = "run"


class Period(models.TextChoices):
    """Days and months of UTC. A run is limited as a whole."""

    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


class Limit(models.Model):
    """At `soft` credits it is told once a period; beyond `hard` nothing is begun. `key` names what of the scope."""

    tenant_id = models.BigIntegerField()
    scope = models.CharField(max_length=15, choices=Scope)
    key = models.CharField(max_length=60, blank=True, default="")
    period = models.CharField(max_length=5, choices=Period)
    soft = models.BigIntegerField(null=True, blank=True)
    hard = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant_id", "scope", "key", "period"), name="limit_once"),
            models.CheckConstraint(
                condition=(Q(soft=None) | Q(soft__gte=0)) & (Q(hard=None) | Q(hard__gte=0)), name="limit_not_negative"
            ),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.scope, self.key, self.period)))


class Spending(models.Model):
    """Credits spent and held in one period, whether limited or not, so that a new limit holds for what was before."""

    tenant_id = models.BigIntegerField()
    scope = models.CharField(max_length=15, choices=Scope)
    key = models.CharField(max_length=60, blank=True, default="")
    period = models.CharField(max_length=5, choices=Period)
    start = models.DateField()
    used = models.BigIntegerField(default=0)
    warned = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant_id", "scope", "key", "period", "start"), name="spending_once"),
            models.CheckConstraint(condition=Q(used__gte=0), name="spending_not_negative"),
        )
        indexes = (models.Index(fields=("start",), name="spending_age"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key} {self.period} {self.start}: {self.used}"
