"""The outbox: what happened, written in the transaction in which it happened."""

from django.db import models


class EventRow(models.Model):
    """One event. Audit entry, webhook source, search trigger and cache invalidation are readings of it."""

    tenant_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=50)
    subject_id = models.BigIntegerField()
    subject_version = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=200, default="")
    site_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    operation = models.CharField(max_length=60, default="")
    run = models.CharField(max_length=60, default="")
    request_id = models.CharField(max_length=60, default="")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    dispatched_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        db_table = "core_event"
        verbose_name = "event"
        indexes = (
            # Short, since only what waits is in it.
            models.Index(
                fields=("subject_type", "subject_id", "id"),
                name="event_waiting",
                condition=models.Q(dispatched_at=None),
            ),
            models.Index(fields=("tenant_id", "subject_type", "subject_id", "-id"), name="event_of_subject"),
            models.Index(fields=("tenant_id", "-id"), name="event_of_tenant"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type}:{self.subject_id}"
