"""A tenant as one zip: every row of its schema, its rows in the shared tables, and its files.

    manifest.json            version, tenant, schema version, digest; rows, bytes and SHA-256 of each member
    tables/<app.model>.jsonl one row a line, columns as JSON, references by id
    files/<storage path>     what the rows have in the storage

`CLASSIFIED` says of every model, or of a whole app, whether and how it is archived; a test fails on one missing.
Models are read one after the other: of a tenant in use, call `write` in `at_one_moment`. `cognitor.restore` reads an
archive back.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.encoding import dumps, stamp
from apps.core.models import EventRow, Job
from apps.core.operation import TIMEOUTS, statement_timeout
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.sites.models import SchemaState, Tenant
from apps.sites.services import tenants
from cognitor.packing import Nowhere, Pack, appearing

VERSION = 2
KIND = tenants.ARCHIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """`tenant`: lookups that lead to the tenant's id, any of which is enough; none: all rows of the tenant's schema.

    `without`: columns that stay behind. `files`: the column that names a file in the storage. `local`: columns whose
    values mean something in this installation only, which the digest does not count.
    """

    tenant: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    files: str = ""
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    because: str


_INSTALLATION = Excluded("belongs to the installation, not to a tenant")
_SECRET = Excluded("secrets of a sign-in, worthless elsewhere")
_OWN = Archived(tenant=("tenant_id",))
_SCHEMA = Archived()
_LEDGER = Archived(tenant=("tenant_id",), local=("tenant_id", "site_id", "actor_id"))

CLASSIFIED: dict[str, Archived | Excluded] = {
    "djstripe": Excluded("a copy of what the payment provider of this installation keeps"),
    "core.due": Excluded("plans of this installation; what they stand for is in the rows"),
    "core.eventrow": Archived(
        tenant=("tenant_id",),
        local=(
            *("tenant_id", "site_id", "actor_id", "subject_id"),
            *("dispatched_at", "attempts", "retry_at", "error"),
        ),
    ),
    "core.idempotencykey": Excluded("answers kept for a day"),
    "core.job": Excluded("work of this installation"),
    "ai.generation": Excluded("jobs of this installation; what they made says itself how"),
    "analytics": Excluded("figures of visits at this installation; they end with the tenant"),
    "sites.tenant": Archived(tenant=("pk",), local=("schema_name", "status")),
    "sites.schemastate": Excluded("the manifest says it"),
    "sites.tenanttemplate": _INSTALLATION,
    "sites.site": _OWN,
    "sites.domain": Archived(tenant=("tenant_id",), without=("token",)),
    "sites.elementsite": Archived(tenant=("site__tenant_id",)),
    "sites.prompt": Archived(tenant=("tenant_id",), local=("author_id",)),
    "accounts.user": Archived(
        tenant=("memberships__tenant_id", "home_tenant_id"),
        without=(
            *("password", "last_login", "is_platform_admin", "home_tenant_id"),
            *("second_factor_at", "second_factor_begun"),
        ),
    ),
    "accounts.membership": Archived(tenant=("tenant_id",), local=("custom_role_id",)),
    "accounts.role": _OWN,
    "accounts.serviceaccount": Archived(
        tenant=("tenant_id",), without=("digest", "previous_digest"), local=("site_ids",)
    ),
    "accounts.session": _SECRET,
    "accounts.refreshtoken": _SECRET,
    "accounts.onetimetoken": _SECRET,
    "accounts.oauthstate": _SECRET,
    "accounts.signupassessment": _INSTALLATION,
    "billing.balance": _LEDGER,
    "billing.lot": _LEDGER,
    "billing.hold": _LEDGER,
    "billing.transaction": _LEDGER,
    "billing.entry": _LEDGER,
    "billing.limit": Archived(tenant=("tenant_id",), local=("tenant_id", "key")),
    "billing.spending": Archived(tenant=("tenant_id",), local=("tenant_id", "key")),
    "billing.costsetting": _INSTALLATION,
    "billing.price": _INSTALLATION,
    "billing.discount": _INSTALLATION,
    "billing.package": _INSTALLATION,
    "billing.plan": _INSTALLATION,
    "billing.customer": Excluded("names the tenant at the payment provider of this installation"),
    "billing.paymentmethod": Excluded("kept at the payment provider of this installation"),
    "billing.subscription": Excluded("a contract of this installation; it ends with the tenant"),
    "billing.payment": Archived(
        tenant=("tenant_id",),
        without=("package_id", "request_key", "session_ref", "intent_ref", "url"),
        local=("tenant_id",),
    ),
    "billing.refund": Archived(tenant=("tenant_id",), without=("ref",), local=("tenant_id",)),
    "billing.dispute": Archived(tenant=("tenant_id",), without=("ref",), local=("tenant_id",)),
    "billing.invoice": Excluded("kept at the payment provider of this installation, which made it"),
    "billing.vendorevent": Excluded("notes of what was handled"),
    "billing.override": Excluded("a price of this installation"),
    "account.emailaddress": _INSTALLATION,
    "account.emailconfirmation": _SECRET,
    "mfa.authenticator": _SECRET,
    "socialaccount.socialaccount": _INSTALLATION,
    "socialaccount.socialapp": _SECRET,
    "socialaccount.socialtoken": _SECRET,
    "admin.logentry": Excluded("the events tell it"),
    "auth.permission": _INSTALLATION,
    "auth.group": _INSTALLATION,
    "auth.group_permissions": _INSTALLATION,
    "contenttypes.contenttype": _INSTALLATION,
    "sessions.session": _SECRET,
    "media.folder": _SCHEMA,
    "media.media": Archived(files="file"),
    "media.mediaversion": Archived(files="file"),
    "media.rendition": Excluded("are made anew"),
    "media.directupload": Excluded("files on their way, that are no media yet"),
    "media.use": _SCHEMA,
    "content.contenttype": _SCHEMA,
    "content.typeversion": _SCHEMA,
    "content.uniquevalue": _SCHEMA,
    "content.element": _SCHEMA,
    "content.post": _SCHEMA,
    "content.page": _SCHEMA,
    "content.slug": _SCHEMA,
    "content.translation": _SCHEMA,
    "content.publicdocument": _SCHEMA,
    "content.reference": _SCHEMA,
    "content.version": _SCHEMA,
    "content.imported": _SCHEMA,
    "search.siteindex": Excluded("is made anew"),
    "search.indexeddocument": Excluded("is made anew of the documents"),
    "websites.website": Archived(local=("job_id", "generation_id")),
}


def archived() -> list[tuple[type[Model], Archived]]:
    return [(apps.get_model(label), how) for label, how in CLASSIFIED.items() if isinstance(how, Archived)]


def columns_of(model: type[Model], how: Archived) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if not f.generated and f.attname not in how.without]


def write(tenant: Tenant, path: Path, *, step: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Writes the archive to `path`, readable by its owner only, and returns its manifest.

    It appears there whole or not at all. `step` is called with 1 before each table and each file, and with
    0 in the midst of long ones.
    """
    with inside(tenant), statement_timeout(TIMEOUTS["export"]), appearing(path) as archive:
        return _Writer(tenant, archive, step).all()


def digests(tenant: Tenant) -> dict[str, str]:
    """What an archive of the tenant would say of each table and file now; nothing is written."""
    with inside(tenant), zipfile.ZipFile(Nowhere(), "w") as archive:
        return dict(_Writer(tenant, archive, lambda done: None).all()["digests"])


@contextmanager
def at_one_moment() -> Iterator[None]:
    """A transaction in which a tenant in use is read as it is now; inside another one, that one."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                # While a large file is read, nothing is asked of the database.
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield


class _Writer:
    def __init__(self, tenant: Tenant, archive: zipfile.ZipFile, step: Callable[[int], None]) -> None:
        self.tenant, self.pack, self.step = tenant, Pack(archive, step), step
        self.digests: dict[str, str] = {}

    def all(self) -> dict[str, Any]:
        for model, how in archived():
            self.step(1)
            self.table(model, how)
        for path in paths(self.tenant):
            self.step(1)
            if digest := self.pack.file(path):
                self.digests[f"files/{path}"] = digest
        state = SchemaState.objects.get(tenant=self.tenant)
        manifest = {
            "version": VERSION,
            "written_at": stamp(timezone.now()),
            "tenant": {
                **{name: getattr(self.tenant, name) for name in ("uid", "identifier", "name")},
                "status": tenants.standing(self.tenant),
            },
            "schema": {"version": state.version, "applied": state.applied},
            "digest": hashlib.sha256(dumps(sorted(self.digests.items()))).hexdigest(),
            "digests": self.digests,
            "members": self.pack.members,
            "missing": self.pack.missing,
            "excluded": {label: how.because for label, how in CLASSIFIED.items() if isinstance(how, Excluded)},
        }
        self.pack.zip.writestr("manifest.json", dumps(manifest))
        return manifest

    def table(self, model: type[Model], how: Archived) -> None:
        """A line a row. The digest counts a row by its uid and those it refers to, so that new ids do not change it."""
        columns = columns_of(model, how)
        by_uid = uids(model, columns)
        uncounted = {*how.local, *(["id"] if how.tenant or "uid" in columns else [])}
        counted = [name for name in columns if name not in uncounted]
        total = 0

        def lines() -> Iterator[bytes]:
            nonlocal total
            for row in rows(model, how, self.tenant).values(*columns, **by_uid).iterator(chunk_size=500):
                content = {name: row.get(f"uid_of_{name}", row[name]) for name in counted}
                total += int.from_bytes(hashlib.sha256(dumps(content)).digest())
                yield dumps({name: row[name] for name in columns}) + b"\n"

        label = model._meta.label_lower
        self.pack.add(f"tables/{label}.jsonl", lines(), rows=True)
        self.digests[label] = f"{total % 2**256:064x}"


def rows(model: type[Model], how: Archived, tenant: Tenant) -> QuerySet[Any]:
    """What the tenant has of the model, in the order of its keys; call it inside the tenant."""
    found = model._base_manager.order_by("pk")
    if not how.tenant:
        return found
    mine = Q(*((lookup, tenant.pk) for lookup in how.tenant), _connector=Q.OR)
    # By key, so that a row that several lookups lead to is there once.
    return found.filter(pk__in=model._base_manager.filter(mine).values("pk"))


def uids(model: type[Model], columns: list[str]) -> dict[str, Any]:
    """Reference → the uid of the row referred to, for the digest. No join: what it refers to may be gone."""
    found: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        target: Any = field.related_model
        if field.attname in columns and field.is_relation and _has_uid(target):
            referred = target._base_manager.filter(pk=OuterRef(field.attname))
            found[f"uid_of_{field.attname}"] = Subquery(referred.values("uid")[:1])
    return found


def _has_uid(model: Any) -> bool:
    return any(field.name == "uid" for field in model._meta.concrete_fields)


def paths(tenant: Tenant) -> Iterator[str]:
    """Where the tenant's rows have files in the storage; call it inside the tenant."""
    for model, how in archived():
        if how.files:
            yield from rows(model, how, tenant).values_list(how.files, flat=True).iterator(chunk_size=500)


def archive_path(tenant: Tenant) -> Path:
    name = f"{tenant.identifier}-{tenant.uid}-{timezone.now():%Y%m%dT%H%M%S%f}.zip"
    return Path(settings.ARCHIVES) / name


def archive_job(job: Job) -> dict[str, Any]:
    """Job: the archive of the job's tenant. Progress counts tables and files; a second run writes another one.

    A tenant in use is read in one transaction; what its progress is, another connection says, so that others see it.
    """
    tenant = Tenant.objects.get(pk=job.tenant_id)
    path = archive_path(tenant)
    with inside(tenant):
        total = len(archived()) + sum(1 for _ in paths(tenant))
    jobs.step(job, 0, total=total)
    if tenant.status == Tenant.Status.DELETING:  # nobody writes there
        manifest = write(tenant, path, step=lambda done: jobs.step(job, done))
    else:
        with ThreadPoolExecutor(1) as beside:
            try:
                with at_one_moment():
                    manifest = write(tenant, path, step=lambda done: beside.submit(jobs.step, job, done).result())
            finally:
                beside.submit(connection.close)
    return {"archive": path.name, "bytes": path.stat().st_size, "digest": manifest["digest"]}


def archive_deleted(event: EventRow) -> None:
    """Reaction to `TenantDeleted`: starts the archive, unless that was done already."""
    if not Job.objects.filter(tenant_id=event.tenant_id, kind=KIND, created_at__gte=event.created_at).exists():
        actor = Actor.system(because="the deletion of the tenant", tenant_id=event.tenant_id)
        jobs.start(actor=actor, kind=KIND)
