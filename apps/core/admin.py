"""Events, jobs and plans: looked at only."""

from collections.abc import Iterable
from typing import Any, get_args

from django.contrib.admin import SimpleListFilter, register
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from apps.core.actor import Kind
from apps.core.backoffice import ReadOnlyAdmin, actor_of, events_of, json_block, site
from apps.core.events import Event
from apps.core.models import Due, EventRow, Job


class KnownFilter(SimpleListFilter):
    """Filters by a column whose possible values the code knows: asking a large table for them would be slow."""

    def values(self) -> Iterable[str]:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(value, value) for value in sorted(self.values())]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class NameFilter(KnownFilter):
    title, parameter_name = "event", "name"

    def values(self) -> Iterable[str]:
        return Event.known


class SubjectFilter(KnownFilter):
    title, parameter_name = "subject", "subject_type"

    def values(self) -> Iterable[str]:
        return {event.subject for event in Event.known.values()}


class ActorFilter(KnownFilter):
    title, parameter_name = "actor", "actor_kind"

    def values(self) -> Iterable[str]:
        return get_args(Kind)


@register(EventRow, site=site)
class EventAdmin(ReadOnlyAdmin):
    """The audit trail: what happened in this tenant."""

    code_view = "users.read"
    platform_code = "platform.ops"
    tenant_lookup = "tenant_id"
    list_display = ("created_at", "name", "subject_label", "who", "operation", "delivered")
    list_display_links = ("created_at", "name")
    list_filter = (NameFilter, SubjectFilter, ActorFilter)
    search_fields = ("subject_label", "actor_label", "request_id")
    search_help_text = "Subject, actor or request id"
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        ("name", "created_at"),
        "subject_label",
        ("subject_type", "subject_id", "subject_version"),
        "actor_label",
        ("actor_kind", "actor_id", "operation"),
        ("request_id", "run"),
        "payload",
        ("delivered", "attempts"),
        ("dispatched_at", "error"),
    )
    readonly_fields = ("payload", "delivered")

    def get_queryset(self, request: HttpRequest) -> Any:
        return events_of(actor_of(request))

    @display(description="actor", ordering="actor_label")
    def who(self, row: EventRow) -> str:
        return row.actor_label or row.actor_kind

    @display(description="delivered", label={"waiting": "warning", "failing": "danger", "done": "success"})
    def delivered(self, row: EventRow) -> str:
        return "done" if row.dispatched_at and not row.error else "failing" if row.error else "waiting"

    @display(description="data")
    def payload(self, row: EventRow) -> str:
        return json_block(row.data)


@register(Job, site=site)
class JobAdmin(ReadOnlyAdmin):
    code_view = "users.read"
    platform_code = "platform.ops"
    tenant_lookup = "tenant_id"
    list_display = ("kind", "shown_state", "progress", "actor_label", "created_at", "took")
    list_filter = ("state",)
    search_fields = ("kind", "actor_label")
    ordering = ("-created_at",)
    fields = (
        ("kind", "shown_state"),
        ("progress", "took"),
        ("actor_label", "attempts"),
        ("created_at", "started_at", "finished_at"),
        "input",
        "output",
        "fault",
    )
    readonly_fields = ("shown_state", "progress", "took", "input", "output", "fault")

    @display(
        description="state",
        ordering="state",
        label={"queued": "info", "running": "info", "succeeded": "success", "failed": "danger", "cancelled": "warning"},
    )
    def shown_state(self, job: Job) -> str:
        return job.state

    @display(description="progress")
    def progress(self, job: Job) -> str:
        return f"{job.done} of {job.total}" if job.total is not None else str(job.done)

    @display(description="took")
    def took(self, job: Job) -> str:
        if job.started_at is None:
            return "–"
        return f"{((job.finished_at or timezone.now()) - job.started_at).total_seconds():.1f} s"

    @display(description="arguments")
    def input(self, job: Job) -> str:
        return json_block(job.arguments)

    @display(description="result")
    def output(self, job: Job) -> str:
        return json_block(job.result)

    @display(description="error")
    def fault(self, job: Job) -> str:
        return json_block(job.error)


@register(Due, site=site)
class DueAdmin(ReadOnlyAdmin):
    code_view = "users.read"
    platform_code = "platform.ops"
    tenant_lookup = "tenant_id"
    list_display = ("kind", "subject", "at", "attempts", "error")
    search_fields = ("kind", "subject")
    ordering = ("at",)
    fields = ("kind", "subject", "at", "attempts", "error")
