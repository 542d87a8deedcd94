"""Saying that what was delivered is another now."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from apps.core.delivery import shared
from apps.core.delivery.generations import EPOCH, Generations, slots_of


@cache
def generations() -> Generations:
    return Generations(settings.DELIVERY_GENERATIONS)


def touch(*tags: str, event: Any = None) -> None:
    """What was delivered under these tags is another from the commit on, before the writer has its answer.

    Outside of a transaction at once. A rollback takes it back. `event`: the row of the one that tells of it; that the
    word was given is remembered until it has been dispatched.
    """
    transaction.on_commit(lambda: touch_now(*tags, event=event and event.pk), robust=True)


def touch_now(*tags: str, event: int | None = None) -> None:
    """First in the cache that hosts share, then here: whoever begins to read here afterwards finds neither old.

    When Redis does not confirm, this host does not believe it for as long as an old answer may lie there.
    """
    slots = [index for index in slots_of(tags) if index != EPOCH] if tags else [EPOCH]
    told = shared.touch(slots, event=event)
    generations().touch(slots, distrust_for=0 if told else shared.SECONDS)


def said(events: Sequence[int]) -> set[int]:
    """Those of the events whose word was given, as far as is known."""
    return shared.said(events) if events else set()
