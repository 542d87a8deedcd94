"""What operations cost on an installation where nobody has set a price. A credit is about a cent to its buyer.

To change a price for one installation, set it there; a change here is for installations to come.
"""

from decimal import Decimal

from django.db import connection, transaction

from apps.billing.models import CostSetting, Unit
from apps.billing.services import costs
from apps.core.actor import Actor

PRICES: dict[str, dict[str, str]] = {
    "media_generate_image": {Unit.IMAGE: "4"},
    "media_generate_video": {Unit.SECOND: "10"},
    "media_edit": {Unit.IMAGE: "4"},
    "media_remove_background": {Unit.IMAGE: "1"},
    "media_upscale": {Unit.MEGAPIXEL: "1"},
    "media_describe": {Unit.IMAGE: "1"},
    "media_tts": {Unit.CHARACTERS: "2"},
    "seo_generate_text": {Unit.TOKENS: "0.5"},
    "translations_generate": {Unit.CHARACTERS: "0.5"},
    "websites_generate": {Unit.FIXED: "100"},
    "agents_chat": {Unit.TOKENS: "0.5"},
}
"""Operation → unit → credits for one, with any model."""


def fill() -> int:
    """Writes the prices of operations that never had any, not even one that was taken away; returns how many."""
    if not _missing():
        return 0
    actor = Actor.system(because="default prices")
    with transaction.atomic():
        with connection.cursor() as cursor:  # of several that start together one writes
            cursor.execute("LOCK TABLE public.billing_costsetting IN SHARE ROW EXCLUSIVE MODE")
        missing = _missing()
        for operation in missing:
            for unit, credits in PRICES[operation].items():
                costs.create(actor=actor, operation=operation, unit=unit, credits=Decimal(credits))
    return len(missing)


def _missing() -> list[str]:
    known = set(CostSetting.objects.filter(operation__in=PRICES).values_list("operation", flat=True))
    return [operation for operation in PRICES if operation not in known]
