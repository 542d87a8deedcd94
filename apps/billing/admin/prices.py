"""Prices of the installation, with the times from which they hold."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSplitDateTimeWidget

from apps.billing import selectors, services
from apps.billing.models import CostSetting
from apps.billing.serializers import CostSettingIn, CostSettingPatch
from apps.core.backoffice import ActorModelAdmin, actor_of, site, valid


class CostSettingForm(forms.ModelForm):
    credits = forms.DecimalField(
        min_value=0, max_digits=14, decimal_places=6, widget=UnfoldAdminDecimalFieldWidget, label="Credits a unit"
    )
    effective_from = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="Empty: from now. Not in the past."
    )


@register(CostSetting, site=site)
class CostSettingAdmin(ActorModelAdmin):
    """What operations cost: a change is a new price from a moment on, and those before stay to be looked at."""

    code_view = code_add = code_change = code_delete = "platform.billing"
    subject = "cost_setting"
    form = CostSettingForm
    list_display = ("operation", "shown_model", "unit", "current", "created_at")
    list_display_links = ("operation", "shown_model")
    search_fields = ("operation", "model")
    ordering = ("operation", "model", "unit")

    def get_queryset(self, request: HttpRequest) -> Any:
        return selectors.settings_at(timezone.now()).order_by(*self.ordering)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        new = ("credits", "effective_from")
        if obj is None:
            return ((None, {"fields": ("operation", "model", "unit", *new)}),)
        return (
            (None, {"fields": (("operation", "model", "unit"), "history")}),
            ("New price", {"fields": new}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("operation", "model", "unit", "history") if obj else ()

    def write(self, request: HttpRequest, obj: CostSetting, form: Any, change: bool) -> CostSetting:
        shape = CostSettingPatch if change else CostSettingIn
        names = ("credits", "effective_from") if change else ("operation", "model", "unit", "credits", "effective_from")
        given = {name: form.cleaned_data[name] for name in names if form.cleaned_data[name] is not None}
        taken = valid(shape, given)
        if change:
            return services.costs.update(actor=actor_of(request), setting_id=obj.pk, **taken)
        return services.costs.create(actor=actor_of(request), **taken)

    def erase(self, request: HttpRequest, obj: CostSetting) -> None:
        services.costs.delete(actor=actor_of(request), setting_id=obj.pk)

    @display(description="model", empty_value="any")
    def shown_model(self, obj: CostSetting) -> str:
        return obj.model or "any"

    @display(description="credits now")
    def current(self, obj: Any) -> Any:
        return obj.current.normalize().__format__("f") if obj.current is not None else "–"

    def history(self, obj: CostSetting) -> str:
        rows = (
            (f"{one.credits:f}", f"{one.effective_from:%Y-%m-%d %H:%M} UTC", one.actor_label)
            for one in obj.prices.order_by("-effective_from")[:100]
        )
        lines = format_html_join("", "<tr><td>{}</td><td>from {}</td><td>{}</td></tr>", rows)
        return format_html('<table class="rows">{}</table>', lines)
