"""Shapes of packages, payments, payment methods and invoices."""

from typing import Any

from rest_framework import serializers

from apps.billing.models import Invoice, Package, Payment, PaymentMethod
from apps.core.query import PageQuery

MONEY = "In the smallest unit of the currency."


class PackageOut(serializers.ModelSerializer[Package]):
    id = serializers.CharField(source="identifier", help_text="What `credits_purchase` takes as `package`.")

    class Meta:
        model = Package
        fields = ("id", "name", "description", "credits", "amount", "currency")
        read_only_fields = fields


class PurchaseIn(serializers.Serializer[Any]):
    """What it costs is not said here: the package has its price."""

    package = serializers.CharField(max_length=40)
    return_url = serializers.URLField(
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text="Where the payer is led back to; an origin known here.",
    )


class PaymentOut(serializers.ModelSerializer[Payment]):
    package = serializers.CharField(source="package.identifier", allow_null=True, default=None)
    amount = serializers.IntegerField(help_text=MONEY)
    refunded = serializers.IntegerField(help_text="Of `amount`, given back.")
    disputed = serializers.IntegerField(help_text="Of `amount`, taken back by the payer's bank.")
    failure = serializers.CharField(help_text="Why it failed, in the provider's word; else empty.")
    livemode = serializers.SerializerMethodField(help_text="Whether money moves; never in the sandbox.")

    class Meta:
        model = Payment
        fields = (
            *("id", "way", "package", "amount", "currency", "credits", "status", "refunded", "disputed"),
            *("failure", "source", "livemode", "created_at", "paid_at"),
        )
        read_only_fields = fields

    def get_livemode(self, payment: Payment) -> bool:
        return payment.source == "live"


class CheckoutOut(serializers.Serializer[Any]):
    payment = PaymentOut()
    url = serializers.CharField(help_text="The page on which to pay.")


class IntentIn(serializers.Serializer[Any]):
    """A package, or an amount within the bounds of `payments_config`; not both."""

    package = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    amount = serializers.IntegerField(required=False, default=None, min_value=1, max_value=99_999_999, help_text=MONEY)
    keep_method = serializers.BooleanField(required=False, default=False, help_text="Keep the card for later.")

    def to_internal_value(self, data: Any) -> Any:
        # Money is never rounded: 10.5, 10.0 and "10" are no amounts.
        given = data.get("amount") if isinstance(data, dict) else None
        if given is not None and (not isinstance(given, int) or isinstance(given, bool)):
            raise serializers.ValidationError({"amount": "This must be a whole number."}, code="invalid")
        return super().to_internal_value(data)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if bool(data["package"]) == (data["amount"] is not None):
            raise serializers.ValidationError({"amount": "Give either a package or an amount."}, code="either")
        return data


class IntentOut(serializers.Serializer[Any]):
    payment = PaymentOut()
    client_secret = serializers.CharField(help_text="For the payer's browser only, to confirm the payment.")


class PaymentsQuery(PageQuery):
    status = serializers.ChoiceField(choices=Payment.Status.choices, required=False)


class RefundIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=99_999_999, help_text=f"{MONEY} Default: all that is left."
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class PaymentsConfigOut(serializers.Serializer[Any]):
    provider = serializers.ChoiceField(choices=["stripe", "none"])
    mode = serializers.ChoiceField(
        choices=["sandbox", "test", "live", "off"], help_text="`sandbox`: the built-in one, in which no money moves."
    )
    livemode = serializers.BooleanField()
    publishable_key = serializers.CharField()
    currency = serializers.CharField(help_text="Of amounts outside of packages.")
    amount_min = serializers.IntegerField(help_text=MONEY)
    amount_max = serializers.IntegerField(help_text=MONEY)
    credits_per_unit = serializers.IntegerField(help_text="What the smallest unit of the currency brings.")


class PaymentMethodOut(serializers.ModelSerializer[PaymentMethod]):
    class Meta:
        model = PaymentMethod
        fields = ("id", "kind", "brand", "last4", "expires", "is_default", "created_at")
        read_only_fields = fields


class SetupOut(serializers.Serializer[Any]):
    setup_intent = serializers.CharField()
    client_secret = serializers.CharField(help_text="For the payer's browser only, to give its card to the provider.")


class PortalIn(serializers.Serializer[Any]):
    return_url = serializers.URLField(required=False, default="", allow_blank=True, max_length=2000)


class PortalOut(serializers.Serializer[Any]):
    url = serializers.CharField()


class WebhookOut(serializers.Serializer[Any]):
    received = serializers.BooleanField()
    handled = serializers.BooleanField(help_text="False when it was handled before.")


class InvoicesQuery(PageQuery):
    status = serializers.ChoiceField(choices=["draft", "open", "paid", "void", "uncollectible"], required=False)


class InvoiceOut(serializers.ModelSerializer[Invoice]):
    amount_due = serializers.IntegerField(help_text=MONEY)
    amount_paid = serializers.IntegerField(help_text=MONEY)

    class Meta:
        model = Invoice
        fields = (
            *("id", "number", "status", "reason", "amount_due", "amount_paid", "currency", "credits", "period_start"),
            *("period_end", "hosted_url", "pdf_url", "source", "created_at", "paid_at"),
        )
        read_only_fields = fields
