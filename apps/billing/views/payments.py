from typing import Any

from rest_framework.request import Request

from apps.billing import errors, selectors, services
from apps.billing.models import Payment
from apps.billing.serializers.payments import (
    CheckoutOut,
    IntentIn,
    IntentOut,
    PackageOut,
    PaymentOut,
    PaymentsConfigOut,
    PaymentsQuery,
    PortalIn,
    PortalOut,
    PurchaseIn,
    RefundIn,
    WebhookOut,
)
from apps.core.actor import Actor
from apps.core.operation import PUBLIC, operation
from apps.core.query import Page, page_of
from apps.core.viewsets import OperationViewSet

AWAY = (errors.PaymentsOff, errors.PaymentsAway, errors.PaymentsFailed)


def begin_checkout(request: Request) -> services.payments.Begun:
    key = request.headers.get("Idempotency-Key")
    return services.payments.checkout(actor=request.actor, key=key, **request.valid)


def begin_intent(request: Request) -> services.payments.Begun:
    key = request.headers.get("Idempotency-Key")
    return services.payments.intent(actor=request.actor, key=key, **request.valid)


def begin_refund(request: Request, payment_id: int) -> tuple[int, str]:
    return services.refunds.make(actor=request.actor, payment_id=payment_id, **request.valid)


def open_portal(request: Request) -> dict[str, str]:
    return services.customers.portal(tenant_id=request.actor.tenant_id, **request.valid)


def receive(request: Request) -> services.webhooks.Told:
    """First step of a webhook. The signature is over the bytes as they came."""
    signature = request.headers.get("Stripe-Signature", "")
    return services.webhooks.receive(payload=request._request.body, signature=signature)


class PackagesViewSet(OperationViewSet):
    """Credits for money."""

    category = "billing"

    @operation("credits_packages", allow=PUBLIC, rate="public", gives=PackageOut, many=True)
    def packages(self, request: Request) -> Any:
        """The packages of credits that can be bought, and what they cost."""
        return selectors.payments.packages()

    @operation(
        "credits_purchase",
        allow="billing.write",
        rate="write",
        takes=PurchaseIn,
        gives=CheckoutOut,
        status=201,
        effects="outside",
        prepare=begin_checkout,
        refuses=[*AWAY, errors.PackageUnknown, errors.ReturnUrlRefused],
    )
    def purchase(self, request: Request) -> services.payments.Begun:
        """Begins the purchase of a package: a page on which to pay. The credits come when it is paid."""
        begun: services.payments.Begun = request.prepared
        return begun


class PaymentsViewSet(OperationViewSet):
    """Payments of the tenant."""

    category = "billing"

    def authorise(self, actor: Actor, code: str) -> None:
        super().authorise(actor, code)
        if payment_id := self.kwargs.get("payment_id"):
            if code == "platform.billing":
                selectors.payments.any_payment_for(payment_id)
            else:
                selectors.payments.payment_for(actor, payment_id)

    @operation("payments_list", allow="billing.read", rate="read", gives=PaymentOut, query=PaymentsQuery)
    def list(self, request: Request) -> Page:
        """The tenant's payments, newest first."""
        rows = selectors.payments.payments_of(request.actor).order_by("-id")
        status = request.q.get("status")
        return page_of(rows.filter(status=status) if status else rows, request.q)

    @operation("payments_get", allow="billing.read", rate="read", gives=PaymentOut)
    def retrieve(self, request: Request, payment_id: int) -> Payment:
        """One payment: what it cost, what it brings, and how far it got."""
        return selectors.payments.payment_for(request.actor, payment_id)

    @operation("payments_config", allow=PUBLIC, rate="public", gives=PaymentsConfigOut)
    def config(self, request: Request) -> dict[str, Any]:
        """What a payment page needs to know: the mode, the publishable key, currency and bounds."""
        return services.payments.config()

    @operation(
        "payments_intent_create",
        allow="billing.write",
        rate="write",
        takes=IntentIn,
        gives=IntentOut,
        status=201,
        effects="outside",
        prepare=begin_intent,
        refuses=[*AWAY, errors.PackageUnknown],
    )
    def create_intent(self, request: Request) -> services.payments.Begun:
        """Begins a payment in the client's own page. Price, currency and credits are this installation's."""
        begun: services.payments.Begun = request.prepared
        return begun

    @operation(
        "payments_refund",
        allow="platform.billing",
        rate="write",
        takes=RefundIn,
        gives=PaymentOut,
        effects="outside",
        prepare=begin_refund,
        refuses=[*AWAY, errors.PaymentNotRefundable, errors.CreditsLacking],
    )
    def refund(self, request: Request, payment_id: int) -> Payment:
        """Gives money back, of any tenant's payment, and takes the credits that it had brought: 402 when they are
        spent, and then nothing is given back."""
        refund_id, ref = request.prepared
        return services.refunds.done(actor=request.actor, refund_id=refund_id, ref=ref)

    @operation(
        "payments_portal",
        allow="billing.write",
        rate="write",
        takes=PortalIn,
        gives=PortalOut,
        effects="outside",
        idempotent=False,
        prepare=open_portal,
        refuses=[*AWAY, errors.ReturnUrlRefused],
    )
    def portal(self, request: Request) -> dict[str, str]:
        """A page of the provider's on which the payer sees invoices and cards; for a short time."""
        found: dict[str, str] = request.prepared
        return found

    @operation(
        "payments_webhook",
        allow=PUBLIC,
        rate="public",
        timeout="write",
        gives=WebhookOut,
        effects="outside",
        prepare=receive,
        refuses=[*AWAY, errors.WebhookUnsigned, errors.WebhookForeign],
    )
    def webhook(self, request: Request) -> dict[str, bool]:
        """Takes the provider's signed events, each once, in any order. An event only says what to read again."""
        return {"received": True, "handled": services.webhooks.settle(told=request.prepared)}
