"""Long work with progress."""

import uuid

from django.db import models


class Job(models.Model):
    """Work that outlives its request. The row is the truth; a queue message only says that it is there."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    FINAL = (State.SUCCEEDED, State.FAILED, State.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    arguments = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    cancel_requested = models.BooleanField(default=False)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("tenant_id", "-created_at"), name="job_of_tenant"),
            models.Index(fields=("lease_until",), name="job_open", condition=models.Q(state__in=["queued", "running"])),
        )

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
