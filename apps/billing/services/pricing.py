"""Priced work: held for before it begins, charged by what it came to, given back when it fails.

    asked = Asked(operation="media_generate_image", model="x", quantities={"images": 1}, site=site)
    with priced(actor=actor, asked=asked) as work:
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
from apps.billing.services.quotes import Asked, Quantities
from apps.core import context, errors
from apps.core.actor import Actor


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


def begin(*, actor: Actor, asked: Asked) -> Work:
    """Holds what the work will cost at most: 402 when credits lack or a limit is reached.

    With a quote by its prices, which are those of when it was given; refused when it is not of exactly this.
    """
    tenant_id = asked.site.tenant_id if asked.site else actor.tenant_id
    if tenant_id is None:
        raise errors.Forbidden
    if asked.quote:
        terms = quotes.read(tenant_id=tenant_id, asked=asked)
    else:
        terms = quotes.terms_of(tenant_id=tenant_id, asked=asked, now=timezone.now())
    hold = holds.reserve(
        actor=actor,
        tenant_id=tenant_id,
        amount=quotes.cost(terms, asked.quantities),
        operation=asked.operation,
        model=asked.model,
        site_id=asked.site.pk if asked.site else None,
        agent=asked.agent,
        run=asked.run,
        reference=asked.reference,
        terms=quotes.written(terms),
        lasts=asked.lasts,
    )
    return Work(actor, hold)


def resume(*, actor: Actor, tenant_id: int, hold_id: int) -> Work:
    """Work that another process began."""
    return Work(actor, selectors.hold_for(tenant_id, hold_id))


@contextmanager
def priced(*, actor: Actor, asked: Asked) -> Iterator[Work]:
    """Work for the length of the block; what it leaves unsettled is given back, also when it fails."""
    work = begin(actor=actor, asked=asked)
    try:
        yield work
    finally:
        # In a transaction that is broken the hold goes with it; without a database the hold expires.
        if work.open and not connection.needs_rollback:
            with suppress(DatabaseError):
                work.release()
