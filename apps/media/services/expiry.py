"""The end of a site in this app: its media and their files."""

from collections.abc import Sequence

from django.db.models import Model

from apps.core.models import EventRow, Job
from apps.core.services import due
from apps.media.models import DirectUpload, Folder, Media
from apps.media.services import direct, files
from apps.sites.models import Site
from apps.sites.services import expiry, usage

KIND = "media.expire_site"
OF_SITE: tuple[type[Model], ...] = (Media, DirectUpload, Folder)
"""Every model with a site, in the order of deletion. What points to one of them by a cascade goes with it."""


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes the site's media, and each file after its row; storage is given back."""
    return expiry.delete_rows(job, OF_SITE, before=_files)


def _files(site: Site, model: type[Model], rows: Sequence[Model]) -> None:
    for row in rows:
        if isinstance(row, DirectUpload):
            due.hasten(tenant_id=site.tenant_id, kind=direct.END, subject=row.path)
    media = [row for row in rows if isinstance(row, Media)]
    usage.give_back(site.tenant_id, "storage_bytes", files.discard_all(media, tenant_id=site.tenant_id))
