"""Reading folders: what is above and below one, in one recursive statement each, and all of them as a tree."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.core import errors
from apps.core.actor import Actor
from apps.media.models import Folder, Media
from apps.sites.models import Site

DEEPEST = 50
"""Steps after which the statements end, even in rows that no service wrote."""

Node = dict[str, Any]

_ABOVE = """
WITH RECURSIVE up (id, parent_id, height) AS (
  SELECT id, parent_id, 0 FROM media_folder WHERE id = %s
  UNION ALL
  SELECT f.id, f.parent_id, up.height + 1 FROM up JOIN media_folder f ON f.id = up.parent_id WHERE up.height < %s
)
SELECT id FROM up ORDER BY height
"""

_BELOW = """
WITH RECURSIVE down (id, depth) AS (
  SELECT id, 0 FROM media_folder WHERE id = %s
  UNION ALL
  SELECT f.id, down.depth + 1 FROM down JOIN media_folder f ON f.parent_id = down.id WHERE down.depth < %s
)
SELECT id, depth FROM down ORDER BY depth, id
"""

_PATHS = """
WITH RECURSIVE up (folder, name, parent_id, height) AS (
  SELECT id, name, parent_id, 0 FROM media_folder WHERE id = ANY(%s)
  UNION ALL
  SELECT up.folder, f.name, f.parent_id, up.height + 1
  FROM up JOIN media_folder f ON f.id = up.parent_id WHERE up.height < %s
)
SELECT folder, string_agg(name, ' / ' ORDER BY height DESC) FROM up GROUP BY folder
"""


def folders_of(*, actor: Actor, site: Site) -> QuerySet[Folder]:
    """The site's folders; who may read any may read all."""
    return Folder.objects.filter(site=site)


def folder_for(*, actor: Actor, site: Site, folder_id: int, lock: bool = False) -> Folder:
    """One of them; 404 alike for what is absent and what is another site's."""
    rows = folders_of(actor=actor, site=site)
    row = (rows.select_for_update(no_key=True) if lock else rows).filter(pk=folder_id).first()
    if row is None:
        raise errors.NotFound
    return row


def folders_filtered(rows: QuerySet[Folder], query: dict[str, Any]) -> QuerySet[Folder]:
    """By `parent` (0: at the top) and by `q` in the name."""
    if "parent" in query:
        rows = rows.filter(parent_id=query["parent"] or None)
    return rows.filter(name__icontains=query["q"]) if query.get("q") else rows


def counted(rows: QuerySet[Folder]) -> QuerySet[Folder]:
    """With `media_count` and `folder_count`, of what is in each itself."""
    return rows.annotate(
        media_count=_count(Media.objects.filter(folder=OuterRef("pk")), "folder"),
        folder_count=_count(Folder.objects.filter(parent=OuterRef("pk")), "parent"),
    )


def folder_with_counts(*, actor: Actor, site: Site, folder_id: int) -> Folder:
    """One of them as it is shown: with its counts and its path."""
    row = counted(folders_of(actor=actor, site=site)).filter(pk=folder_id).first()
    if row is None:
        raise errors.NotFound
    give_paths([row])
    return row


def give_paths(rows: Sequence[Any]) -> None:
    """Sets each folder's `path`, for all in one statement."""
    paths = folder_paths(row.pk for row in rows)
    for row in rows:
        row.path = paths[row.pk]


def _count(rows: QuerySet[Any], by: str) -> Any:
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), Value(0))


def above(folder_id: int) -> list[int]:
    """The folder and all above it up to the top."""
    return [id for (id,) in _rows(_ABOVE, [folder_id, DEEPEST])]


def below(folder_id: int) -> list[tuple[int, int]]:
    """The folder (depth 0) and those below it with their depth, from the top down."""
    return _rows(_BELOW, [folder_id, DEEPEST])


def folder_paths(ids: Iterable[int]) -> dict[int, str]:
    """`Above / Below` of each folder."""
    return dict(_rows(_PATHS, [list(ids), DEEPEST]))


def tree(*, actor: Actor, site: Site) -> list[Node]:
    """All folders of the site by name, as nodes with `children` and the numbers of their files; one statement."""
    rows = folders_of(actor=actor, site=site).annotate(files=Count("media")).order_by("name", "pk")
    found = [(row.pk, row.parent_id, row.name, row.files) for row in rows]
    nodes: dict[int, Node] = {
        id: {"id": id, "name": name, "media_count": files, "total_count": files, "children": []}
        for id, _, name, files in found
    }
    tops: list[Node] = []
    for id, parent_id, _, _ in found:
        (nodes[parent_id]["children"] if parent_id in nodes else tops).append(nodes[id])
    for node in tops:
        _sum(node)
    return tops


def _sum(node: Node) -> int:
    node["total_count"] += sum(_sum(child) for child in node["children"])
    return int(node["total_count"])


def _rows(sql: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
