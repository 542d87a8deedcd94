"""The end of a site in this app: what it knows of its websites. Their documents go with content and media."""

from django.db.models import Model

from apps.core.models import EventRow, Job
from apps.sites.services import expiry
from apps.websites.models import Website

KIND = "websites.expire_site"
OF_SITE: tuple[type[Model], ...] = (Website,)
"""Every model with a site."""


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes the site's websites."""
    return expiry.delete_rows(job, OF_SITE)
