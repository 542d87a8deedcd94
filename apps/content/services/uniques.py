"""Values that no two living elements of a type may share. Call inside the transaction that saves the element."""

from typing import Any

from django.db import IntegrityError, transaction

from apps.content import schemas, selectors
from apps.content.errors import DoublesExist, NotUnique
from apps.content.models import ContentType, Document, Element, UniqueValue

MAX_DOUBLES = 50


def take(document: Document) -> None:
    """Holds the working version's unique values; 409 with the field and the other element's id.

    Of several at once that want the same value, one gets it: the others wait for its commit at the constraint.
    """
    if not isinstance(document, Element) or not (fields := schemas.unique_fields(document.type.schema)):
        return
    wanted = set(schemas.unique_values(fields, document.data))
    rows = UniqueValue.objects.filter(element_id=document.pk)
    held = set(rows.values_list("field", "fingerprint"))
    for field, fingerprint in held - wanted:
        rows.filter(field=field, fingerprint=fingerprint).delete()
    for field, fingerprint in sorted(wanted - held):
        try:
            with transaction.atomic():
                UniqueValue.objects.create(
                    type=document.type, field=field, fingerprint=fingerprint, element_id=document.pk
                )
        except IntegrityError:
            other = UniqueValue.objects.filter(type=document.type, field=field, fingerprint=fingerprint).first()
            raise NotUnique(
                field=f"data.{field}",
                element_id=other.element_id if other else None,
                errors=[{"field": f"data.{field}", "message": NotUnique.title, "code": "unique"}],
            ) from None


def release(document: Document) -> None:
    """What the element held is free for others."""
    if isinstance(document, Element):
        UniqueValue.objects.filter(element_id=document.pk).delete()


def rebuild(kind: ContentType) -> None:
    """Takes the values of all living elements anew, as the type's schema has it now; 409 with the doubles."""
    UniqueValue.objects.filter(type=kind).delete()
    fields = schemas.unique_fields(kind.schema)
    if not fields:
        return
    doubles: list[dict[str, Any]] = []
    for batch in selectors.in_batches(kind):
        rows = [
            UniqueValue(type=kind, field=field, fingerprint=fingerprint, element_id=element.pk)
            for element in batch
            for field, fingerprint in schemas.unique_values(fields, element.data)
        ]
        UniqueValue.objects.bulk_create(rows, ignore_conflicts=True)
        doubles += _lost(kind, rows)
        if len(doubles) >= MAX_DOUBLES:
            break
    if doubles:
        raise DoublesExist(doubles=doubles[:MAX_DOUBLES])


def _lost(kind: ContentType, rows: list[UniqueValue]) -> list[dict[str, Any]]:
    fingerprints = {row.fingerprint for row in rows}
    there = UniqueValue.objects.filter(type=kind, fingerprint__in=fingerprints).values_list(
        "field", "fingerprint", "element_id"
    )
    holders = {(field, fingerprint): element_id for field, fingerprint, element_id in there}
    return [
        {"field": row.field, "elements": [holders[row.field, row.fingerprint], row.element_id]}
        for row in rows
        if holders[row.field, row.fingerprint] != row.element_id
    ]
