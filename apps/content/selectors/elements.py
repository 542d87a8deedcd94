from typing import Any

from django.db.models import QuerySet

from apps.content.models import Element
from apps.content.selectors.documents import document_for, documents_of, published_or_not
from apps.core.actor import Actor
from apps.sites.models import Site


def elements_of(*, actor: Actor, site: Site) -> QuerySet[Element]:
    """Elements that are not in the trash, drafts included."""
    return documents_of("element", actor=actor, site=site)


def element_for(*, actor: Actor, site: Site, element_id: int, lock: bool = False) -> Element:
    found: Element = document_for("element", actor=actor, site=site, doc_id=element_id, lock=lock)
    return found


def filtered_elements(rows: QuerySet[Element], query: dict[str, Any]) -> QuerySet[Element]:
    if "type_id" in query:
        rows = rows.filter(type_id=query["type_id"])
    if "type_identifier" in query:
        rows = rows.filter(type__key=query["type_identifier"])
    return published_or_not(rows, query)
