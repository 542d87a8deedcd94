"""A whole copy of our customers' objects at Stripe, kept by dj-stripe: for staff to look at, for developers to query.

Nothing that grants, charges or limits reads it. dj-stripe asks Stripe for whatever an object refers to and is not here
yet, so that nothing here is called inside a transaction of ours; call it after the commit.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q
from django.db.models.signals import pre_save

from apps.billing import errors
from apps.billing.models import Customer

log = structlog.get_logger(__name__)
KINDS = {
    "customer": "Customer",
    "payment_method": "PaymentMethod",
    "setup_intent": "SetupIntent",
    "payment_intent": "PaymentIntent",
    "charge": "Charge",
    "refund": "Refund",
    "dispute": "Dispute",
    "checkout.session": "Session",
    "subscription": "Subscription",
    "invoice": "Invoice",
    "product": "Product",
    "price": "Price",
}
"""What is copied: Stripe's name of an object → dj-stripe's model."""

_SECRETS = frozenset({"client_secret", "confirmation_secret"})


def copy(kind: str, ref: str) -> None:
    """Reads the object and writes it here, with what it refers to; customers that are new here get their tenant.

    `billing.payments.away` when Stripe does not answer, `billing.payments.failed` when it refuses.
    """
    import stripe

    model = _ready(kind)
    try:
        found = model(id=ref).api_retrieve(api_key=settings.STRIPE_SECRET_KEY)
        model.sync_from_stripe_data(found, api_key=settings.STRIPE_SECRET_KEY)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise errors.PaymentsAway from error
    except stripe.StripeError as error:
        raise errors.PaymentsFailed from error
    new = _model("customer").objects.filter(subscriber=None)
    for ours in Customer.objects.filter(ref__in=list(new.values_list("id", flat=True))):
        new.filter(id=ours.ref).update(subscriber=ours.tenant_id)


def refs_of(customer_ref: str) -> Iterable[tuple[str, str]]:
    """All that Stripe has of the customer now, by kind and id."""
    import stripe

    _ready("customer")
    key = settings.STRIPE_SECRET_KEY
    yield "customer", customer_ref
    lists: dict[str, Any] = {
        "payment_method": stripe.PaymentMethod,
        "setup_intent": stripe.SetupIntent,
        "payment_intent": stripe.PaymentIntent,
        "charge": stripe.Charge,
        "checkout.session": stripe.checkout.Session,
        "subscription": stripe.Subscription,
        "invoice": stripe.Invoice,
    }
    for kind, resource in lists.items():
        more = {"status": "all"} if kind == "subscription" else {}
        for one in resource.list(customer=customer_ref, limit=100, api_key=key, **more).auto_paging_iter():
            yield kind, one.id


def forget(customer_refs: Iterable[str]) -> None:
    """Deletes what is here of the customers. Stripe keeps its own."""
    refs = list(customer_refs)
    its, charges = Q(customer_id__in=refs), Q(charge__customer_id__in=refs)
    invoices = list(_model("invoice").objects.filter(its).values_list("id", flat=True))
    # A card that paid and was not kept belongs to no customer.
    paid = [_model(kind).objects.filter(its) for kind in ("charge", "payment_intent")]
    cards = [ref for rows in paid for ref in rows.values_list("payment_method_id", flat=True) if ref]
    apps.get_model("djstripe", "LineItem").objects.filter(stripe_data__invoice__in=invoices).delete()
    for kind, which in (
        ("refund", charges),
        ("dispute", charges),
        ("checkout.session", its),
        ("invoice", its),
        ("charge", its),
        ("subscription", its),
        ("payment_intent", its),
        ("setup_intent", its),
        ("payment_method", its | Q(id__in=cards)),
        ("customer", Q(id__in=refs)),
    ):
        _model(kind).objects.filter(which).delete()


def _model(kind: str) -> Any:
    return apps.get_model("djstripe", KINDS[kind])


def _ready(kind: str) -> Any:
    """The model, when the SDK's global state, which dj-stripe uses, is what our settings say."""
    import stripe
    from djstripe.models.base import StripeModel

    if not settings.STRIPE_SECRET_KEY:
        raise errors.PaymentsOff
    stripe.api_base = settings.STRIPE_API_BASE or stripe.DEFAULT_API_BASE
    stripe.default_http_client = stripe.default_http_client or stripe.RequestsClient(timeout=20)
    # It would write our secret key into a table, to find by it the one account that there is.
    StripeModel._find_owner_account = classmethod(lambda cls, *_, **__: None)
    pre_save.connect(_without_secrets, dispatch_uid="billing.mirror")
    return _model(kind)


def _without_secrets(sender: type[Model], instance: Any, **_: Any) -> None:
    """With these a browser pays: they are for its payer only, and for the moment."""
    if sender._meta.app_label == "djstripe" and hasattr(instance, "stripe_data"):
        instance.stripe_data = _bare(instance.stripe_data)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if name not in _SECRETS}
    return [_bare(one) for one in value] if isinstance(value, list) else value
