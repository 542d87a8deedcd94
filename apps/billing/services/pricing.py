"""Priced work: held for before it begins, charged by what it came to, given back when it fails.

    with priced(actor=actor, operation="media_generate", model="x", quantities={"images": 1}, site=site) as work:
        picture = provider.paint(...)
        work.settle()

Outside of a transaction, as in an operation's `prepare`, the hold is committed before the vendor is called, so that a
process that dies leaves an open hold, which expires. A job takes the work up again with `resume`.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.utils import timezone

from apps.billing import selectors
from apps.billing.models import Hold
from apps.billing.services import holds, quotes
from apps.billing.services.quotes import Quantities
from apps.core import context, errors
from apps.core.actor import Actor
from apps.sites.models import Site


@dataclass(slots=True)
class Work:
    """Work that is under way and paid for by a hold."""

    actor: Actor
    hold: Hold

    @property
    def open(self) -> bool:
        return self.hold.state == Hold.State.OPEN

    def settle(self, quantities: Quantities | None = None) -> int:
        """Charges by what was used, at the prices of the beginning and at most what is held; without, all of it.

        The answer to the request gets `X-Credits-Charged`. 409 `billing.hold.closed` when the hold has ended: the
        work is not paid for then, and its result is not to be handed out.
        """
        terms = quotes.unwritten(self.hold.terms)
        amount = None if quantities is None else quotes.cost(terms, quantities)
        self.hold = holds.settle(actor=self.actor, tenant_id=self.hold.tenant_id, hold_id=self.hold.pk, amount=amount)
        context.charge(self.hold.charged)
        return self.hold.charged

    def release(self) -> None:
        """Gives all of it back."""
        self.hold = holds.release(actor=self.actor, tenant_id=self.hold.tenant_id, hold_id=self.hold.pk)


def begin(
    *,
    actor: Actor,
    operation: str,
    model: str = "",
    quantities: Quantities,
    quote: str | None = None,
    site: Site | None = None,
    agent: str = "",
    run: str = "",
    reference: str = "",
) -> Work:
    """Holds what the work will cost at most: 402 when credits lack or a limit is reached.

    With a quote by its prices, which are those of when it was given; refused when it is not of exactly this.
    """
    tenant_id = site.tenant_id if site else actor.tenant_id
    if tenant_id is None:
        raise errors.Forbidden
    asked = {"tenant_id": tenant_id, "operation": operation, "model": model}
    if quote:
        terms = quotes.read(quote, quantities=quantities, **asked)  # type: ignore[arg-type]
    else:
        terms = quotes.terms_of(now=timezone.now(), **asked)  # type: ignore[arg-type]
    hold = holds.reserve(
        actor=actor,
        tenant_id=tenant_id,
        amount=quotes.cost(terms, quantities),
        operation=operation,
        model=model,
        site_id=site.pk if site else None,
        agent=agent,
        run=run,
        reference=reference,
        terms=quotes.written(terms),
    )
    return Work(actor, hold)


def resume(*, actor: Actor, tenant_id: int, hold_id: int) -> Work:
    """Work that another process began."""
    return Work(actor, selectors.hold_for(tenant_id, hold_id))


@contextmanager
def priced(
    *,
    actor: Actor,
    operation: str,
    model: str = "",
    quantities: Quantities,
    quote: str | None = None,
    site: Site | None = None,
    agent: str = "",
    run: str = "",
) -> Iterator[Work]:
    """Work for the length of the block; what it leaves unsettled is given back, also when it fails."""
    work = begin(
        actor=actor,
        operation=operation,
        model=model,
        quantities=quantities,
        quote=quote,
        site=site,
        agent=agent,
        run=run,
    )
    try:
        yield work
    finally:
        # In a transaction that is broken the hold goes with it; without a database the hold expires.
        if work.open and not connection.needs_rollback:
            with suppress(DatabaseError):
                work.release()
