"""Reading generations."""

import uuid
from typing import Any

from django.db.models import QuerySet

from apps.ai.models import Generation
from apps.core import errors
from apps.core.actor import Actor
from apps.sites.models import Site


def generations_of(*, actor: Actor, site: Site) -> QuerySet[Generation]:
    """The site's, newest first; one's own only without `users.read`."""
    rows = Generation.objects.filter(site_id=site.pk).select_related("job").order_by("-id")
    if actor.may("users.read", site.pk):
        return rows
    return rows.filter(job__actor_kind=actor.kind, job__actor_id=actor.id)


def generation_for(*, actor: Actor, site: Site, job_id: uuid.UUID) -> Generation:
    found = generations_of(actor=actor, site=site).filter(job_id=job_id).first()
    if found is None:
        raise errors.NotFound
    return found


def filtered(rows: QuerySet[Generation], query: dict[str, Any]) -> QuerySet[Generation]:
    if state := query.get("state"):
        rows = rows.filter(job__state=state)
    return rows.filter(operation=query["operation"]) if query.get("operation") else rows
