from django.db.models import QuerySet

from apps.content.models import ContentType
from apps.content.selectors.documents import one
from apps.core.actor import Actor
from apps.sites.models import Site


def bare_key(site: Site, identifier: str) -> str:
    """`acme-site_author` and `author` are both `author`."""
    return identifier.removeprefix(f"{site.identifier}_")


def types_of(*, actor: Actor, site: Site) -> QuerySet[ContentType]:
    return ContentType.objects.filter(site=site).select_related("site").order_by("id")


def type_for(*, actor: Actor, site: Site, type_id: int, lock: bool = False) -> ContentType:
    rows = types_of(actor=actor, site=site)
    return one(rows.select_for_update(of=("self",)) if lock else rows, type_id, site)
