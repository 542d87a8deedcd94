"""Rows of an archive on their way into this installation: which ids they get, and what refers to them.

Rows are inserted as they were written, by PostgreSQL's own reading of JSON, so that nothing sets a date anew.
"""

import secrets
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import Model

from apps.accounts import permissions
from apps.accounts.models import ServiceAccount, User, normal
from apps.accounts.roles import ROLES
from apps.core.encoding import dumps
from apps.sites.models import Domain, Tenant
from apps.websites.models import Website
from cognitor import archive
from cognitor.unpack import Package, Unrestorable

BATCH = 200
# Elements get ids while this goes on; the sequence is put so far behind ours that nobody meets them meanwhile.
_MARGIN = 10_000
# Shared tables that others refer to, by constraints or by plain columns. The order is that of their references.
_NAMED = (
    *("sites.tenant", "sites.site", "accounts.user", "accounts.role", "accounts.serviceaccount"),
    *("billing.lot", "billing.hold", "billing.transaction", "billing.payment"),
)
_PLAIN = {
    "core.eventrow": {"tenant_id": "sites.tenant", "site_id": "sites.site"},
    "sites.prompt": {"author_id": "accounts.user"},
    "billing.balance": {"tenant_id": "sites.tenant"},
    "billing.lot": {"tenant_id": "sites.tenant"},
    "billing.hold": {"tenant_id": "sites.tenant", "site_id": "sites.site"},
    "billing.transaction": {"tenant_id": "sites.tenant", "site_id": "sites.site"},
    "billing.entry": {"tenant_id": "sites.tenant"},
    "billing.limit": {"tenant_id": "sites.tenant"},
    "billing.payment": {"tenant_id": "sites.tenant"},
    "billing.refund": {"tenant_id": "sites.tenant"},
    "billing.dispute": {"tenant_id": "sites.tenant"},
    "billing.spending": {"tenant_id": "sites.tenant"},
}
_SUBJECTS = {
    "tenant": "sites.tenant",
    "site": "sites.site",
    "user": "accounts.user",
    "role": "accounts.role",
    "service_account": "accounts.serviceaccount",
}
_ACTORS = {"user": "accounts.user", "service": "accounts.serviceaccount"}
_LIMITED = {"site": "sites.site", "service_account": "accounts.serviceaccount"}
_NOBODY = 0  # no row has this id


def batches(rows: Iterable[dict[str, Any]], size: int = BATCH) -> Iterator[list[dict[str, Any]]]:
    waiting = iter(rows)
    while some := list(islice(waiting, size)):
        yield some


def models_of_tenants() -> list[type[Model]]:
    return [model for model in apps.get_models() if _is_of_tenants(model)]


class Mover:
    """Moves all rows of a package; call `move` in a transaction. `ids`: of shared tables, old → new.

    `changed` says of tables why they are not what was archived, `left_out` which rows were not taken.
    """

    def __init__(self, package: Package, schema: str, identifier: str, suffix: str, older: bool) -> None:
        self.package, self.schema, self.identifier = package, schema, identifier
        self.suffix, self.older = suffix, older
        self.ids: dict[str, dict[int, int]] = {}
        self.changed: dict[str, str] = {}
        self.left_out: list[str] = []
        self.count = 0
        self.known: set[int] = set()  # old ids of people who are here already

    def move(self) -> Tenant:
        for label in _NAMED:
            self._name(label)
        pass_elements(max((row["element_id"] for row in self.package.rows("sites.elementsite")), default=0))
        for model, how in self._in_order():
            self._table(model, how)
        for model in models_of_tenants():
            continue_ids(self.schema, model)
        (tenant_id,) = self.ids["sites.tenant"].values()
        return Tenant.objects.get(pk=tenant_id)

    def _in_order(self) -> list[tuple[type[Model], archive.Archived]]:
        found = archive.archived()
        first = {label: number for number, label in enumerate(_NAMED)}
        return sorted(found, key=lambda one: first.get(one[0]._meta.label_lower, len(first)))

    def _name(self, label: str) -> None:
        """Gives the rows of a shared table their ids here; to people who are here those that they have."""
        model, old, here = apps.get_model(label), [], {}
        for row in self.package.rows(label):
            if not isinstance(row.get("id"), int):
                raise Unrestorable(f"{label} has a row without an id.")
            if model is User:
                here[row["id"]] = (normal(str(row.get("email"))), row.get("uid"))
            old.append(row["id"])
        if label == "sites.tenant" and len(old) != 1:
            raise Unrestorable("An archive is of one tenant.")
        found = {}
        if here:
            by_email = {
                user.email: user for user in User.objects.filter(email__in=[email for email, _ in here.values()])
            }
            found = {id: by_email[email].pk for id, (email, _) in here.items() if email in by_email}
            self.known = set(found)
            if any(str(by_email[email].uid) != uid for email, uid in here.values() if email in by_email):
                self._uids_changed(User)
        fresh = [id for id in old if id not in found]
        self.ids[label] = found | dict(zip(fresh, next_ids(model, len(fresh)), strict=True))
        if self.known and model is User:
            self.changed[label] = "who was here already stays as they are"

    def _table(self, model: type[Model], how: archive.Archived) -> None:
        label, names = model._meta.label_lower, archive.columns_of(model, how)
        if not how.tenant:
            names = columns(self.schema, model._meta.db_table)
        for some in batches(self.package.rows(label)):
            for row in some:
                # A shared table may have got columns since, which then take their defaults.
                if not set(row) <= set(names) or (set(row) != set(names) and not (self.older and how.tenant)):
                    raise Unrestorable(f"{label} has other columns in the archive than here.")
            try:
                ready = [moved for row in some if (moved := self._moved(model, how, row)) is not None]
            except (TypeError, AttributeError) as error:
                raise Unrestorable(f"{label} has a row with a value of another kind than its column.") from error
            insert(self.schema if not how.tenant else "public", model, ready)
            self.count += len(ready)

    def _moved(self, model: type[Model], how: archive.Archived, row: dict[str, Any]) -> dict[str, Any] | None:
        """The row as it is here; None when it stays behind."""
        label = model._meta.label_lower
        if model is User and row["id"] in self.known:
            return None
        if model is Domain and Domain.objects.filter(domain=row["domain"]).exists():
            self.left_out.append(f"domain {row['domain']}: it is another site's")
            self.changed[label] = "domains of other sites are left out"
            return None
        for field in model._meta.concrete_fields:
            target = field.related_model and field.related_model._meta.label_lower
            if target in self.ids and row.get(field.attname) is not None:
                row[field.attname] = self._new(label, target, row[field.attname], needed=not field.null)
        for column, target in _PLAIN.get(label, {}).items():
            if row.get(column) is not None:
                row[column] = self.ids[target].get(row[column])
        if label in self.ids:
            row["id"] = self.ids[label][row["id"]]
        elif how.tenant:
            row.pop("id", None)
        if special := getattr(self, f"_moved_{model._meta.model_name}", None):
            special(row)
        if how.tenant:
            for field in model._meta.concrete_fields:
                if field.attname not in row and not field.primary_key and not field.generated:
                    row[field.attname] = field.get_default()
            self._keep_unique_uid(model, row)
        return row

    def _new(self, label: str, target: str, old: Any, *, needed: bool) -> int | None:
        new = self.ids[target].get(old)
        if new is None and needed:
            raise Unrestorable(f"{label} refers to a row of {target} that is not in the archive.")
        if new is None:
            self.changed[label] = f"refers to rows of {target} that were not archived; these references are empty now"
        return new

    def _keep_unique_uid(self, model: type[Model], row: dict[str, Any]) -> None:
        """A uid that somebody else has here is given anew."""
        if "uid" in row and model._base_manager.filter(uid=row["uid"]).exists():
            row["uid"] = next(f for f in model._meta.concrete_fields if f.name == "uid").get_default()
            self._uids_changed(model)

    def _uids_changed(self, model: type[Model]) -> None:
        """The digest counts rows of the model, and those that refer to them, by other uids than before."""
        for other, _ in archive.archived():
            if other is model or model in {field.related_model for field in other._meta.concrete_fields}:
                self.changed[other._meta.label_lower] = f"rows of {model._meta.label_lower} have other uids here"

    def _moved_tenant(self, row: dict[str, Any]) -> None:
        if row["identifier"] != self.identifier:
            self.changed["sites.tenant"] = "it has another identifier"
        row |= {"schema_name": self.schema, "status": Tenant.Status.PROVISIONING, "identifier": self.identifier}

    def _moved_site(self, row: dict[str, Any]) -> None:
        if self.suffix:
            self.changed["sites.site"] = "sites have other identifiers"
            row["identifier"] += self.suffix

    def _moved_website(self, row: dict[str, Any]) -> None:
        """The work on it stayed where it was."""
        row["job_id"] = row["generation_id"] = None
        if row["state"] == Website.State.BUILDING:
            row["state"] = Website.State.FAILED
            self.changed["websites.website"] = "websites that were being made have failed"

    def _moved_user(self, row: dict[str, Any]) -> None:
        (tenant_id,) = self.ids["sites.tenant"].values()
        row |= {"email": normal(row["email"]), "password": make_password(None), "home_tenant_id": tenant_id}

    def _moved_role(self, row: dict[str, Any]) -> None:
        _require_grantable(row["codes"])

    def _moved_membership(self, row: dict[str, Any]) -> None:
        if row["role"] and row["role"] not in ROLES:
            raise Unrestorable(f"There is no role {row['role']!r}.")

    def _moved_serviceaccount(self, row: dict[str, Any]) -> None:
        """The digest is of a key that nobody has. A site that is gone stays a restriction."""
        _require_grantable(row["codes"])
        row["digest"] = secrets.token_hex(32)
        row["site_ids"] = [self.ids["sites.site"].get(id, _NOBODY) for id in row["site_ids"]]
        if ServiceAccount.objects.filter(prefix=row["prefix"]).exists():
            row["prefix"] = secrets.token_hex(4)
            self.changed["accounts.serviceaccount"] = "a prefix is taken here"

    def _moved_eventrow(self, row: dict[str, Any]) -> None:
        """History: reactions had their time."""
        if target := _SUBJECTS.get(row["subject_type"]):
            row["subject_id"] = self.ids[target].get(row["subject_id"], _NOBODY)
        if target := _ACTORS.get(row["actor_kind"]):
            row["actor_id"] = self.ids[target].get(row["actor_id"])
        row |= {"dispatched_at": row["dispatched_at"] or row["created_at"], "retry_at": None}

    def _moved_limit(self, row: dict[str, Any]) -> None:
        """What is limited by its id has another one here; what is gone gets a key that nothing has."""
        if target := _LIMITED.get(row["scope"]):
            new = self.ids[target].get(int(row["key"])) if row["key"].isdecimal() else None
            row["key"] = str(new) if new else f"-{row['key']}"[:60]

    _moved_spending = _moved_limit


def pass_elements(last: int) -> None:
    """No element that is made from now on gets an id up to this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM public.element_id_seq")
        if cursor.fetchone()[0] <= last:
            cursor.execute("SELECT setval('public.element_id_seq', %s)", [last + _MARGIN])


def continue_ids(schema: str, model: type[Model]) -> None:
    """New rows of the schema get ids behind those that came."""
    table, key = f"{schema}.{model._meta.db_table}", model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone()[0] is not None:
            cursor.execute(f"SELECT max({key}) FROM {table}")  # noqa: S608
            pass_ids(schema, model, cursor.fetchone()[0] or 0)


def pass_ids(schema: str, model: type[Model], last: int) -> None:
    """New rows of the table get ids behind this one; those that are further on go on there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name, GREATEST(%s, pg_sequence_last_value(name)))"
            " FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name) AS ids WHERE %s > 0",
            [last, f"{schema}.{model._meta.db_table}", model._meta.pk.column, last],
        )


def _require_grantable(codes: list[str]) -> None:
    if others := sorted(set(codes) - permissions.grantable()):
        raise Unrestorable(f"{others[0]!r} is not a tenant's to give.")


def _is_of_tenants(model: type[Model]) -> bool:
    return model._meta.app_config.name in settings.TENANT_APPS


def next_ids(model: type[Model], count: int, *, schema: str = "public") -> list[int]:
    """Ids for so many rows that are not there yet; elements have theirs from one sequence for all schemas."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(coalesce(pg_get_serial_sequence(%s, 'id'), 'public.element_id_seq')::regclass)"
            " FROM generate_series(1, %s)",
            [f"{schema}.{model._meta.db_table}", count],
        )
        return [row[0] for row in cursor.fetchall()]


def columns(schema: str, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s AND is_generated = 'NEVER'",
            [schema, table],
        )
        return [row[0] for row in cursor.fetchall()]


def insert(schema: str, model: type[Model], rows: list[dict[str, Any]]) -> None:
    """The rows, which all have the same columns: the model's or the schema's own, whatever the archive says."""
    if not rows:
        return
    table = f"{schema}.{connection.ops.quote_name(model._meta.db_table)}"
    names = ", ".join(connection.ops.quote_name(name) for name in rows[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_populate_recordset(null::{table}, %s::json)",  # noqa: S608
            [dumps(rows).decode()],
        )
