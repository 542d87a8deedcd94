"""Credits of all tenants, for those who run the installation: looked at, given and taken, limited and priced."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.billing import selectors, services
from apps.billing.admin.sheet import LimitInline, OverrideInline
from apps.billing.models import Balance
from apps.billing.serializers import AdjustIn
from apps.core.backoffice import ActorModelAdmin, actor_of, site, valid
from apps.sites.models import Tenant


class AdjustForm(forms.ModelForm):
    tenant = forms.ModelChoiceField(Tenant.objects.order_by("name"), widget=UnfoldAdminSelectWidget)
    amount = forms.IntegerField(
        required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="Credits to give, or (negative) to take."
    )
    reason = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, help_text="It stands in the ledger."
    )

    class Meta:
        model = Balance
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("tenant", None)


@register(Balance, site=site)
class BalanceAdmin(ActorModelAdmin):
    """What each tenant has; with an amount, saving the form writes an adjustment."""

    code_view = code_add = code_change = "platform.billing"
    form = AdjustForm
    list_display = ("tenant", "available", "held")
    ordering = ("tenant_id",)
    readonly_fields = ("tenant_name", "available", "held", "owed", "expiring")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("tenant", "amount", "reason")}),)
        return (
            (None, {"fields": ("tenant_name", ("available", "held", "owed"), "expiring")}),
            ("Adjust", {"fields": ("amount", "reason")}),
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(name=selectors.tenant_name())

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (LimitInline, OverrideInline) if obj else ()

    def write(self, request: HttpRequest, obj: Balance, form: Any, change: bool) -> Balance:
        tenant_id = obj.pk if change else form.cleaned_data["tenant"].pk
        if form.cleaned_data["amount"] is not None or form.cleaned_data["reason"]:
            taken = valid(AdjustIn, {name: form.cleaned_data[name] for name in ("amount", "reason")})
            services.ledger.adjust(actor=actor_of(request), tenant_id=tenant_id, **taken)
        return services.ledger.lock(tenant_id)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        for inline, rows in zip(self.get_inline_instances(request, form.instance), formsets, strict=change):
            if rows.has_changed():
                inline.save(actor_of(request), form.instance.pk, rows)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Nothing: events tell it, and rows that a service has written say nothing here of what was new."""
        return []

    @display(description="tenant", ordering="name")
    def tenant(self, obj: Any) -> str:
        return obj.name or f"tenant {obj.pk}"

    @display(description="tenant")
    def tenant_name(self, obj: Any) -> str:
        return self.tenant(obj)

    def expiring(self, obj: Balance) -> str:
        found = selectors.balance(obj.pk)["expiring"]
        return ", ".join(
            f"{one['credits']} {'on ' + format(one['expires_at'], '%Y-%m-%d') if one['expires_at'] else 'never'}"
            for one in found
        )

    def owed(self, obj: Balance) -> int:
        return selectors.payments.owed(obj.pk)
