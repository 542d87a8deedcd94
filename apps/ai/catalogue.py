"""Which models there are here: those of every provider that is set up, and which of them is the default of a task.

A provider is set up when its key is; the local one always is, and comes last. `AI_MODELS` names models, the default of
each task first, as `task=provider/name`: it may name any model of a provider, known to this list or not.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, get_args

import structlog
from django.conf import settings

from apps.ai.errors import ModelMissing
from apps.ai.providers.protocols import Model, Task, Voice
from apps.core.refusal import Refusal

log = structlog.get_logger(__name__)

TASKS: tuple[Task, ...] = get_args(Task)
VOICES_KEPT_SECONDS = 600.0
_voices: dict[str, tuple[float, Sequence[Voice]]] = {}


def _openai() -> Any:
    from apps.ai.providers import openai

    return openai.provider()


def _anthropic() -> Any:
    from apps.ai.providers import anthropic

    return anthropic.provider()


def _fal() -> Any:
    from apps.ai.providers import fal

    return fal.provider()


def _elevenlabs() -> Any:
    from apps.ai.providers import elevenlabs

    return elevenlabs.provider()


def _local() -> Any:
    from apps.ai.providers import local

    return local.provider()


_PROVIDERS: dict[str, Callable[[], Any]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "fal": _fal,
    "elevenlabs": _elevenlabs,
    "local": _local,
}


def provider(name: str) -> Any:
    """What implements the protocols for `name`; raises `ModelMissing` when it is not set up."""
    found = _PROVIDERS[name]() if name in _PROVIDERS else None
    if found is None:
        raise ModelMissing
    return found


def models(task: Task | None = None) -> Sequence[Model]:
    """The models of all providers that are set up, defaults first; only those for `task` when it is given."""
    own = [model for make in _PROVIDERS.values() if (found := make()) for model in found.models]
    known = {(model.task, model.id): model for model in own}
    ready = {model.provider for model in own}
    chosen = []
    for line in settings.AI_MODELS:
        wanted, _, name = (part.strip() for part in line.partition("="))
        if wanted in TASKS and name.partition("/")[0] in ready:
            chosen.append(known.get((wanted, name)) or _named(wanted, name, own))
    ordered = list(dict.fromkeys((model.task, model.id) for model in [*chosen, *own]))
    known.update({(model.task, model.id): model for model in chosen})
    return [known[key] for key in ordered if task is None or key[0] == task]


def _named(task: Any, name: str, own: Sequence[Model]) -> Model:
    """A model that only the operator knows; limits and units are those of its provider's others for the task."""
    provider_name, _, short = name.partition("/")
    like = next((model for model in own if (model.provider, model.task) == (provider_name, task)), None)
    return Model(
        id=name,
        task=task,
        provider=provider_name,
        name=short,
        limits=like.limits if like else {},
        units=like.units if like else (),
        local=provider_name == "local",
    )


def model_for(task: Task, wanted: str = "") -> Model:
    """The model called `wanted`, by its id or its vendor's name for it; the task's default when none is so called.

    Known clients send names of models that only their former server had, so an unknown name is no mistake of theirs.
    Raises `ModelMissing` when nothing at all is set up for the task.
    """
    ready = models(task)
    if not ready:
        raise ModelMissing
    return next((model for model in ready if wanted and wanted in (model.id, model.name)), ready[0])


def voices() -> Sequence[Voice]:
    """The voices of all speaking models. A vendor's list is kept for ten minutes; one that is away is left out."""
    found: list[Voice] = []
    for name in dict.fromkeys(model.provider for model in models("speech")):
        kept = _voices.get(name)
        if kept is None or kept[0] < time.monotonic():
            try:
                kept = (time.monotonic() + VOICES_KEPT_SECONDS, provider(name).voices())
            except Refusal as refusal:
                log.warning("ai_voices_missing", provider=name, code=refusal.code)
                continue
            _voices[name] = kept
        found += kept[1]
    return found


__all__ = ["TASKS", "Model", "Task", "Voice", "model_for", "models", "provider", "voices"]
