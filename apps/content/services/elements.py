"""Elements: entries of content types."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.content import schemas, selectors
from apps.content.models import ContentType, Element
from apps.content.services import publishing, references, trash
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

    409 when the tenant has as many elements as it may have.
    """
    if published:
        publishing.require_may_publish(actor, site.pk)
    kind = ContentType.objects.select_for_update(no_key=True).filter(site=site, pk=type_id).first()
    if kind is None:
        raise errors.Invalid(errors=[{"field": "type_id", "message": "There is no such type here.", "code": "unknown"}])
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


def _check(site: Site, kind: ContentType, data: dict[str, Any], *, before: dict[str, Any] | None) -> None:
    """Data against the schema, and ids in it against what the site has."""
    schemas.check_data(kind.source, data)
    schema = kind.schema
    kept = schemas.references(schema, before) if before else ()
    references.require(site, schemas.references(schema, data), kept=kept, under="data.")
