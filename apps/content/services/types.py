"""Content types: made, changed, deleted."""

import re
from typing import Any

from django.db import IntegrityError, transaction

from apps.content import schemas, selectors
from apps.content.errors import TypeInUse, TypeKeyTaken
from apps.content.events import TypeChanged, TypeCreated, TypeDeleted
from apps.content.models import ContentType, Element, PublicDocument, Reference, Translation, Version
from apps.core import errors, etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.media.models import Use
from apps.sites.models import ElementSite, Site
from apps.sites.services import usage

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


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
    if_match: str = "",
) -> ContentType:
    """Changes a type; a schema is replaced whole and existing elements stay as they are until they are next saved."""
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id, lock=True)
    etag.require(if_match, kind.etag)
    before = kind.source
    if schema is not None:
        kind.source = schemas.check_schema(schema)
    kind.name = kind.name if name is None else name
    kind.description = kind.description if description is None else description
    kind.version += 1
    kind.save()
    event = TypeChanged(
        subject_id=kind.pk,
        label=kind.name,
        version=kind.version,
        site_id=site.pk,
        schema_changed=kind.source != before,
    )
    emit(event, actor=actor, tenant_id=site.tenant_id)
    return kind


@transaction.atomic
def delete(*, actor: Actor, site: Site, type_id: int, force: bool = False) -> None:
    """Deletes a type, and for good with it the elements in its trash; living ones too when forced, else 409."""
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id, lock=True)
    living = Element.objects.filter(type=kind, deleted_at=None).count()
    if living and not force:
        raise TypeInUse(elements=living)
    if living and not actor.may("content.delete", site.pk):
        raise errors.Forbidden
    ids = list(Element.objects.select_for_update().filter(type=kind).values_list("pk", flat=True))
    for model in (PublicDocument, Reference, Translation, Version, Use):
        model.objects.filter(doc_type="element", doc_id__in=ids).delete()
    ElementSite.objects.filter(element_id__in=ids).delete()
    Element.objects.filter(pk__in=ids).delete()
    kind_id = kind.pk
    kind.delete()
    event = TypeDeleted(subject_id=kind_id, label=kind.name, version=kind.version, site_id=site.pk, elements=living)
    emit(event, actor=actor, tenant_id=site.tenant_id)
    usage.give_back(site.tenant_id, "elements", living)
