"""Prices, quotes, and work that is paid for."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.billing.errors import CreditsLacking, HoldClosed, PriceMissing, QuoteExpired, QuoteInvalid
from apps.billing.models import Balance, Hold, Price
from apps.billing.services import costs, holds, pricing, quotes
from apps.billing.services.quotes import Asked
from apps.billing.tests.factories import SYSTEM, credits, price
from apps.core.actor import Actor
from apps.core.errors import Invalid

pytestmark = pytest.mark.django_db


def work(**members: Any) -> Asked:
    return Asked(**{"operation": "media_generate", "model": "x", "quantities": {"images": 1}} | members)


def cost(tenant: Any, **quantities: Any) -> int:
    return quotes.give(tenant_id=tenant.pk, asked=work(quantities=quantities)).credits


def actor_of(tenant: Any) -> Actor:
    return Actor(kind="user", id=7, label="A person", tenant_id=tenant.pk)


def test_the_sum_of_all_units_is_rounded_up_once(tenant_a: Any) -> None:
    price("media_generate", "0.2")
    price("media_generate", "0.4", "1k_tokens")
    price("media_generate", "1.5", "megapixel")
    assert cost(tenant_a, tokens=1000, megapixels=0) == 1
    assert cost(tenant_a, tokens=2000, megapixels=0) == 1
    assert cost(tenant_a, tokens=2001, megapixels=0) == 2
    assert cost(tenant_a, tokens=1, megapixels=Decimal("1.048")) == 2


def test_a_quantity_that_has_a_price_and_is_not_given_is_refused(tenant_a: Any) -> None:
    price("media_generate", "3", "image")
    with pytest.raises(Invalid) as refused:
        cost(tenant_a, tokens=1)
    assert refused.value.data["errors"][0]["field"] == "quantities.images"


def test_without_a_price_nothing_is_quoted(tenant_a: Any) -> None:
    with pytest.raises(PriceMissing):
        cost(tenant_a, images=1)


def test_prices_of_the_model_go_before_those_of_any(tenant_a: Any) -> None:
    price("media_generate", "3", "image")
    price("media_generate", "5", "image", model="x")
    assert cost(tenant_a, images=2) == 10
    other = work(model="y", quantities={"images": 2})
    assert quotes.give(tenant_id=tenant_a.pk, asked=other).credits == 6


def test_a_price_holds_from_its_time_and_what_was_before_stays(tenant_a: Any) -> None:
    setting = price("media_generate", "3", "image")
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    changed = costs.update(actor=SYSTEM, setting_id=setting.pk, credits=Decimal(9), effective_from=tomorrow)
    assert cost(tenant_a, images=1) == 3
    assert [str(one.credits) for one in changed.prices.all()] == ["9.000000", "3.000000"]
    with pytest.raises(Invalid):
        costs.update(
            actor=SYSTEM,
            setting_id=setting.pk,
            credits=Decimal(1),
            effective_from=timezone.now() - datetime.timedelta(days=1),
        )
    assert Price.objects.filter(setting=setting).count() == 2


def test_a_plans_discount_and_a_tenants_own_price(tenant_a: Any, tenant_b: Any) -> None:
    setting = price("media_generate", "3", "image")
    costs.set_discounts(actor=SYSTEM, discounts={"standard": 50})
    assert (cost(tenant_a, images=1), cost(tenant_a, images=2)) == (2, 3)
    costs.set_overrides(
        actor=SYSTEM, tenant_id=tenant_a.pk, overrides=[{"setting_id": setting.pk, "credits": Decimal(7)}]
    )
    assert (cost(tenant_a, images=2), cost(tenant_b, images=2)) == (14, 3)


def test_a_quote_holds_though_the_price_has_changed(tenant_a: Any) -> None:
    setting = price("media_generate", "3", "image")
    credits(tenant_a, 100)
    quote = quotes.give(tenant_id=tenant_a.pk, asked=work(quantities={"images": 2}))
    costs.update(actor=SYSTEM, setting_id=setting.pk, credits=Decimal(30))
    actor = actor_of(tenant_a)
    with pricing.priced(actor=actor, asked=work(quantities={"images": 2}, quote=quote.quote)) as begun:
        assert begun.settle({"images": 900}) == 6
    with pricing.priced(actor=actor, asked=work()) as begun:
        assert begun.settle() == 30
    assert Balance.objects.get(pk=tenant_a.pk).available == 64


def test_a_quote_is_of_one_tenant_operation_model_and_quantities(tenant_a: Any, tenant_b: Any) -> None:
    price("media_generate", "3", "image")
    price("posts_speech", "3", "image")
    quote = quotes.give(tenant_id=tenant_a.pk, asked=work()).quote
    others: list[dict[str, Any]] = [
        {"operation": "posts_speech"},
        {"model": "y"},
        {"quantities": {"images": 2}},
        {"quantities": {"images": 1, "tokens": 1}},
    ]
    with pytest.raises(QuoteInvalid):
        quotes.read(tenant_id=tenant_b.pk, asked=work(quote=quote))
    for other in others:
        with pytest.raises(QuoteInvalid):
            quotes.read(tenant_id=tenant_a.pk, asked=work(quote=quote, **other))
    for forged in (
        quote[:-1] + ("B" if quote[-1] == "A" else "A"),
        "x",
        "",
        None,
        signing.dumps({"terms": {"image": "0"}}),
    ):
        with pytest.raises(QuoteInvalid):
            quotes.read(tenant_id=tenant_a.pk, asked=work(quote=forged))
    assert quotes.read(tenant_id=tenant_a.pk, asked=work(quote=quote)) == {"image": Decimal("3.000000")}


def test_a_quote_expires(tenant_a: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    price("media_generate", "3", "image")
    quote = quotes.give(tenant_id=tenant_a.pk, asked=work()).quote
    monkeypatch.setattr(quotes, "LASTS", datetime.timedelta(seconds=-1))
    with pytest.raises(QuoteExpired):
        quotes.read(tenant_id=tenant_a.pk, asked=work(quote=quote))


def test_work_that_fails_or_is_left_costs_nothing(tenant_a: Any) -> None:
    price("media_generate", "3", "image")
    credits(tenant_a, 10)
    said: dict[str, Any] = {"actor": actor_of(tenant_a), "asked": work(quantities={"images": 2})}
    with pytest.raises(ZeroDivisionError), pricing.priced(**said):
        assert Balance.objects.get(pk=tenant_a.pk).held == 6
        _ = 1 / 0
    with pricing.priced(**said):
        pass
    assert (Balance.objects.get(pk=tenant_a.pk).available, Balance.objects.get(pk=tenant_a.pk).held) == (10, 0)
    assert [*Hold.objects.filter(tenant_id=tenant_a.pk).values_list("state", flat=True)] == ["released", "released"]


def test_without_credits_no_work_is_begun(tenant_a: Any) -> None:
    price("media_generate", "3", "image")
    credits(tenant_a, 5)
    with pytest.raises(CreditsLacking) as refused:
        pricing.begin(actor=actor_of(tenant_a), asked=work(quantities={"images": 2}))
    assert refused.value.data == {"needed": 6, "available": 5}
    assert not Hold.objects.filter(tenant_id=tenant_a.pk).exists()


def test_work_whose_hold_has_expired_is_not_charged(tenant_a: Any) -> None:
    price("media_generate", "3", "image")
    credits(tenant_a, 5)
    begun = pricing.begin(actor=actor_of(tenant_a), asked=work())
    holds.expire(actor=SYSTEM, tenant_id=tenant_a.pk, hold_id=begun.hold.pk)
    with pytest.raises(HoldClosed):
        begun.settle()
    assert Balance.objects.get(pk=tenant_a.pk).available == 5


def test_paying_takes_as_many_statements_in_a_long_ledger_as_in_a_short_one(tenant_a: Any) -> None:
    price("media_generate", "1", "image")
    counts = []
    for _ in range(20):
        credits(tenant_a, 100)
        with (
            CaptureQueriesContext(connection) as found,
            pricing.priced(actor=actor_of(tenant_a), asked=work()) as begun,
        ):
            begun.settle()
        counts.append(sum("billing_" in query["sql"] for query in found))
    # The first makes the counters of the day.
    assert (counts[1], counts[-1]) == (20, 20)
