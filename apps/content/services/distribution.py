"""Types copied from one site to many, in any tenants: each site in a transaction of its own in its tenant."""

import hashlib
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import DatabaseError, transaction

from apps.content import schemas, selectors
from apps.content.events import TypeDistributed
from apps.content.models import ContentType
from apps.content.services import types
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import loads
from apps.core.events import emit
from apps.core.models import Job
from apps.core.refusal import Refusal
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.sites import selectors as sites
from apps.sites.models import Site

log = structlog.get_logger(__name__)

KIND = "content.distribute"
MOST_AT_ONCE = 20

Copied = dict[str, Any]
"""What is brought of a type: key, name, description and the schema."""


def distribute(
    *,
    actor: Actor,
    source_site: str,
    type_ids: Iterable[int] = (),
    identifiers: Iterable[str] = (),
    to_sites: Iterable[str] = (),
    to_tenants: Iterable[str] = (),
    overwrite: bool = False,
) -> dict[str, Any]:
    """Brings types, with those that their fields name by `x-type`, to sites and to all sites of tenants.

    Answers what came of each target: `results`, or for more than 20 of them the `job_id` that will have them. A type
    that was changed where it was brought is `diverged` and stays, unless `overwrite`.
    """
    brought = _copied(source_site, list(type_ids), list(identifiers))
    targets = _targets(list(to_sites), list(to_tenants), but=source_site)
    if len(targets) > MOST_AT_ONCE:
        job = jobs.start(
            actor=actor,
            kind=KIND,
            total=len(targets),
            source=source_site,
            types=brought,
            targets=targets,
            overwrite=overwrite,
        )
        return {"job_id": str(job.pk), "results": []}
    results = [_bring(actor, source_site, brought, target, overwrite=overwrite) for target in targets]
    return {"job_id": None, "results": results}


def distribute_job(job: Job) -> dict[str, Any]:
    """Job: as `distribute`, with what was found when it was asked for. What is there already is `unchanged`."""
    asked, results = job.arguments, []
    actor = Actor(kind=job.actor_kind, id=job.actor_id, label=job.actor_label)  # type: ignore[arg-type]
    for target in asked["targets"]:
        results.append(_bring(actor, asked["source"], asked["types"], target, overwrite=asked["overwrite"]))
        jobs.step(job)
    return {"results": results}


def _copied(source_site: str, type_ids: list[int], identifiers: list[str]) -> list[Copied]:
    """The types asked for and all that they name, those first that are named."""
    try:
        site = sites.site_by_identifier(source_site)
    except Refusal:
        raise _unknown("source_site", f"There is no site {source_site}.") from None
    with inside(site.tenant):
        there = {kind.key: kind for kind in ContentType.objects.filter(site=site).order_by("pk")}
    by_id = {kind.pk: kind.key for kind in there.values()}
    wanted: list[str | None] = [by_id.get(pk) for pk in type_ids]
    keys = [selectors.bare_key(site, one) for one in identifiers]
    wanted += [key if key in there else None for key in keys]
    if None in wanted or not wanted:
        raise _unknown("identifiers", "A type that is asked for is not in the source site.")
    ordered: dict[str, ContentType] = {}
    for key in wanted:
        _with_named(str(key), there, ordered, frozenset())
    return [
        {"key": kind.key, "name": kind.name, "description": kind.description, "source": kind.source}
        for kind in ordered.values()
    ]


def _with_named(key: str, there: dict[str, ContentType], found: dict[str, ContentType], above: frozenset[str]) -> None:
    if key in found or key in above or key not in there:
        return
    for field in schemas.fields(there[key].schema).values():
        for named in field.types:
            _with_named(named, there, found, above | {key})
    found[key] = there[key]


def _targets(identifiers: list[str], tenants: list[str], *, but: str) -> list[str]:
    """Sites by identifier, each once, without the source; of a tenant all that are not deleted."""
    rows = Site.objects.filter(tenant__identifier__in=tenants).exclude(status=Site.Status.DELETING)
    found = list(rows.order_by("identifier").values_list("tenant__identifier", "identifier"))
    if missing := set(tenants) - {tenant for tenant, _ in found}:
        raise _unknown("targets.tenants", f"No site of: {', '.join(sorted(missing))}.")
    every = dict.fromkeys([*identifiers, *(identifier for _, identifier in found)])
    every.pop(but, None)
    if not every:
        raise _unknown("targets", "There is no site to bring the types to.")
    return list(every)


def _bring(actor: Actor, source: str, brought: list[Copied], target: str, *, overwrite: bool) -> dict[str, Any]:
    """All types come to the site, or none and the reason why."""
    result: dict[str, Any] = {"site": target, "result": "done", "reason": None, "types": []}
    try:
        site = sites.site_by_identifier(target)
        with inside(site.tenant), transaction.atomic():
            result["types"] = [_bring_one(actor, source, site, one, overwrite=overwrite) for one in brought]
    except Refusal as refusal:
        result |= {"result": "failed", "reason": f"{refusal.code}: {refusal.message}"}
    except DatabaseError:
        log.exception("distribution_failed", site=target)
        result |= {"result": "failed", "reason": "internal: Something went wrong here; it was logged."}
    return result


def _bring_one(actor: Actor, source: str, site: Site, brought: Copied, *, overwrite: bool) -> dict[str, Any]:
    kind = ContentType.objects.select_for_update().filter(site=site, key=brought["key"]).first()
    text, outcome = brought["source"], "unchanged"
    said = {"name": brought["name"], "description": brought["description"]}
    if kind is None:
        kind = types.create(actor=actor, site=site, identifier=brought["key"], schema=loads(text), **said)
        outcome = "created"
    elif kind.source != text:
        if kind.distributed != digest(kind.source) and not overwrite:
            return {"identifier": brought["key"], "type_id": kind.pk, "result": "diverged"}
        kind = types.update(actor=actor, site=site, type_id=kind.pk, schema=loads(text), **said)
        outcome = "updated"
    if kind.distributed != digest(text):
        ContentType.objects.filter(pk=kind.pk).update(distributed=digest(text))
    event = TypeDistributed(
        subject_id=kind.pk, label=kind.name, version=kind.version, site_id=site.pk, source_site=source, outcome=outcome
    )
    emit(event, actor=actor, tenant_id=site.tenant_id)
    return {"identifier": brought["key"], "type_id": kind.pk, "result": outcome}


def digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def _unknown(field: str, message: str) -> errors.Invalid:
    return errors.Invalid(errors=[{"field": field, "message": message, "code": "unknown"}])
