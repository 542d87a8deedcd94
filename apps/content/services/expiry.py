"""The end of a site in this app: its documents with all that hangs on them, its types, what is public of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from apps.content.models import (
    ContentType,
    Document,
    Element,
    Imported,
    Page,
    Post,
    PublicDocument,
    Reference,
    Slug,
    Translation,
    Version,
)
from apps.content.services import publishing, trash
from apps.core.models import Due, EventRow, Job
from apps.sites.models import Site
from apps.sites.services import expiry, usage

KIND = "content.expire_site"
OF_SITE: tuple[type[Model], ...] = (
    PublicDocument,
    Reference,
    Imported,
    Slug,
    Translation,
    Element,
    Post,
    Page,
    ContentType,
)
"""Every model with a site, in the order of deletion: what points to another before it. Cascades go with their end."""
BESIDE: tuple[type[Model], ...] = (Version,)
"""Models without a site, whose rows hang on a document and go with it."""


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes the site's content; elements are given back to the tenant's limit."""
    return expiry.delete_rows(job, OF_SITE, before=_hangers_on)


def _hangers_on(site: Site, model: type[Model], rows: Sequence[Any]) -> None:
    """What hangs on documents, and what is planned for them."""
    if not issubclass(model, Document):
        return
    subjects = [publishing.subject(row) for row in rows]
    Due.objects.filter(tenant_id=site.tenant_id, subject__in=subjects, kind__startswith="content.").delete()
    living = sum(1 for row in rows if row.deleted_at is None)
    trash.erase(model.doc_type, [row.pk for row in rows])
    if model is Element:
        usage.give_back(site.tenant_id, "elements", living)
