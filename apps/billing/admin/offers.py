"""Packages and plans, kept by the platform."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display

from apps.billing import services
from apps.billing.models import Package, Plan
from apps.core.backoffice import ActorModelAdmin, actor_of, site


class OfferAdmin(ActorModelAdmin):
    """What is sold; never deleted, since somebody may have it: taken out of the offer instead."""

    platform_code = code_view = code_add = code_change = "platform.billing"
    list_display = ("name", "identifier", "shown_price", "credits", "active", "position")
    list_filter = ("active",)
    search_fields = ("name", "identifier")
    ordering = ("position", "id")

    @display(description="price")
    def shown_price(self, obj: Any) -> str:
        return f"{obj.amount / 100:.2f} {obj.currency.upper()}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("identifier", "created_at") if obj else ("created_at",)

    def members(self, obj: Any, form: Any) -> dict[str, Any]:
        return {name: value for name, value in form.cleaned_data.items() if name != "id"}


@register(Package, site=site)
class PackageAdmin(OfferAdmin):
    subject = "package"

    def write(self, request: HttpRequest, obj: Package, form: Any, change: bool) -> Package:
        package_id = obj.pk if change else None
        return services.offers.save_package(actor=actor_of(request), package_id=package_id, **self.members(obj, form))


@register(Plan, site=site)
class PlanAdmin(OfferAdmin):
    subject = "plan"

    def write(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> Plan:
        plan_id = obj.pk if change else None
        return services.offers.save_plan(actor=actor_of(request), plan_id=plan_id, **self.members(obj, form))
