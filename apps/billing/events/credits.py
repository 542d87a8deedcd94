"""What happens to credits. Spending has no event: the ledger is its record, and it is many a second."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CreditsGranted(Event):
    subject: ClassVar[str] = "transaction"
    kind: str
    amount: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditsWithdrawn(Event):
    subject: ClassVar[str] = "transaction"
    kind: str
    amount: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditsExpired(Event):
    subject: ClassVar[str] = "transaction"
    amount: int


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Event):
    """Somebody gave credits back that were held for work under way."""

    subject: ClassVar[str] = "hold"
    amount: int


@dataclass(frozen=True, kw_only=True)
class TransactionReversed(Event):
    """The subject is the counter-entry; `reversed` is the transaction that it takes back."""

    subject: ClassVar[str] = "transaction"
    reversed: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SpendingLimitNear(Event):
    """Told once a period, when as much is spent and held as a limit calls `soft`."""

    subject: ClassVar[str] = "limit"
    scope: str
    key: str
    period: str
    soft: int
    used: int


@dataclass(frozen=True, kw_only=True)
class SpendingLimitsSet(Event):
    subject: ClassVar[str] = "tenant"
    count: int
