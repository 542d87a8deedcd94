"""Content types: made, changed, deleted; every change kept as a version."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.content import schemas, selectors
from apps.content.errors import RenameTaken, TypeInUse, TypeKeyTaken
from apps.content.events import TypeChanged, TypeCreated, TypeDeleted
from apps.content.models import ContentType, Element, TypeVersion, UniqueValue
from apps.content.selectors import Impact
from apps.content.services import refreezing, renaming, trash, uniques
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.services import jobs
from apps.sites.models import Site
from apps.sites.services import usage

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
# A change counts its impact over so many elements at most while everybody else waits; `impact` counts all.
MOST_COUNTED = 20_000


def create(*, actor: Actor, site: Site, name: str, identifier: str, schema: Any, description: str = "") -> ContentType:
    """Creates a type. The identifier may be given bare or with the site's prefix; it is kept bare."""
    key = selectors.bare_key(site, identifier)
    if not _KEY.fullmatch(key):
        message = "Lower-case letters, digits, hyphens and underscores, up to 100."
        raise errors.Invalid(errors=[{"field": "identifier", "message": message, "code": "invalid"}])
    source = schemas.check_schema(schema)
    try:
        with transaction.atomic():
            kind = ContentType.objects.create(site=site, key=key, name=name, description=description, source=source)
            _keep(kind, actor=actor)
            event = TypeCreated(subject_id=kind.pk, label=name, version=1, site_id=site.pk)
            emit(event, actor=actor, tenant_id=site.tenant_id)
    except IntegrityError:
        raise TypeKeyTaken from None
    return kind


@transaction.atomic
def update(
    *,
    actor: Actor,
    site: Site,
    type_id: int,
    name: str | None = None,
    description: str | None = None,
    schema: Any = None,
    renames: dict[str, str] | None = None,
    if_match: str = "",
) -> ContentType:
    """Changes a type; a schema is replaced whole and existing elements stay as they are until they are next saved.

    What `renames` declares carries the elements' data along: at once for whoever reads it, by a job in the tables.
    `impact` of the answer says what a new schema did: counted over up to 20,000 elements, with `renames` over all.
    """
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id, lock=True)
    etag.require(if_match, kind.etag)
    before, impact = kind.source, None
    if schema is not None:
        impact = _take_schema(kind, schema, renames or {})
    elif renames:
        message = "Renames come with the schema that has the new names."
        raise errors.Invalid(errors=[{"field": "renames", "message": message, "code": "rename"}])
    kind.name = kind.name if name is None else name
    kind.description = kind.description if description is None else description
    kind.version += 1
    if renames:
        kind.renames = [*kind.renames, {"version": kind.version, "names": renames}]
    kind.save()
    _keep(kind, actor=actor, renames=renames)
    if impact and (renames or impact.unique["added"] or impact.unique["removed"]):
        uniques.rebuild(kind)
    event = TypeChanged(
        subject_id=kind.pk,
        label=kind.name,
        version=kind.version,
        site_id=site.pk,
        schema_changed=kind.source != before,
    )
    emit(event, actor=actor, tenant_id=site.tenant_id)
    if impact and renames:
        impact.job_id = str(renaming.start(actor=actor, kind=kind).pk)
    kind.impact = impact
    return kind


def _take_schema(kind: ContentType, schema: Any, renames: dict[str, str]) -> Impact:
    source, before = schemas.check_schema(schema), kind.schema
    schemas.checked(renames, before=schemas.fields(before), after=schemas.fields(schema))
    most = None if renames else MOST_COUNTED
    impact = selectors.impact_of(kind, source, schema, renames, most=most)
    if impact.names_taken:
        raise RenameTaken(fields=impact.names_taken)
    kind.source = source
    return impact


def impact(
    *, actor: Actor, site: Site, type_id: int, schema: Any, renames: dict[str, str] | None = None, page: int, size: int
) -> Impact:
    """What changing the schema would do; refused where the change would be, but for names that are taken."""
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id)
    source, renames = schemas.check_schema(schema), renames or {}
    schemas.checked(renames, before=schemas.fields(kind.schema), after=schemas.fields(schema))
    return selectors.impact_of(kind, source, schema, renames, page=page, size=size)


def _keep(kind: ContentType, *, actor: Actor, renames: dict[str, str] | None = None) -> None:
    TypeVersion.objects.create(
        type=kind,
        number=kind.version,
        name=kind.name,
        description=kind.description,
        source=kind.source,
        renames=renames or {},
        author_id=actor.id if actor.kind == "user" else None,
        run=actor.run,
        created_at=timezone.now(),
    )


@transaction.atomic
def delete(*, actor: Actor, site: Site, type_id: int, force: bool = False) -> None:
    """Deletes a type, and for good with it the elements in its trash; living ones too when forced, else 409.

    Types whose fields name it and pages that show its elements stand against it as well.
    """
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id, lock=True)
    living = Element.objects.filter(type=kind, deleted_at=None).count()
    if not force:
        types, pages = selectors.dependants(kind)
        if living or types or pages:
            raise TypeInUse(elements=living, types=types, pages=pages)
    if living and not actor.may("content.delete", site.pk):
        raise errors.Forbidden
    ids = list(Element.objects.select_for_update().filter(type=kind).order_by("pk").values_list("pk", flat=True))
    shown = refreezing.shown_by_elements(ids)
    UniqueValue.objects.filter(type=kind).delete()
    trash.erase("element", ids)
    kind_id = kind.pk
    kind.delete()
    event = TypeDeleted(subject_id=kind_id, label=kind.name, version=kind.version, site_id=site.pk, elements=living)
    emit(event, actor=actor, tenant_id=site.tenant_id)
    if shown:
        system = Actor.system(because="refreezing after a deleted type", tenant_id=site.tenant_id)
        jobs.start(actor=system, kind="content.refreeze", documents=shown)
    usage.give_back(site.tenant_id, "elements", living)
