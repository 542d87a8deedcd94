"""What was asked of models, and what came of it."""

from django.db import models


class Generation(models.Model):
    """One piece of priced work for a site, done by its job.

    `model` is the one that does it, `requested_model` what the caller named. `arguments` is what was asked, without
    bytes; `quantities` what is held for at most. `result`, `charged` and `trace` (what the provider said of it) are
    written in the transaction in which the work is delivered and paid, so that there is never one without the others.
    `handle` is what the queue of a vendor knows the work by, after the part of the work.
    """

    tenant_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    job = models.OneToOneField("core.Job", on_delete=models.CASCADE, related_name="generation")
    hold_id = models.BigIntegerField()
    operation = models.CharField(max_length=60)
    task = models.CharField(max_length=20)
    model = models.CharField(max_length=120)
    requested_model = models.CharField(max_length=120, blank=True, default="")
    provider = models.CharField(max_length=40)
    prompt = models.TextField(blank=True, default="")
    arguments = models.JSONField(default=dict)
    quantities = models.JSONField(default=dict)
    held = models.BigIntegerField()
    charged = models.BigIntegerField(null=True)
    trace = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    handle = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=("site_id", "-id"), name="generation_of_site"),)

    def __str__(self) -> str:
        return f"{self.operation} ({self.model})"
