"""The end of a tenant, 30 days after its deletion: schema, shared rows and files go. Its archive stays.

A tenant that never opened, since nobody verified the sign-up, ends likewise and leaves nothing.
"""

import datetime
from pathlib import Path
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from apps.accounts.events import SignupAbandoned
from apps.accounts.models import Membership, User
from apps.billing.services import purging
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due, Job
from apps.core.services import due, jobs
from apps.core.tenancy import inside
from apps.media.selectors import passing_paths
from apps.media.services.files import DISCARD
from apps.sites.events import TenantPurged
from apps.sites.models import Tenant
from cognitor import archive

log = structlog.get_logger(__name__)

FILES = "sites.purge_files"
_BATCH = 500
_DAY = datetime.timedelta(days=1)


def purge(row: Due) -> None:
    """Due: deletes the tenant, if it is still deleted and was archived since; else archives it and comes again."""
    tenant = Tenant.objects.filter(pk=row.tenant_id, status=Tenant.Status.DELETING).first()
    if tenant is None:
        return
    # Whoever restores it holds this row and waits for ours; nobody may wait for both.
    if not Tenant.objects.select_for_update(skip_locked=True).filter(pk=tenant.pk, status=tenant.status).exists():
        due.again(row, after=_DAY)
        return
    actor = Actor.system(because="30 days after its deletion", tenant_id=tenant.pk)
    name = _archived(tenant, since=row.data["deleted_at"])
    if not name:
        log.warning("tenant_without_archive", tenant=tenant.identifier)
        if not Job.objects.filter(tenant_id=tenant.pk, kind=archive.KIND).exclude(state__in=Job.FINAL).exists():
            jobs.start(actor=actor, kind=archive.KIND)
        due.again(row, after=_DAY)
        return
    _plan_files(tenant)
    _delete_rows(tenant)
    platform = Actor.system(because=actor.because)
    emit(TenantPurged(subject_id=row.tenant_id or 0, label=tenant.name, archive=name), actor=platform)


def abandon(row: Due) -> None:
    """Due: deletes person, tenant and site of a sign-up, unless the address was verified meanwhile."""
    tenant = Tenant.objects.filter(pk=row.tenant_id, status=Tenant.Status.PROVISIONING).first()
    rows = User.objects.filter(home_tenant=tenant, pending=True)
    if tenant is None or not rows.exists():
        return
    # Whoever verifies it now holds the person's row, and opens the tenant in the same transaction.
    if not rows.select_for_update(skip_locked=True).exists():
        due.again(row, after=_DAY)
        return
    _delete_rows(tenant)
    emit(SignupAbandoned(subject_id=row.tenant_id or 0), actor=Actor.system(because="a sign-up that nobody verified"))


def discard_files(row: Due) -> None:
    """Due: deletes files that no row names any more."""
    for path in row.data["paths"]:
        default_storage.delete(path)


def _archived(tenant: Tenant, *, since: str) -> str:
    """Name of the whole archive that was begun after the deletion; empty when there is none."""
    done = Job.objects.filter(tenant_id=tenant.pk, kind=archive.KIND, state=Job.State.SUCCEEDED, created_at__gte=since)
    for job in done.order_by("-created_at"):
        result: Any = job.result
        path = Path(settings.ARCHIVES) / result["archive"]
        if path.is_file() and path.stat().st_size == result["bytes"]:
            return path.name
    return ""


def _plan_files(tenant: Tenant) -> None:
    """Plans the deletion of its files, those without a row too, for when this transaction has committed."""
    waiting = Due.objects.filter(tenant_id=tenant.pk, kind=DISCARD).values_list("subject", flat=True)
    with inside(tenant):
        found = sorted({*archive.paths(tenant), *passing_paths(), *waiting})
    for number, first in enumerate(range(0, len(found), _BATCH)):
        due.plan(
            tenant_id=None,
            kind=FILES,
            subject=f"tenant:{tenant.pk}:{number}",
            at=timezone.now(),
            paths=found[first : first + _BATCH],
        )


def _delete_rows(tenant: Tenant) -> None:
    """Of people, those go who have no other tenant and do not run the installation."""
    connection.set_schema_to_public()
    mine = User.objects.filter(Q(memberships__tenant=tenant) | Q(home_tenant=tenant), is_platform_admin=False)
    elsewhere = Membership.objects.exclude(tenant=tenant).values("user_id")
    User.objects.filter(pk__in=mine.values("pk")).exclude(pk__in=elsewhere).delete()
    purging.forget(tenant.pk)
    for model in apps.get_models():
        column = next((f for f in model._meta.concrete_fields if f.attname == "tenant_id"), None)
        if column is not None and not column.is_relation:
            model._base_manager.filter(tenant_id=tenant.pk).delete()
    tenant.sites.all().delete()
    tenant.delete(force_drop=True)
