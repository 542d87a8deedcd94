"""System and transfer prompts: texts in layers, each change a new version."""

import re
from collections.abc import Iterator

from django.db import IntegrityError, transaction

from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites import prompts, selectors
from apps.sites.events import PromptChanged
from apps.sites.models import Prompt, Site

_BRACES = re.compile(r"{{(.*?)}}|{{|}}", re.DOTALL)


def put(*, actor: Actor, kind: str, site: Site | None, text: str, if_match: str = "") -> prompts.Layered:
    """Adds a version of the text of the site's layer, else of the tenant's, else (without a tenant) the platform's.

    Of two who change the same version at once one is refused, with or without `If-Match`.
    """
    if faults := [*_faults(text)]:
        raise errors.Invalid(errors=faults)
    site_id = site.pk if site else None
    before = selectors.prompts_of(kind, actor.tenant_id, site_id).first()
    try:
        with transaction.atomic():
            etag.require(if_match, prompts.of(kind, actor.tenant_id, site).etag)
            row = Prompt.objects.create(
                kind=kind,
                tenant_id=actor.tenant_id,
                site=site,
                number=before.number + 1 if before else 1,
                text=text,
                author_id=actor.id,
            )
            event = PromptChanged(
                subject_id=row.pk,
                label=f"{kind} prompt",
                version=row.number,
                site_id=site_id,
                kind=kind,
                layer=row.layer,
            )
            emit(event, actor=actor)
    except IntegrityError:
        raise errors.VersionMismatch from None
    return prompts.of(kind, actor.tenant_id, site)


def _faults(text: str) -> Iterator[dict[str, str]]:
    for found in _BRACES.finditer(text):
        name = found[1]
        if name is None:
            yield {"field": "text", "message": "A pair of braces is not closed or not opened.", "code": "braces"}
        elif name.strip() not in prompts.VARIABLES:
            message = f"There is no variable {name.strip()[:60]!r}."
            yield {"field": "text", "message": message, "code": "variable"}
