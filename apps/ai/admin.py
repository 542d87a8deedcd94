"""Generations to look at: who had what made, by which model, and what it cost."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display

from apps.ai.models import Generation
from apps.core.backoffice import ReadOnlyAdmin, site
from apps.core.models import Job

_COLOURS = {
    Job.State.QUEUED: "info", Job.State.RUNNING: "warning", Job.State.SUCCEEDED: "success", Job.State.FAILED: "danger",
}  # fmt: skip


@register(Generation, site=site)
class GenerationAdmin(ReadOnlyAdmin):
    """Newest first, everybody's: prompts are for those who may see people."""

    code_view = "users.read"
    platform_code = "platform.billing"
    tenant_lookup = "tenant_id"
    list_display = ("id", "operation", "model", "state", "prompt_begins", "held", "charged", "who", "created_at")
    list_filter = ("task", "provider")
    search_fields = ("prompt", "model")
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        ("operation", "task", "state"),
        ("model", "requested_model", "provider"),
        "prompt",
        ("held", "charged"),
        "arguments",
        "result",
        "error",
        "trace",
        "handle",
        ("who", "created_at", "finished_at"),
    )
    readonly_fields = ("state", "error", "who", "finished_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("job")

    @display(description="state", label=_COLOURS)
    def state(self, row: Generation) -> str:
        return row.job.state

    @display(description="prompt")
    def prompt_begins(self, row: Generation) -> str:
        return row.prompt[:60]

    @display(description="who")
    def who(self, row: Generation) -> str:
        return row.job.actor_label

    @display(description="error")
    def error(self, row: Generation) -> Any:
        return row.job.error

    @display(description="finished at")
    def finished_at(self, row: Generation) -> Any:
        return row.job.finished_at
