"""Archives are kept their days, and never thrown away while their tenant could still need them."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.core.models import Due
from apps.core.services import due
from apps.sites.models import Tenant
from cognitor import archive, retention

pytestmark = pytest.mark.django_db
DAY = 24 * 3600


def aged(path: Path, days: float) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (time.time() - days * DAY,) * 2)
    return path


def of_a_purged_tenant(archives: Path, days: float, identifier: str = "gone") -> Path:
    return aged(archives / archive.archive_path(Tenant(identifier=identifier)).name, days)


def test_old_archives_of_purged_tenants_go_and_all_others_stay(
    archives: Path, settings: Any, tenant_a: Tenant, run_due: Callable[[], int]
) -> None:
    settings.ARCHIVE_KEEP_DAYS = 10
    old, young = of_a_purged_tenant(archives, 11), of_a_purged_tenant(archives, 9)
    tenant_a.status = Tenant.Status.DELETING
    tenant_a.save()
    deleted = aged(archives / archive.archive_path(tenant_a).name, 400)
    foreign = aged(archives / "my-own-backup.zip", 400)
    half, writing = aged(archives / "a.zip.0a1b2c3d.part", 1.1), aged(archives / "b.zip.0a1b2c3d.part", 0.9)
    due.plan(tenant_id=None, kind=retention.KIND, subject="-", at=timezone.now())
    assert run_due() == 1
    assert set(archives.iterdir()) == {young, deleted, foreign, writing}
    assert not old.exists()
    assert not half.exists()
    assert Due.objects.get(kind=retention.KIND).at > timezone.now()


def test_without_a_limit_archives_are_kept_for_ever(archives: Path, settings: Any) -> None:
    settings.ARCHIVE_KEEP_DAYS = 0
    old = of_a_purged_tenant(archives, 4000)
    assert retention.sweep() == []
    assert old.exists()


def test_without_a_folder_of_archives_there_is_nothing_to_sweep(archives: Path) -> None:
    assert retention.sweep() == []
    assert not archives.exists()
