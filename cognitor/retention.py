"""How long archives stay: their days, then they go. What a killed process left of one goes after a day."""

import datetime
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone

from apps.core.models import Due
from apps.core.services import due
from apps.sites.models import Tenant

log = structlog.get_logger(__name__)

KIND = "cognitor.retention"
HALF_WRITTEN = datetime.timedelta(days=1)
# As `archive.archive_path` names them; nothing else in the folder is ours to delete.
_NAME = re.compile(r".+-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-\d{8}T\d{12}\.zip")


def run(row: Due) -> None:
    """Due: one round, and the next in a day."""
    sweep()
    due.again(row, after=datetime.timedelta(days=1))


def sweep() -> list[str]:
    """Deletes archives older than `ARCHIVE_KEEP_DAYS` of tenants that are purged, and `.part` files; answers which.

    As long as a tenant is there, whatever its state, none of its archives goes: the purge may need it.
    """
    now = timezone.now()
    gone = [path for path in _files(".part") if _older(path, now - HALF_WRITTEN)]
    if settings.ARCHIVE_KEEP_DAYS > 0:
        kept = now - datetime.timedelta(days=settings.ARCHIVE_KEEP_DAYS)
        old = {path: match for path in _files(".zip") if (match := _NAME.fullmatch(path.name)) and _older(path, kept)}
        uids = {uuid.UUID(match[1]) for match in old.values()}
        there = set(Tenant.objects.filter(uid__in=uids).values_list("uid", flat=True))
        gone += [path for path, match in old.items() if uuid.UUID(match[1]) not in there]
    for path in gone:
        path.unlink(missing_ok=True)
        log.info("archive_swept", archive=path.name)
    return sorted(path.name for path in gone)


def _files(suffix: str) -> Iterator[Path]:
    folder = Path(settings.ARCHIVES)
    found = folder.iterdir() if folder.is_dir() else iter(())
    return (path for path in found if path.suffix == suffix and path.is_file())


def _older(path: Path, moment: datetime.datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:  # finished, or swept, by somebody else
        return False
