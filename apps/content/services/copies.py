"""A type copied within its site, or to another site of the tenant."""

from django.db import transaction

from apps.content import selectors
from apps.content.models import ContentType
from apps.content.services import types
from apps.core import errors
from apps.core.actor import Actor
from apps.sites import selectors as sites
from apps.sites.models import Site

LONGEST = 100


@transaction.atomic
def duplicate(
    *, actor: Actor, site: Site, type_id: int, identifier: str = "", name: str = "", to: str = ""
) -> ContentType:
    """Copies a type without its elements, by default as `{key}-copy`, or under its own key to another site.

    A site where the actor may not write schemas is 404, as one that is not there.
    """
    kind = selectors.type_for(actor=actor, site=site, type_id=type_id)
    target = sites.site_for(actor=actor, identifier=to) if to else site
    if not actor.may("schema.write", target.pk):
        raise errors.NotFound
    elsewhere = target.pk != site.pk
    return types.create(
        actor=actor,
        site=target,
        name=name or (kind.name if elsewhere else f"{kind.name} (copy)"[:200]),
        identifier=identifier or (kind.key if elsewhere else _free_key(actor, target, kind.key)),
        description=kind.description,
        schema=kind.schema,
    )


def _free_key(actor: Actor, site: Site, key: str) -> str:
    base = f"{key[: LONGEST - 10]}-copy"
    rows = selectors.types_of(actor=actor, site=site).filter(key__startswith=base)
    taken, number = set(rows.values_list("key", flat=True)), 2
    found = base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found
