"""How a provider of models can say no. Whatever a vendor's library raises becomes one of these."""

import math
from typing import Any

from apps.core.refusal import Refusal


class Passing(Refusal):
    """What may be over soon. `again`: whether asking once more can help; `pause`: seconds the provider asks for."""

    def __init__(self, message: str = "", /, *, again: bool = True, pause: float = 0.0, **data: Any) -> None:
        super().__init__(message, headers={"Retry-After": str(math.ceil(pause))} if pause else None, **data)
        self.again, self.pause = again, pause


class ModelMissing(Refusal):
    code, status, title = "ai.model.missing", 503, "No model for this is set up here."


class ContentRefused(Refusal):
    """The provider will not make this; asking again changes nothing."""

    code, status, title = "ai.content.refused", 422, "The model refuses what was asked."


class AskedTooMuch(Refusal):
    """Beyond a limit of the model: length, size, number."""

    code, status, title = "ai.request.beyond_model", 422, "The model cannot take this."


class ProviderBusy(Passing):
    """Its rate is limited, or its quota is used up."""

    code, status, title = "ai.provider.busy", 503, "The provider takes no more requests now."


class ProviderAway(Passing):
    """Not reached, failing, or passed over because it failed again and again."""

    code, status, title = "ai.provider.away", 503, "The provider cannot be reached."


class ProviderDenied(Refusal):
    """The key of this installation is wrong, or may not do this."""

    code, status, title = "ai.provider.denied", 503, "The provider does not accept this installation's key."


class TimedOut(Refusal):
    code, status, title = "ai.provider.timed_out", 504, "The provider took too long."


class Abandoned(Refusal):
    """Nobody wants the result any more."""

    code, status, title = "ai.generation.cancelled", 409, "It was cancelled."


class GenerationUnpaid(Refusal):
    """What was held for it was given back before it was finished."""

    code, status, title = "ai.generation.unpaid", 409, "It took longer than its credits were held."


class GenerationBroken(Refusal):
    """What went wrong is in the log; it costs nothing."""

    code, status, title = "ai.generation.failed", 502, "It failed here, and was logged."


OF_MODELS = (
    ModelMissing,
    ContentRefused,
    AskedTooMuch,
    ProviderBusy,
    ProviderAway,
    ProviderDenied,
    TimedOut,
    Abandoned,
    GenerationUnpaid,
    GenerationBroken,
)
"""How any operation that waits for a model may be refused."""
