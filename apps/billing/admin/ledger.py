"""The ledger to look at, of the tenant or (outside of any) of all, with what was spent above it."""

import json
from typing import Any

from django.contrib.admin import SimpleListFilter, register
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from apps.billing import selectors
from apps.billing.models import Kind, Transaction
from apps.core.backoffice import ReadOnlyAdmin, actor_of, site


class KindFilter(SimpleListFilter):
    title, parameter_name = "kind", "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Kind.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() in Kind.values else queryset


@register(Transaction, site=site)
class TransactionAdmin(ReadOnlyAdmin):
    """Transactions with their entries."""

    code_view = "billing.read"
    platform_code = "platform.billing"
    tenant_lookup = "tenant_id"
    list_display = (
        "id",
        "kind",
        "amount",
        "change",
        "operation",
        "model",
        "agent",
        "actor_label",
        "note",
        "created_at",
    )
    list_filter = (KindFilter,)
    search_fields = ("reference", "note", "operation", "model")
    ordering = ("-id",)
    show_full_result_count = False
    list_before_template = "admin/credits_spent.html"
    fields = (
        ("kind", "amount", "change"),
        ("reference", "note"),
        ("operation", "model"),
        ("site_id", "agent", "run"),
        ("actor_kind", "actor_id", "actor_label"),
        ("hold", "reverses", "created_at"),
        "shown_entries",
    )
    readonly_fields = ("shown_entries",)

    def get_queryset(self, request: HttpRequest) -> Any:
        if actor_of(request).tenant_id is None and actor_of(request).may("platform.billing"):
            return Transaction.objects.all()
        return super().get_queryset(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        tenant_id = actor_of(request).tenant_id
        shown = {"spent": spent(tenant_id), "balance": selectors.balance(tenant_id)} if tenant_id else {}
        return super().changelist_view(request, {**(extra_context or {}), **shown})

    def shown_entries(self, obj: Transaction) -> str:
        rows = ((entry.account, f"{entry.amount:+}", entry.lot_id) for entry in obj.entries.order_by("id"))
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td><td>lot {}</td></tr>", rows)
        return format_html('<table class="rows">{}</table>', lines)

    shown_entries.short_description = "entries"  # type: ignore[attr-defined]


def spent(tenant_id: int) -> str:
    """Credits spent on each of the last thirty days, as the chart takes it."""
    series = selectors.usage(tenant_id, {"interval": "day"})["series"]
    return json.dumps(
        {
            "labels": [f"{point['start']:%d %b}" for point in series],
            "datasets": [
                {
                    "label": "Credits spent",
                    "data": [point["spent"] for point in series],
                    "backgroundColor": "var(--color-primary-600)",
                }
            ],
        }
    )
