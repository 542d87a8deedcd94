"""A tenant out of its archive: a schema and shared rows anew, files where they were. All of it, or nothing.

Ids inside the schema stay. Those of elements are the installation's: when one is taken the archive is refused. Rows of
shared tables get new ids, and what refers to them follows. People are known by their e-mail address: who is there gets
the membership only, who is not is made without a password. Keys of service accounts are not archived, so each needs a
new one. Sessions, jobs and plans do not come back; what is to be published later is planned again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.content.models import Document, Element
from apps.content.services import scheduling, trash
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.refusal import Refusal
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media.selectors import stored_bytes
from apps.search.services import reindexing
from apps.sites.events import TenantUnarchived
from apps.sites.models import ElementSite, SchemaState, Site, Tenant, new_schema_name
from apps.sites.selectors import known_migrations
from apps.sites.services import fleet, identifiers, schemas, sites, template, usage
from cognitor import archive, moving, purge, unpack
from cognitor.unpack import Package, Unrestorable

# A process that dies while it restores leaves files; they go when this is over.
ABANDONED = timedelta(hours=12)
MAX_ELEMENT = 2**48  # ids come from a sequence that must not end, and clients read them as doubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """`ids`: of each shared table, old → new. `changed`: tables that are not what was archived, and why.

    `left_out`: what was not taken back. `problem`: why the schema could not be brought up to date, empty if it was.
    """

    tenant: Tenant
    rows: int
    files: int
    ids: dict[str, dict[int, int]]
    changed: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    problem: str = ""


def restore(
    path: Path, *, actor: Actor, identifier: str = "", site_suffix: str = "", ratio: int = unpack.RATIO
) -> Restored:
    """Makes the tenant of the archive again, `Unrestorable` otherwise; call it outside a tenant.

    `identifier`: another one for the tenant. `site_suffix`: `-{suffix}` at the end of each site's identifier.
    """
    # One at a time: of two with the same files, the second would clean up what is the first's.
    with unpack.opened(path, ratio=ratio) as package, schemas.lock("restore"):
        package.verify()
        plan = _Plan(package, identifier, site_suffix)
        plan.check()
        with plan.schema(), plan.files():
            restored = plan.rows(actor, path.name)
        if plan.older:
            outcome = fleet.migrate_one(restored.tenant.pk)
            if outcome.state != "current":
                return replace(restored, problem=outcome.error or outcome.state)
        _open_up(restored.tenant, package.manifest["tenant"]["status"])
        return restored


class _Plan:
    """What is to be made of the package, under which names."""

    def __init__(self, package: Package, identifier: str, site_suffix: str) -> None:
        self.package, self.manifest = package, package.manifest
        self.identifier = identifier or self.manifest["tenant"]["identifier"]
        self.suffix = f"-{site_suffix}" if site_suffix else ""
        self.applied: list[str] = self.manifest["schema"]["applied"]
        self.older = set(self.applied) != known_migrations()
        self.schema_name = new_schema_name()

    def check(self) -> None:
        """Refuses what cannot be restored here, before anything is written."""
        if unknown := set(self.applied) - known_migrations():
            raise Unrestorable(f"The archive is of newer code: {unpack.some(unknown)} is not known here.")
        self._check_identifiers()
        self._check_elements()
        if taken := [path for path in self.package.files() if default_storage.exists(path)]:
            raise Unrestorable(f"The storage has {len(taken)} of the archive's files already: {unpack.some(taken)}.")

    def _check_identifiers(self) -> None:
        wanted = [str(row.get("identifier")) + self.suffix for row in self.package.rows("sites.site")]
        for name in (self.identifier, *wanted):
            try:
                identifiers.check(name)
            except Refusal as refusal:
                raise Unrestorable(f"{name!r} is no identifier: {refusal.title}") from None
        if Tenant.objects.filter(identifier=self.identifier).exists():
            raise Unrestorable(f"There is a tenant {self.identifier} already; give another with --identifier.")
        if taken := Site.objects.filter(identifier__in=wanted).values_list("identifier", flat=True):
            raise Unrestorable(f"There are sites {unpack.some(taken)} already; use --identifier-suffix.")

    def _check_elements(self) -> None:
        taken: list[int] = []
        for some in moving.batches(self.package.rows("sites.elementsite"), 5_000):
            ids = [row.get("element_id") for row in some]
            if not all(isinstance(id, int) and 0 < id < MAX_ELEMENT for id in ids):
                raise Unrestorable("The archive has elements whose ids are none.")
            taken += ElementSite.objects.filter(element_id__in=ids).values_list("element_id", flat=True)  # type: ignore[misc]
        if taken:
            raise Unrestorable(
                f"{len(taken)} ids of elements are taken in this installation, such as {unpack.some(taken)}: "
                "elements cannot be given other ids."
            )

    @contextmanager
    def schema(self) -> Iterator[None]:
        """Of older code: made before the transaction, since migrations have their own, and dropped on failure."""
        if not self.older:
            yield
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {self.schema_name}")
            if schemas.migrate(self.schema_name, upto=self.applied) != sorted(self.applied):
                raise Unrestorable("The migrations that the manifest names do not make a schema.")
            yield
        except BaseException:
            connection.set_schema_to_public()
            with connection.cursor() as cursor:
                cursor.execute(f"DROP SCHEMA IF EXISTS {self.schema_name} CASCADE")
            raise

    @contextmanager
    def files(self) -> Iterator[None]:
        """Files in the storage, to stay if the block takes their deletion back in its transaction; else they go."""
        paths = self.package.files()
        if paths:
            due.plan(**self._abandoned, at=timezone.now() + ABANDONED, paths=paths)
        try:
            for path in paths:
                with self.package.file(path) as source:
                    stored = default_storage.save(path, File(source, name=path))
                if stored != path:
                    default_storage.delete(stored)
                    raise Unrestorable(f"The storage cannot keep {path} under this name.")
            yield
        except BaseException:
            connection.set_schema_to_public()
            due.hasten(**self._abandoned)
            raise

    @property
    def _abandoned(self) -> dict[str, Any]:
        return {"tenant_id": None, "kind": purge.FILES, "subject": f"restore:{self.schema_name}"}

    def rows(self, actor: Actor, name: str) -> Restored:
        """One transaction: the tenant, closed, with all its rows, compared with what was archived."""
        try:
            with transaction.atomic():
                if not self.older:
                    template.replay(template.current(), self.schema_name)
                mover = moving.Mover(self.package, self.schema_name, self.identifier, self.suffix, self.older)
                tenant = mover.move()
                SchemaState.objects.create(
                    tenant=tenant,
                    version=schemas.version_of(self.applied),
                    applied=sorted(self.applied),
                    state=SchemaState.State.CURRENT,
                )
                if not self.older:
                    self._compare(tenant, mover)
                if self.package.files() and not due.cancel(**self._abandoned):
                    raise Unrestorable("It took so long that its files were given up.")
                event = TenantUnarchived(subject_id=tenant.pk, label=tenant.name, archive=name)
                emit(event, actor=actor, tenant_id=tenant.pk)
        except DatabaseError as error:
            raise Unrestorable(f"A row of the archive is not taken: {schemas.summary(error)}") from error
        return Restored(
            tenant=tenant,
            rows=mover.count,
            files=len(self.package.files()),
            ids=mover.ids,
            changed=mover.changed,
            left_out=mover.left_out,
        )

    def _compare(self, tenant: Tenant, mover: moving.Mover) -> None:
        """What differs from the archive must differ for a reason that is known; else nothing is kept."""
        now, then = archive.digests(tenant), self.manifest["digests"]
        differ = {label for label in {*now, *then} if now.get(label) != then.get(label)}
        if unexplained := differ - set(mover.changed):
            raise Unrestorable(f"What was restored is not what was archived: {unpack.some(unexplained)}.")
        mover.changed = {label: why for label, why in mover.changed.items() if label in differ}


@transaction.atomic
def _open_up(tenant: Tenant, status: str) -> None:
    """Plans and counts what follows from the rows, and lets people in; a suspended tenant stays suspended."""
    with inside(tenant):
        for model in (m for m in moving.models_of_tenants() if issubclass(m, Document)):
            for document in model._base_manager.all().iterator():
                scheduling.plan_again(document)
                trash.plan_again(document)
        elements = Element.objects.filter(deleted_at=None).count()
        stored = stored_bytes()
    reindexing.start(actor=Actor.system(because="restored from an archive"), tenant_id=tenant.pk)
    usage.recount(tenant.pk, elements=elements, storage_bytes=stored)
    for site in tenant.sites.filter(status=Site.Status.DELETING).exclude(deleted_at=None):
        sites.plan_purge(site)
    suspended = status == Tenant.Status.SUSPENDED
    tenant.status = Tenant.Status.SUSPENDED if suspended else Tenant.Status.ACTIVE
    tenant.save(update_fields=["status"])
