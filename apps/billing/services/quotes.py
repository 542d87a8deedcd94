"""Quotes: what an operation will cost at most, signed, good for minutes; nothing is stored."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from django.core import signing
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import PriceMissing, QuoteExpired, QuoteInvalid
from apps.billing.models import Unit
from apps.billing.selectors import Terms
from apps.billing.services import holds
from apps.core import errors
from apps.sites.models import Site

LASTS = datetime.timedelta(minutes=10)
_SALT = "billing.quote"

COUNTED: dict[str, tuple[str, int]] = {
    Unit.TOKENS: ("tokens", 1000),
    Unit.INPUT_TOKENS: ("input_tokens", 1000),
    Unit.OUTPUT_TOKENS: ("output_tokens", 1000),
    Unit.CHARACTERS: ("characters", 1000),
    Unit.SECOND: ("seconds", 1),
    Unit.MEGAPIXEL: ("megapixels", 1),
    Unit.IMAGE: ("images", 1),
}
"""Unit → the quantity that is counted in it, and how much of that is one unit."""

QUANTITIES = tuple(name for name, _ in COUNTED.values())

Quantities = Mapping[str, Decimal | int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be done, as it is priced and paid for; of the actor's tenant, or of the site's where there is one.

    `quote`, `agent`, `run`, `reference` and `lasts` (how long the credits are held) do not change what it costs.
    """

    operation: str
    quantities: Quantities
    model: str = ""
    quote: str | None = None
    site: Site | None = None
    agent: str = ""
    run: str = ""
    reference: str = ""
    lasts: datetime.timedelta = holds.LASTS


@dataclass(frozen=True, slots=True)
class Quote:
    """`quote` is what the priced operation is given; it is never charged more than `credits`."""

    operation: str
    model: str
    quantities: dict[str, Decimal]
    credits: int
    quote: str
    expires_at: datetime.datetime


def give(*, tenant_id: int, asked: Asked) -> Quote:
    """A quote by the prices of now; 409 `billing.price.missing` where there are none."""
    now, counted = timezone.now(), exact(asked.quantities)
    terms = terms_of(tenant_id=tenant_id, asked=asked, now=now)
    return Quote(
        operation=asked.operation,
        model=asked.model,
        quantities=counted,
        credits=cost(terms, counted),
        quote=signing.dumps(_content(tenant_id, asked) | {"terms": written(terms)}, salt=_SALT, compress=True),
        expires_at=now + LASTS,
    )


def read(*, tenant_id: int, asked: Asked) -> Terms:
    """The prices that its quote promised for exactly this; refused when it is another's, changed or too old."""
    try:
        content = signing.loads(asked.quote or "", salt=_SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise QuoteExpired from None
    except signing.BadSignature:
        raise QuoteInvalid from None
    terms = content.pop("terms")
    if content != _content(tenant_id, asked):
        raise QuoteInvalid
    return unwritten(terms)


def terms_of(*, tenant_id: int, asked: Asked, now: datetime.datetime) -> Terms:
    terms = selectors.terms_for(tenant_id=tenant_id, operation=asked.operation, model=asked.model, now=now)
    if not terms:
        raise PriceMissing(operation=asked.operation, model=asked.model)
    return terms


def cost(terms: Terms, quantities: Quantities) -> int:
    """Credits in all: the sum over the units, rounded up to whole credits once.

    A quantity that has a price and is not given is 400: what is not said is not free.
    """
    counted = exact(quantities)
    total, missing = terms.get(Unit.FIXED, Decimal(0)), []
    for unit, price in terms.items():
        if unit == Unit.FIXED:
            continue
        name, size = COUNTED[unit]
        if name not in counted:
            missing.append({"field": f"quantities.{name}", "message": "This is priced by it.", "code": "required"})
        else:
            total += price * counted[name] / size
    if missing:
        raise errors.Invalid(errors=missing)
    return int(total.to_integral_value(ROUND_CEILING))


def exact(quantities: Quantities) -> dict[str, Decimal]:
    """Thousandths of each quantity, as they are signed and counted."""
    return {name: Decimal(str(value)).quantize(Decimal("0.001")) for name, value in quantities.items()}


def written(terms: Terms) -> dict[str, str]:
    return {unit: str(price) for unit, price in terms.items()}


def unwritten(terms: Mapping[str, str]) -> Terms:
    return {unit: Decimal(price) for unit, price in terms.items()}


def _content(tenant_id: int, asked: Asked) -> dict[str, object]:
    shown = {name: str(value) for name, value in sorted(exact(asked.quantities).items())}
    return {"tenant": tenant_id, "operation": asked.operation, "model": asked.model, "quantities": shown}
