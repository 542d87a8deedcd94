"""Elements: entries of content types."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.content import schemas, selectors
from apps.content.models import ContentType, Element
from apps.content.services import publishing, trash
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.sites.models import ElementSite, Site
from apps.sites.services import usage


@transaction.atomic
def create(
    *,
    actor: Actor,
    site: Site,
    type_id: int,
    data: dict[str, Any],
    published: bool = False,
    tags: list[str] | None = None,
    locale: str = "",
) -> Element:
    """Creates an element, published as asked. Data that breaks the type's schema is refused with all its faults.

    Members that are absent and have a `default` in the schema get it, after those that were given.

    409 when the tenant has as many elements as it may have.
    """
    if published:
        publishing.require_may_publish(actor, site.pk)
    kind = ContentType.objects.select_for_update(no_key=True).filter(site=site, pk=type_id).first()
    if kind is None:
        raise errors.Invalid(errors=[{"field": "type_id", "message": "There is no such type here.", "code": "unknown"}])
    data = schemas.filled(kind.schema, data)
    _check(site, kind, data, before=None)
    now = timezone.now()
    element = Element(
        site=site,
        type=kind,
        tags=tags or [],
        locale=locale or site.default_locale,
        author_id=actor.id if actor.kind == "user" else None,
        created_at=now,
    )
    element.data = data
    publishing.save(element, actor=actor, published=published, draft=False, now=now)
    ElementSite.objects.create(element_id=element.pk, site=site)
    usage.take(site.tenant, "elements", 1)
    return element


@transaction.atomic
def update(
    *,
    actor: Actor,
    site: Site,
    element_id: int,
    data: dict[str, Any] | None = None,
    published: bool | None = None,
    tags: list[str] | None = None,
    locale: str | None = None,
    draft: bool = False,
    if_match: str = "",
) -> Element:
    """Saves a new version. `data` is replaced whole; absent members stay.

    What the public sees follows at once when the actor may publish and does not ask for a draft; otherwise the
    public version stays and the change stands beside it. `published` alone does not check the data again.
    """
    if data is not None:
        _hold_type(site, element_id)
    element = selectors.element_for(actor=actor, site=site, element_id=element_id, lock=True)
    etag.require(if_match, element.etag)
    if published is not None and published != element.published:
        publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, element)
    if data is not None:
        _check(site, element.type, data, before=element.data)
        element.data = data
    element.tags = element.tags if tags is None else tags
    element.locale = element.locale if locale is None else locale
    publishing.save(element, actor=actor, published=published, draft=draft, now=timezone.now())
    return element


@transaction.atomic
def delete(*, actor: Actor, site: Site, element_id: int, force: bool = False, if_match: str = "") -> None:
    """Moves an element to the trash; 409 with those that refer to it unless forced."""
    element = selectors.element_for(actor=actor, site=site, element_id=element_id, lock=True)
    etag.require(if_match, element.etag)
    publishing.require_may_change(actor, element)
    trash.put(element, actor=actor, force=force, now=timezone.now())
    usage.give_back(site.tenant_id, "elements", 1)


def _hold_type(site: Site, element_id: int) -> None:
    """The element's type stays as it is until our commit. Types are locked before their elements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM content_contenttype WHERE id = "
            "(SELECT type_id FROM content_element WHERE id = %s AND site_id = %s) FOR KEY SHARE",
            [element_id, site.pk],
        )


def _check(site: Site, kind: ContentType, data: dict[str, Any], *, before: dict[str, Any] | None) -> None:
    """Data against the schema, and ids in it like ids in an address: of this site, or refused.

    What the element refers to already may be gone meanwhile; an edit elsewhere in the data must not fail for it.
    """
    schemas.check_data(kind.source, data)
    schema = kind.schema
    kept = {(f.target, f.id) for f in schemas.references(schema, before)} if before else set()
    fresh = [f for f in schemas.references(schema, data) if (f.target, f.id) not in kept]
    missing = selectors.missing_targets(site, {(f.target, f.id) for f in fresh})
    if faults := [f for f in fresh if (f.target, f.id) in missing]:
        raise errors.Invalid(
            errors=[
                {"field": f"data.{f.path}", "message": f"There is no {f.target} {f.id} here.", "code": "reference"}
                for f in faults
            ]
        )
    _check_types(site, [f for f in fresh if f.types])


def _check_types(site: Site, fresh: list[schemas.Found]) -> None:
    """Elements that a field refers to are of the types that the field names, if it names any."""
    keys = selectors.keys_of_elements(site, {f.id for f in fresh}) if fresh else {}
    if faults := [f for f in fresh if keys.get(f.id) not in f.types]:
        raise errors.Invalid(
            errors=[
                {"field": f"data.{f.path}", "message": f"This is no {' or '.join(f.types)}.", "code": "reference_type"}
                for f in faults
            ]
        )
