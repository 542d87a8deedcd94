from rest_framework.request import Request

from apps.billing import errors, selectors, services
from apps.billing.models import Invoice, PaymentMethod
from apps.billing.providers import stripe
from apps.billing.providers.facts import Methods
from apps.billing.serializers.payments import InvoiceOut, InvoicesQuery, PaymentMethodOut, SetupOut
from apps.billing.views.payments import AWAY
from apps.core.actor import Actor
from apps.core.operation import operation
from apps.core.query import Page, PageQuery, page_of
from apps.core.viewsets import OperationViewSet


def begin_setup(request: Request) -> dict[str, str]:
    return services.customers.setup(tenant_id=request.actor.tenant_id)


def detach(request: Request, method_id: int) -> Methods:
    return services.customers.detach(actor=request.actor, method_id=method_id)


def choose(request: Request, method_id: int) -> Methods:
    return services.customers.choose(actor=request.actor, method_id=method_id)


class PaymentMethodsViewSet(OperationViewSet):
    """Cards that the tenant keeps at the payment provider."""

    category = "billing"

    def authorise(self, actor: Actor, code: str) -> None:
        super().authorise(actor, code)
        if method_id := self.kwargs.get("method_id"):
            selectors.payments.method_for(actor, method_id, stripe.source())

    @operation("payment_methods_list", allow="billing.read", rate="read", gives=PaymentMethodOut, query=PageQuery)
    def list(self, request: Request) -> Page:
        """The payment methods that are kept; of a card its brand, last digits and expiry."""
        rows = selectors.payments.methods_of(request.actor, stripe.source())
        return page_of(rows.order_by("id"), request.q)

    @operation(
        "payment_methods_setup",
        allow="billing.write",
        rate="write",
        gives=SetupOut,
        status=201,
        effects="outside",
        idempotent=False,
        prepare=begin_setup,
        refuses=AWAY,
    )
    def begin(self, request: Request) -> dict[str, str]:
        """Begins to keep a card: the payer's browser gives it to the provider, never to this server."""
        found: dict[str, str] = request.prepared
        return found

    @operation(
        "payment_methods_delete",
        allow="billing.write",
        rate="write",
        effects="outside",
        prepare=detach,
        refuses=[*AWAY, errors.PaymentMethodInUse],
    )
    def delete(self, request: Request, method_id: int) -> None:
        """Forgets a payment method; refused while a subscription is paid with it."""
        services.customers.deleted(actor=request.actor, method_id=method_id, facts=request.prepared)

    @operation(
        "payment_methods_default",
        allow="billing.write",
        rate="write",
        gives=PaymentMethodOut,
        effects="outside",
        prepare=choose,
        refuses=AWAY,
    )
    def default(self, request: Request, method_id: int) -> PaymentMethod:
        """Chooses the method that subscriptions are paid with."""
        return services.customers.chosen(actor=request.actor, method_id=method_id, facts=request.prepared)


class InvoicesViewSet(OperationViewSet):
    """Invoices of the tenant's subscriptions."""

    category = "billing"

    @operation("invoices_list", allow="billing.read", rate="read", gives=InvoiceOut, query=InvoicesQuery)
    def list(self, request: Request) -> Page:
        """The tenant's invoices, newest first."""
        rows = selectors.payments.invoices_of(request.actor).order_by("-created_at", "-id")
        status = request.q.get("status")
        return page_of(rows.filter(status=status) if status else rows, request.q)

    @operation("invoices_get", allow="billing.read", rate="read", gives=InvoiceOut)
    def retrieve(self, request: Request, invoice_id: int) -> Invoice:
        """One invoice, with the addresses of its page and its PDF at the provider."""
        return selectors.payments.invoice_for(request.actor, invoice_id)
