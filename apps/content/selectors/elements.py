from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value

from apps.content import fields
from apps.content.models import ContentType, Element
from apps.content.selectors.documents import COLUMNS, document_for, documents_of, filtered_documents
from apps.content.selectors.types import bare_key, types_of
from apps.core import errors
from apps.core.actor import Actor
from apps.core.encoding import dumps
from apps.core.filters import Column, Comparable, Holds, Sorted
from apps.sites.models import Site

DATA = "data."
OWN: Mapping[str, Comparable] = {**COLUMNS, "tags": Column("texts", "tags")}
Refused = Callable[[str, str], errors.Invalid]


def elements_of(*, actor: Actor, site: Site) -> QuerySet[Element]:
    """Elements that are not in the trash, drafts included."""
    return documents_of("element", actor=actor, site=site)


def element_for(*, actor: Actor, site: Site, element_id: int, lock: bool = False) -> Element:
    found: Element = document_for("element", actor=actor, site=site, doc_id=element_id, lock=lock)
    return found


def filtered_elements(*, actor: Actor, site: Site, query: dict[str, Any]) -> QuerySet[Element]:
    """The elements that an `ElementQuery` asks for, in its order: nulls last, then by id.

    Conditions on fields of the data, and sorting by them, need one type; a field that its schema does not declare,
    or that cannot be compared, is refused.
    """
    rows = elements_of(actor=actor, site=site)
    kind = _kind(actor, site, query)
    if "type_id" in query:
        rows = rows.filter(type_id=query["type_id"])
    if "type_identifier" in query:
        # By its id, which the indexes begin with.
        rows = rows.filter(type_id=kind.pk) if kind else rows.none()
    if "tags" in query:
        rows = rows.filter(tags__contains=query["tags"])
    for condition in query.get("filter", ()):
        rows = rows.filter(Holds(_member(kind, condition.member, condition.refused), condition))
    return _in_order(_with_words(filtered_documents(rows, query), query), kind, query.get("sort") or [("id", False)])


def _kind(actor: Actor, site: Site, query: dict[str, Any]) -> ContentType | None:
    """The type that the query names, when it is needed."""
    data = [c.member for c in query.get("filter", ())] + [name for name, _ in query.get("sort", ())]
    rows = types_of(actor=actor, site=site)
    if "type_identifier" in query:
        rows = rows.filter(key=bare_key(site, query["type_identifier"]))
    elif not any(name.startswith(DATA) for name in data):
        return None
    if "type_id" in query:
        rows = rows.filter(pk=query["type_id"])
    return rows.first() if {"type_id", "type_identifier"} & set(query) else None


def _member(kind: ContentType | None, name: str, refused: Refused) -> Comparable:
    if not name.startswith(DATA):
        if name not in OWN:
            raise refused("There is nothing of this name to filter by.", "unknown")
        return OWN[name]
    if kind is None:
        raise refused("Fields of the data need the `type_id` or `type_identifier` of a type of this site.", "type")
    field = fields.declared(kind.source).get(name.removeprefix(DATA))
    if field is None:
        raise refused("The type's schema does not declare this field.", "unknown")
    if not field.kind:
        raise refused("Objects, and what stands in lists of them, cannot be compared.", "unknown")
    return field


def _with_words(rows: QuerySet[Element], query: dict[str, Any]) -> QuerySet[Element]:
    """Those with the words in a text of their data, whatever the case.

    The JSON text is looked through first, which is quick and lets too many pass: its keys are in it as well.
    """
    if words := query.get("q"):
        quoted = dumps(words).decode()
        found = Func(
            F("query"),
            Value(f'$.** ? (@ like_regex {quoted} flag "iq")'),
            template="jsonb_path_exists(%(expressions)s::jsonpath)",
            output_field=BooleanField(),
        )
        return rows.filter(source__icontains=quoted[1:-1]).filter(found)
    return rows


def _in_order(rows: QuerySet[Element], kind: ContentType | None, keys: list[tuple[str, bool]]) -> QuerySet[Element]:
    order: list[Any] = []
    for name, descending in [*keys, *([] if ("id" in dict(keys)) else [("id", keys[-1][1])])]:
        if not name.startswith(DATA):
            order.append(f"-{name}" if descending else name)
            continue
        field = _member(kind, name, _not_sorted)
        if field.kind == "list":
            raise _not_sorted("A list is nothing to sort by.", "unknown")
        by = Sorted(field)
        order.append(by.desc(nulls_last=True) if descending else by.asc(nulls_last=True))
    return rows.order_by(*order)


def _not_sorted(message: str, code: str) -> errors.Invalid:
    return errors.Invalid(errors=[{"field": "sort", "message": message, "code": code}])
