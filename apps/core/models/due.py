"""What must happen when."""

from django.db import models


class Due(models.Model):
    """One thing to do at or after `at`. Unique per tenant, kind and subject: a later plan replaces an earlier."""

    tenant_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        verbose_name_plural = "due"
        constraints = (
            models.UniqueConstraint(
                fields=("tenant_id", "kind", "subject"), nulls_distinct=False, name="due_once_per_subject"
            ),
        )
        indexes = (models.Index(fields=("at",), name="due_at"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} at {self.at:%Y-%m-%d %H:%M}"
