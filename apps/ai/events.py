"""What happens to generations."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class GenerationBegun(Event):
    """Work for a model was accepted and its credits are held; `operation` is the one that was called."""

    subject: ClassVar[str] = "generation"
    model: str
    held: int


@dataclass(frozen=True, kw_only=True)
class GenerationDelivered(Event):
    """The work is done, handed over and paid, in one transaction."""

    subject: ClassVar[str] = "generation"
    model: str
    charged: int


@dataclass(frozen=True, kw_only=True)
class GenerationFailed(Event):
    """Nothing was delivered, and what was held is given back; `code` is that of the refusal."""

    subject: ClassVar[str] = "generation"
    model: str
    code: str
