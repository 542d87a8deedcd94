from typing import Any

from apps.ai.models import Generation
from apps.ai.services import texts
from apps.billing.services import holds
from apps.core.actor import Actor
from apps.core.services import jobs


def a_generation(*, actor: Actor, site: Any) -> Generation:
    """One that waits for its turn and costs nothing."""
    hold = holds.reserve(actor=actor, tenant_id=site.tenant_id, amount=0, operation="seo_generate_text")
    return Generation.objects.create(
        tenant_id=site.tenant_id,
        site_id=site.pk,
        job=jobs.start(actor=actor, kind=texts.KIND, tenant_id=site.tenant_id, total=100),
        hold_id=hold.pk,
        operation="seo_generate_text",
        task="text",
        model="local/writer",
        provider="local",
        prompt="A text",
        held=0,
    )
