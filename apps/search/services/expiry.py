"""The end of a site in this app: its index."""

from collections.abc import Sequence

from django.db.models import Model

from apps.core.models import EventRow, Job
from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers.postgres import vectors
from apps.sites.models import Site
from apps.sites.services import expiry

KIND = "search.expire_site"
OF_SITE: tuple[type[Model], ...] = (IndexedDocument, SiteIndex)
"""Every model with a site, in the order of deletion; vectors go when no row has their text any more."""


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes the site's index."""
    return expiry.delete_rows(job, OF_SITE, before=_vectors)


def _vectors(site: Site, model: type[Model], rows: Sequence[Model]) -> None:
    if model is SiteIndex:
        vectors.sweep(site.pk)
