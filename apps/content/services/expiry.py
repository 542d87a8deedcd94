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
    Version,
)
from apps.core.models import Due, EventRow, Job
from apps.media.services import uses
from apps.sites.models import ElementSite, Site
from apps.sites.services import expiry, usage

KIND = "content.expire_site"
OF_SITE: tuple[type[Model], ...] = (
    PublicDocument,
    Reference,
    Imported,
    Slug,
    Element,
    Post,
    Page,
    ContentType,
)
"""Every model with a site, in the order of deletion: what points to another before it. Cascades go with their end."""
BESIDE: tuple[type[Model], ...] = (Version,)
"""Models without a site, whose rows name a document and go with it."""


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes the site's content; elements are given back to the tenant's limit."""
    return expiry.delete_rows(job, OF_SITE, before=_hangers_on)


def _hangers_on(site: Site, model: type[Model], rows: Sequence[Any]) -> None:
    """Versions, uses of media and plans of documents; an element's row in the directory and its count."""
    if not issubclass(model, Document):
        return
    ids = [row.pk for row in rows]
    for beside in BESIDE:
        beside._base_manager.filter(doc_type=model.doc_type, doc_id__in=ids).delete()
    uses.forget(model.doc_type, ids)
    subjects = [f"{model.doc_type}:{id}" for id in ids]
    Due.objects.filter(tenant_id=site.tenant_id, subject__in=subjects, kind__startswith="content.").delete()
    if model is Page:
        Page.objects.filter(parent__in=ids).update(parent=None)
    if model is Element:
        ElementSite.objects.filter(element_id__in=ids).delete()
        usage.give_back(site.tenant_id, "elements", sum(1 for row in rows if row.deleted_at is None))
