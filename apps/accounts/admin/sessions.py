"""Sign-ins for the current tenant."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import action, display

from apps.accounts import services
from apps.accounts.models import Session
from apps.core.backoffice import ReadOnlyAdmin, actor_of, site


@register(Session, site=site)
class SessionAdmin(ReadOnlyAdmin):
    """Sign-ins for the tenant."""

    code_view = "users.read"
    tenant_lookup = "tenant_id"
    list_display = ("user", "device", "address", "created_at", "used_at", "shown_state")
    list_select_related = ("user",)
    search_fields = ("user__email", "address")
    ordering = ("-created_at",)
    fields = (
        ("user", "shown_state"),
        ("address", "device"),
        "amr",
        ("created_at", "used_at"),
        ("expires_at", "ended_at"),
        "end_reason",
    )
    readonly_fields = ("shown_state",)
    actions = ("end_sessions",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request, "users.write")

    @action(description="End sessions", permissions=["end"])
    def end_sessions(self, request: HttpRequest, queryset: Any) -> None:
        ended = services.sessions.end(actor=actor_of(request), session_ids=list(queryset.values_list("pk", flat=True)))
        messages.success(request, f"{ended} ended.")

    @display(description="state", label={"open": "success", "ended": "info", "expired": "warning"})
    def shown_state(self, obj: Session) -> str:
        if obj.ended_at:
            return "ended"
        return "open" if obj.lives(timezone.now()) else "expired"
