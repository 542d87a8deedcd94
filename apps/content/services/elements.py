"""Elements: entries of content types."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.content import schemas, selectors
from apps.content.models import ContentType, Element
from apps.content.services import publishing, references, scheduling
from apps.core import errors, etag, rows
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
    times: scheduling.Times | None = None,
) -> Element:
    """Creates an element, published as asked, now or at its `times`.

    Members that are absent and have a `default` in the schema get it, after those that were given. Data that breaks
    the schema is refused with all its faults; 409 when the tenant has as many elements as it may have.
    """
    if published or times:
        publishing.require_may_publish(actor, site.pk)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published or None, draft=False, now=now)
    kind = selectors.type_kept(site, type_id)
    if kind is None:
        raise errors.Invalid(errors=[{"field": "type_id", "message": "There is no such type here.", "code": "unknown"}])
    data = schemas.filled(kind.schema, data)
    check(site, kind, data, before=None)
    element = Element(
        site=site,
        type=kind,
        tags=tags or [],
        locale=locale or site.default_locale,
        author_id=actor.id if actor.kind == "user" else None,
        created_at=now,
    )
    element.data = data
    with rows.together():
        publishing.save(element, actor=actor, published=bool(wanted.published), draft=False, now=now)
        scheduling.plan(element, wanted.times, actor=actor)
        rows.insert(ElementSite(element_id=element.pk, site=site), later=True)
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
    times: scheduling.Times | None = None,
    draft: bool = False,
    if_match: str = "",
) -> Element:
    """Saves a new version. `data` is replaced whole; absent members stay.

    What the public sees follows at once when the actor may publish and does not ask for a draft; otherwise the
    public version stays and the change stands beside it, also when `times` say that it shall be public later.
    `published` alone does not check the data again.
    """
    if data is not None:
        hold_type(site, element_id)
    element = selectors.element_for(actor=actor, site=site, element_id=element_id, lock=True)
    etag.require(if_match, element.etag)
    if times or (published is not None and published != element.published):
        publishing.require_may_publish(actor, site.pk)
    publishing.require_may_change(actor, element)
    now = timezone.now()
    wanted = scheduling.wish(times, published=published, draft=draft, now=now)
    if data is not None:
        check(site, element.type, data, before=element.data)
        element.data = data
    element.tags = element.tags if tags is None else tags
    element.locale = element.locale if locale is None else locale
    publishing.save(element, actor=actor, published=wanted.published, draft=wanted.draft, now=now)
    scheduling.plan(element, wanted.times, actor=actor)
    return element


def check(site: Site, kind: ContentType, data: dict[str, Any], *, before: dict[str, Any] | None) -> None:
    """Data against the schema, and ids in it like ids in an address: of this site, or refused."""
    schemas.check_data(kind.source, data)
    schema = kind.schema
    known = schemas.references(schema, before) if before else ()
    references.require_targets(site, schemas.references(schema, data), before=known, prefix="data.")


def hold_type(site: Site, element_id: int) -> None:
    """The element's type stays as it is until our commit. Types are locked before their elements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM content_contenttype WHERE id = "
            "(SELECT type_id FROM content_element WHERE id = %s AND site_id = %s) FOR KEY SHARE",
            [element_id, site.pk],
        )
