"""Who refers to whom."""

from typing import Any

from django.db.models import QuerySet

from apps.content.models import DOCUMENTS, Element, Reference
from apps.media.models import Media
from apps.sites.models import Site


def missing_targets(site: Site, targets: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the (kind, id) pairs that do not exist in the site."""
    missing: set[tuple[str, int]] = set()
    for kind in {kind for kind, _ in targets}:
        ids = {id for target, id in targets if target == kind}
        storable = [id for id in ids if 0 < id < 2**63]
        found = set(_existing(kind, site).filter(pk__in=storable).values_list("pk", flat=True))
        missing |= {(kind, id) for id in ids - found}
    return missing


def _existing(kind: str, site: Site) -> QuerySet[Any]:
    if kind == "media":
        return Media.objects.filter(site=site)
    model: Any = DOCUMENTS[kind]
    return model.objects.filter(site=site, deleted_at=None)


def keys_of_elements(site: Site, ids: set[int]) -> dict[int, str]:
    """The bare key of the type of each of the site's elements."""
    return dict(Element.objects.filter(site=site, pk__in=ids).values_list("pk", "type__key"))


def referrers(target_type: str, target_id: int) -> QuerySet[Reference]:
    """References to a document, of working and of published versions."""
    return Reference.objects.filter(target_type=target_type, target_id=target_id)
