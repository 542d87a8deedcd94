"""A site out of its archive, in a tenant: rows, files, and what the public sees. All of it, or nothing.

Ids that are free here stay, others are given anew, and whatever refers to them follows. What refers to nothing refers
to nothing here either: it gets an id that nobody will have. What has arrived is compared with what was exported.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.core.files.base import File
from django.db import DatabaseError, connection, transaction

from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media.selectors import stored_bytes
from apps.media.services import files
from apps.sites.models import ElementSite, Site, Tenant
from apps.sites.selectors import proven
from apps.sites.services import domains, schemas, sites, usage
from cognitor import moving, unpack
from cognitor.transfer import settling, tables
from cognitor.transfer.plan import FORM, Plan
from cognitor.transfer.rewriting import KINDS, Rewriter, Row
from cognitor.unpack import Unrestorable

ABANDONED = timedelta(hours=12)
"""A process that dies while it imports leaves files; they go when this is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """`ids`: of each kind, old → new. `changed`: tables that are not what was exported, and why."""

    site: Site
    rows: int
    files: int
    ids: dict[str, dict[int, int]]
    strangers: list[str]
    left_out: list[str]
    changed: dict[str, str]


def bring(
    path: Path,
    *,
    actor: Actor,
    tenant: Tenant,
    identifier: str = "",
    ratio: int = unpack.RATIO,
    step: Callable[[int], None] = lambda done: None,
) -> Arrived:
    """Makes the site of the archive in the tenant, `Unrestorable` otherwise; call it outside of tenants.

    `identifier`: another one for the site. `step` is called with 1 for each file and each table.
    """
    with planned(path, tenant=tenant, identifier=identifier, ratio=ratio) as plan:
        arrival = _Arrival(plan, step)
        with arrival.files():
            return arrival.rows(actor, path.name)


@contextmanager
def planned(path: Path, *, tenant: Tenant, identifier: str = "", ratio: int = unpack.RATIO) -> Iterator[Plan]:
    """The plan for an archive that was read and checked whole; nothing is written. One at a time."""
    with unpack.opened(path, form=FORM, ratio=ratio) as package, schemas.lock("restore"), inside(tenant):
        package.verify()
        plan = Plan(package, tenant, identifier)
        plan.check()
        yield plan


class _Arrival:
    def __init__(self, plan: Plan, step: Callable[[int], None]) -> None:
        self.plan, self.package, self.tenant, self.step = plan, plan.package, plan.tenant, step
        self.site = Site(pk=moving.next_ids(Site, 1)[0], tenant=plan.tenant, identifier=plan.identifier)
        self.received: dict[int, files.Received] = {}
        self.ids: dict[tuple[str, int], int] = {}
        self.nobody: dict[tuple[str, int], int] = {}
        self.changed: dict[str, str] = {}
        self.left_out: list[str] = []
        self.count = 0

    @contextmanager
    def files(self) -> Iterator[None]:
        """Files in the storage, looked at like any upload, to stay if the block settles them; else they go."""
        system = Actor.system(because="a site's archive", tenant_id=self.tenant.pk)
        there = set(self.package.files())
        try:
            for row in self.plan.media():
                if row["file"] not in there:
                    self.left_out.append(f"file of media {row['id']}: it was missing in the export")
                    continue
                with self.package.file(row["file"]) as source, tempfile.TemporaryFile() as body:
                    shutil.copyfileobj(source, body, 1024 * 1024)
                    body.flush()
                    upload = File(body, name=str(row["filename"]))
                    found = files.receive(actor=system, site=self.site, upload=upload, settled_in=ABANDONED)
                self.received[row["id"]] = found
                if found.content_hash != row["content_hash"]:
                    self.changed["media.media"] = "files were made harmless, which changed them"
                self.step(1)
            yield
        except BaseException as error:
            for one in self.received.values():
                due.hasten(tenant_id=self.tenant.pk, kind=files.DISCARD, subject=one.path)
            if isinstance(error, Refusal):
                raise Unrestorable(f"Something of the archive is not taken here: {error.message}") from error
            raise

    def rows(self, actor: Actor, name: str) -> Arrived:
        """One transaction: the site with all its rows, compared with what was exported."""
        try:
            with transaction.atomic():
                self._move(actor, name)
        except DatabaseError as error:
            raise Unrestorable(f"A row of the archive is not taken: {schemas.summary(error)}") from error
        except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError) as error:
            raise Unrestorable("A row of the archive is not one that an archive has.") from error
        kinds: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
        for (kind, old), new in self.ids.items():
            kinds[kind][old] = new
        return Arrived(
            site=self.site,
            rows=self.count,
            files=len(self.received),
            ids=kinds,
            strangers=self.plan.strangers,
            left_out=self.left_out,
            changed=self.changed,
        )

    def _move(self, actor: Actor, name: str) -> None:
        self._name()
        rewriter = Rewriter(self.package.rows, self._swap)
        for member, value in rewriter.row("sites.site", self.plan.site).items():
            if member != "identifier" and (member != "uid" or not Site.objects.filter(uid=value).exists()):
                setattr(self.site, member, value)
        sites.bring(actor=actor, site=self.site, archive=name)
        for label in tables.TABLES[2:]:
            self.step(1)
            for some in moving.batches(self.package.rows(label)):
                self._insert(label, [self._row(label, row, rewriter) for row in some])
        elements = [new for (kind, _), new in self.ids.items() if kind == "element"]
        ElementSite.objects.bulk_create(
            (ElementSite(element_id=id, site=self.site) for id in elements), batch_size=5_000
        )
        for one in self.received.values():
            files.settle(one, tenant_id=self.tenant.pk)
        settling.settle(self.site, actor=actor)
        self._claim_domains()
        self._compare()
        sites.require_room(self.tenant.pk, made=1)
        usage.take(self.tenant, "elements", len(elements))
        usage.take(self.tenant, "storage_bytes", stored_bytes(self.site))

    def _name(self) -> None:
        """Gives every row that others refer to its id here."""
        for kind, label in KINDS.items():
            model, taken = apps.get_model(label), self.plan.taken[kind]
            old = [id for one, id in self.plan.uids if one == kind]
            kept = [id for id in old if id not in taken]
            if kind == "element":
                moving.pass_elements(max(kept, default=0))
            else:
                moving.pass_ids(connection.schema_name, model, max(kept, default=0))
            fresh = moving.next_ids(model, len(taken), schema=connection.schema_name)
            self.ids |= {(kind, id): id for id in kept}
            self.ids |= {(kind, id): new for id, new in zip(sorted(taken), fresh, strict=True)}

    def _swap(self, kind: str, id: int) -> int:
        key = (kind, id)
        if key in self.ids:
            return self.ids[key]
        if key not in self.nobody:
            model = apps.get_model(KINDS[kind])
            (self.nobody[key],) = moving.next_ids(model, 1, schema=connection.schema_name)
        return self.nobody[key]

    def _row(self, label: str, row: Row, rewriter: Rewriter) -> Row:
        """The row as it is here; what has no id that others know gets one from the table."""
        model, moved = apps.get_model(label), rewriter.row(label, row)
        kind = next((kind for kind, one in KINDS.items() if one == label), "")
        if kind:
            moved["id"] = self.ids[kind, row["id"]]
        else:
            moved.pop("id", None)
        if "site_id" in moved:
            moved["site_id"] = self.site.pk
        for column in ("author_id", "deleted_by_id"):
            if column in moved:
                moved[column] = self.plan.people.get(moved[column])
        if kind == "media":
            moved |= self._stored(row)
        if label == "content.publicdocument":
            moved |= {"body": "{}", "summary": "", "etag": "", "frozen_at": moved["updated_at"]}
        for one in model._meta.concrete_fields:
            if one.attname not in moved and not one.primary_key and not one.generated:
                moved[one.attname] = one.get_default()
        return moved

    def _stored(self, row: Row) -> Row:
        found = self.received.get(row["id"])
        if found is None:
            return {"file": files.free_path(self.site, "missing")}
        names = ("filename", "media_type", "file_size", "width", "height", "content_hash")
        return {"file": found.path} | {name: getattr(found, name) for name in names}

    def _insert(self, label: str, rows: list[Row]) -> None:
        """A uid that somebody else has here is given anew."""
        model: Any = apps.get_model(label)
        if rows and "uid" in rows[0]:
            there = model._base_manager.filter(uid__in=[row["uid"] for row in rows])
            taken = {str(uid) for uid in there.values_list("uid", flat=True)}
            for row in rows:
                row["uid"] = uuid4() if str(row["uid"]) in taken else row["uid"]
        columns = sorted(rows[0])
        moving.insert(connection.schema_name, model, [{name: row[name] for name in columns} for row in rows])
        self.count += len(rows)

    def _claim_domains(self) -> None:
        names = self.package.manifest["domains"]
        others = set(proven().filter(domain__in=names).values_list("domain", flat=True))
        self.left_out += [f"domain {name}: it is another site's" for name in names if name in others]
        domains.claim(site=self.site, names=[name for name in names if name not in others])

    def _compare(self) -> None:
        """What differs from the archive must differ for a reason that is known; else nothing is kept."""
        called = {(key[0], new): self.plan.uids[key] for key, new in self.ids.items()}
        now, then = tables.digests(self.site, called), self.package.manifest["digests"]
        differ = {label for label in {*now, *then} if now.get(label) != then.get(label)}
        self.changed |= {label: "it is of older code, which had fewer columns" for label in self.plan.older}
        if unexplained := differ - set(self.changed):
            raise Unrestorable(f"What has arrived is not what was exported: {unpack.some(unexplained)}.")
        self.changed = {label: why for label, why in self.changed.items() if label in differ}
