"""Who shows which file."""

from collections.abc import Collection, Mapping

from django.db import connection, transaction

from apps.media.models import Media, Use


@transaction.atomic(savepoint=False)
def replace(doc_type: str, doc_id: int, fields: Mapping[str, int], *, fresh: bool = False) -> None:
    """Records that the document shows these media, by field, and no others. Call in the transaction that saves it.

    Media that are gone are left out. The media, those of before included, are held by id first: a deletion that runs
    at the same time either waits and meets these rows, or is over and leaves nothing to point at. `fresh`: nothing is
    recorded of the document yet.
    """
    before = Use.objects.filter(doc_type=doc_type, doc_id=doc_id)
    kept: set[tuple[str, int]] = set() if fresh else set(before.values_list("field", "media_id"))
    wanted = {(field[:300], id) for field, id in fields.items() if 0 < id < 2**63}
    held = _hold({id for _, id in wanted | kept})
    wanted = {(field, id) for field, id in wanted if id in held}
    for field, id in kept - wanted:
        before.filter(field=field, media_id=id).delete()
    Use.objects.bulk_create(
        (Use(doc_type=doc_type, doc_id=doc_id, field=field, media_id=id) for field, id in sorted(wanted - kept)),
        ignore_conflicts=True,
    )


def forget(doc_type: str, doc_ids: Collection[int]) -> None:
    """Documents that are no more show nothing."""
    Use.objects.filter(doc_type=doc_type, doc_id__in=doc_ids).delete()


def _hold(ids: set[int]) -> set[int]:
    """Those of the media that exist, kept from being deleted until our commit."""
    if not ids:
        return set()
    table = connection.ops.quote_name(Media._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [sorted(ids)])  # noqa: S608
        return {row[0] for row in cursor.fetchall()}
