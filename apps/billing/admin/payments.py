"""Payments, invoices and subscriptions to look at: a tenant's own, or all for the platform; and what came in."""

from typing import Any, ClassVar

from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from unfold.decorators import display

from apps.billing import selectors
from apps.billing.models import Dispute, Invoice, Payment, Subscription
from apps.billing.providers import stripe
from apps.core.backoffice import ReadOnlyAdmin, actor_of, site

_SOURCES = {"sandbox": "warning", "test": "warning", "live": "success"}


class MoneyAdmin(ReadOnlyAdmin):
    """Rows of one tenant; outside of any tenant those of all, for the platform."""

    code_view = "billing.read"
    platform_code = "platform.billing"
    list_filter: ClassVar[tuple[str, ...]] = ("status", "source")
    hidden: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        rows, tenant_id = super().get_queryset(request), actor_of(request).tenant_id
        return rows if tenant_id is None else rows.filter(tenant_id=tenant_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.opts.fields if field.name not in self.hidden]

    @display(description="source", ordering="source", label=_SOURCES)
    def shown_source(self, obj: Any) -> str:
        return str(obj.source)


@register(Payment, site=site)
class PaymentAdmin(MoneyAdmin):
    subject = "payment"
    list_display = ("id", "tenant_id", "shown_amount", "credits", "status", "shown_source", "created_at", "paid_at")
    ordering = ("-id",)
    hidden = ("request_key", "url")

    @display(description="amount", ordering="amount")
    def shown_amount(self, obj: Payment) -> str:
        return f"{obj.amount / 100:.2f} {obj.currency.upper()}"

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view(self.revenue)
        return [path("revenue/", view, name="billing_payment_revenue"), *super().get_urls()]

    def revenue(self, request: HttpRequest) -> HttpResponse:
        """What came in by month, as a table with bars; of the source that payments go to now."""
        actor = actor_of(request)
        if actor.tenant_id is not None or not actor.may("platform.billing"):
            raise PermissionDenied
        source = stripe.source()
        months = selectors.revenue.by_month(source)
        most = max((month.net for month in months), default=0)
        page = {
            "title": "Revenue",
            "source": source or "off",
            "sandbox": source == stripe.SANDBOX,
            "months": [(month, max(0, round(100 * month.net / most)) if most > 0 else 0) for month in months],
            "plans": selectors.revenue.by_plan(source),
        }
        return TemplateResponse(request, "admin/revenue.html", {**self.admin_site.each_context(request), **page})


@register(Dispute, site=site)
class DisputeAdmin(MoneyAdmin):
    """What payers' banks take back; it is answered at the provider."""

    subject = "dispute"
    list_display = ("id", "tenant_id", "payment", "shown_amount", "status", "reason", "taken", "owed", "created_at")
    list_filter = ("status",)
    list_select_related = ("payment",)
    ordering = ("-id",)
    hidden = ("moves",)

    @display(description="amount", ordering="amount")
    def shown_amount(self, obj: Dispute) -> str:
        return f"{obj.amount / 100:.2f} {obj.payment.currency.upper()}"


@register(Invoice, site=site)
class InvoiceAdmin(MoneyAdmin):
    subject = "invoice"
    list_display = ("number", "tenant_id", "shown_amount", "status", "reason", "credits", "shown_source", "created_at")
    ordering = ("-created_at", "-id")

    @display(description="due", ordering="amount_due")
    def shown_amount(self, obj: Invoice) -> str:
        return f"{obj.amount_due / 100:.2f} {obj.currency.upper()}"


@register(Subscription, site=site)
class SubscriptionAdmin(MoneyAdmin):
    subject = "subscription"
    list_display = ("id", "tenant_id", "plan", "status", "standing", "period_end", "shown_source")
    list_filter = ("status", "standing", "source")
    list_select_related = ("plan",)
    ordering = ("-id",)
