"""Which models a tenant may ask, and what they cost it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from apps.ai import catalogue
from apps.ai.providers.protocols import Model, Task
from apps.billing import selectors as billing
from apps.sites.models import Site

OPERATIONS: Mapping[Task, str] = {
    "image": "media_generate_image",
    "text": "seo_generate_text",
    "video": "media_generate_video",
    "edit": "media_edit",
    "remove_background": "media_remove_background",
    "upscale": "media_upscale",
    "speech": "media_tts",
    "translation": "translations_generate",
}
"""Task → the operation that is priced for it."""


@dataclass(frozen=True)
class Offer:
    """A model, whether it is taken when none is named, and credits a unit for this tenant."""

    model: Model
    default: bool
    prices: dict[str, Decimal]


def offers(*, site: Site, task: str = "") -> list[Offer]:
    """The models of all tasks that something is built on, or of one."""
    now, found = timezone.now(), []
    for name, operation in OPERATIONS.items():
        if task in ("", name):
            models = catalogue.models(name)
            for model in models:
                terms = billing.terms_for(tenant_id=site.tenant_id, operation=operation, model=model.id, now=now)
                found.append(Offer(model, model is models[0], terms))
    return found
