"""Stripe's objects as they were copied, to look at; whoever runs the installation sees those of all tenants."""

from typing import Any, ClassVar

from django.apps import apps
from unfold.decorators import display

from apps.billing.providers.mirror import KINDS
from apps.core.backoffice import ReadOnlyAdmin, json_block, site


class MirrorAdmin(ReadOnlyAdmin):
    """Nothing here calls Stripe, and nothing of ours is decided by it."""

    code_view = "platform.billing"
    list_display: ClassVar[tuple[str, ...]] = ("id", "customer_id", "status", "amount", "livemode", "created")
    search_fields: ClassVar[tuple[str, ...]] = ("id",)
    ordering = ("-created", "-djstripe_id")
    show_full_result_count = False
    fields = ("id", "livemode", "created", "djstripe_updated", "copied")
    readonly_fields = ("copied",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        return self.fields

    @display(description="customer")
    def customer_id(self, obj: Any) -> str:
        return str(obj.stripe_data.get("customer") or "–")

    @display(description="status")
    def status(self, obj: Any) -> str:
        return str(obj.stripe_data.get("status") or "–")

    @display(description="amount")
    def amount(self, obj: Any) -> str:
        names = ("amount", "amount_due", "amount_total", "unit_amount")
        found = next((obj.stripe_data[name] for name in names if obj.stripe_data.get(name) is not None), None)
        currency = str(obj.stripe_data.get("currency") or "")
        return "–" if found is None else f"{found / 100:.2f} {currency.upper()}"

    @display(description="as Stripe has it")
    def copied(self, obj: Any) -> str:
        return json_block(obj.stripe_data)


class MirroredCustomerAdmin(MirrorAdmin):
    list_display = ("id", "subscriber", "email", "livemode", "created")
    list_select_related = ("subscriber",)
    search_fields = ("id", "email")


for kind, name in KINDS.items():
    site.register(apps.get_model("djstripe", name), MirroredCustomerAdmin if kind == "customer" else MirrorAdmin)
