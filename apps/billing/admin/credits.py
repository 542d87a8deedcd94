"""Credits of all tenants, for those who run the installation: looked at, given and taken."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.billing import selectors, services
from apps.billing.models import Balance
from apps.billing.serializers import AdjustIn
from apps.core.backoffice import ActorModelAdmin, actor_of, json_block, site, valid
from apps.sites.models import Tenant


class AdjustForm(forms.ModelForm):
    tenant = forms.ModelChoiceField(Tenant.objects.order_by("name"), widget=UnfoldAdminSelectWidget)
    amount = forms.IntegerField(
        widget=UnfoldAdminIntegerFieldWidget, help_text="Credits to give, or (negative) to take."
    )
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget, help_text="It stands in the ledger.")

    class Meta:
        model = Balance
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("tenant", None)


@register(Balance, site=site)
class BalanceAdmin(ActorModelAdmin):
    """What each tenant has; saving the form writes an adjustment."""

    code_view = code_add = code_change = "platform.billing"
    form = AdjustForm
    list_display = ("tenant", "available", "held")
    ordering = ("tenant_id",)
    readonly_fields = ("tenant_name", "available", "held", "expiring", "limits", "overrides")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("tenant", "amount", "reason")}),)
        return (
            (None, {"fields": (("tenant_name", "available", "held"), "expiring")}),
            ("Adjust", {"fields": ("amount", "reason")}),
            ("Limits and prices of its own", {"fields": ("limits", "overrides")}),
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(name=selectors.tenant_name())

    def write(self, request: HttpRequest, obj: Balance, form: Any, change: bool) -> Balance:
        tenant_id = obj.pk if change else form.cleaned_data["tenant"].pk
        taken = valid(AdjustIn, {name: form.cleaned_data[name] for name in ("amount", "reason")})
        services.ledger.adjust(actor=actor_of(request), tenant_id=tenant_id, **taken)
        return Balance.objects.get(pk=tenant_id)

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

    def limits(self, obj: Balance) -> str:
        found = selectors.limits_of(obj.pk).values("scope", "key", "period", "soft", "hard")
        return json_block(list(found))

    def overrides(self, obj: Balance) -> str:
        return json_block([f"{one.setting}: {one.credits}" for one in selectors.overrides_of(obj.pk)])
