"""Answers kept for a repeated request."""

from django.db import models


class IdempotencyKey(models.Model):
    """One use of an `Idempotency-Key`: claimed with a lease, then holding the stored answer for 24 hours."""

    tenant_id = models.BigIntegerField(null=True)
    principal = models.CharField(max_length=40)
    operation = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    lease_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant_id", "principal", "operation", "key"), nulls_distinct=False, name="idempotency_once"
            ),
        )
        indexes = (models.Index(fields=("created_at",), name="idempotency_age"),)

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
