"""Packages and plans, kept by the platform."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from apps.billing import selectors, services
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


class PlanForm(forms.ModelForm):
    discount = forms.IntegerField(
        min_value=0, max_value=100, required=False, widget=UnfoldAdminIntegerFieldWidget,
        help_text="Percent off all prices, for tenants that have the plan.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["discount"].initial = selectors.discounts().get(self.instance.identifier, 0)


@register(Plan, site=site)
class PlanAdmin(OfferAdmin):
    subject = "plan"
    form = PlanForm

    def write(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> Plan:
        actor, members = actor_of(request), self.members(obj, form)
        percent = members.pop("discount") or 0
        saved = services.offers.save_plan(actor=actor, plan_id=obj.pk if change else None, **members)
        if percent != selectors.discounts().get(saved.identifier, 0):
            services.costs.set_discount(actor=actor, plan=saved.identifier, percent=percent)
        return saved
