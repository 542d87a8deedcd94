"""Texts that a model writes."""

from typing import Any

from apps.ai import catalogue
from apps.ai.models import Generation
from apps.ai.providers.protocols import Write
from apps.ai.services import calling, generations
from apps.ai.services.generations import Wanted
from apps.core.actor import Actor
from apps.core.models import Job
from apps.sites.models import Site

KIND = "ai.write"


def start(
    *,
    actor: Actor,
    site: Site,
    prompt: str,
    system: str = "",
    language: str = "",
    max_tokens: int = 800,
    model: str = "",
    seed: int | None = None,
    quote: str | None = None,
    key: str | None = None,
) -> Generation:
    """Begins to write; the job's result is `{text, usage}`."""
    chosen = catalogue.model_for("text", model)
    asked = Write(prompt=prompt, system=system, language=language, most_tokens=max_tokens, seed=seed)
    wanted = Wanted(
        kind=KIND,
        operation="seo_generate_text",
        model=chosen,
        quantities=calling.estimate(chosen, asked),
        prompt=prompt,
        requested_model=model,
        arguments={"system": system, "language": language, "most_tokens": max_tokens, "seed": seed},
        quote=quote,
        key=key,
    )
    calling.require_within(chosen, asked)
    return generations.start(actor=actor, site=site, wanted=wanted)


def run(job: Job) -> dict[str, Any]:
    """Job: asks the model and hands its text over."""
    with generations.at_work(job) as work:
        if (done := work.delivered) is not None:
            return done
        row = work.generation
        output = calling.call(
            catalogue.model_for("text", row.model), Write(prompt=row.prompt, **row.arguments), work.call()
        )
        text = "\n\n".join(output.texts)
        return work.deliver(output, lambda: {"text": text, "usage": dict(output.used)})
