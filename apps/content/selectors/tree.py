"""Where pages stand: what is above and below one, in one recursive statement each.

The statements walk along `parent` from the page asked for, whatever the size of the table. They stop after
`DEEPEST` steps, so that they end even in rows that no service wrote.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Func, IntegerField, QuerySet, TextField
from django.db.models.expressions import RawSQL

from apps.content.forest import Node, address, forest
from apps.content.models import Page, PublicDocument
from apps.core.actor import Actor
from apps.sites.models import Site

DEEPEST = 50

_ABOVE = """
WITH RECURSIVE up (id, parent_id, height) AS (
  SELECT id, parent_id, 0 FROM content_page WHERE id = %s
  UNION ALL
  SELECT p.id, p.parent_id, up.height + 1 FROM up JOIN content_page p ON p.id = up.parent_id WHERE up.height < %s
)
SELECT id FROM up ORDER BY height
"""

_BELOW = """
WITH RECURSIVE down (id, depth) AS (
  SELECT id, 0 FROM content_page WHERE id = %s
  UNION ALL
  SELECT p.id, down.depth + 1 FROM down JOIN content_page p ON p.parent_id = down.id
  WHERE p.deleted_at IS NULL AND down.depth < %s
)
SELECT id, depth FROM down ORDER BY depth, id
"""

STANDING = RawSQL(
    """(
WITH RECURSIVE up (id, parent_id, position, height) AS (
  SELECT content_page.id, content_page.parent_id, content_page.position, 0
  UNION ALL
  SELECT p.id, p.parent_id, p.position, up.height + 1
  FROM up JOIN content_page p ON p.id = up.parent_id WHERE p.deleted_at IS NULL AND up.height < 50
)
SELECT array_agg(lpad(position::text, 10, '0') || lpad(id::text, 20, '0') ORDER BY height DESC) FROM up)
""",
    [],
    output_field=ArrayField(TextField()),
)
"""To order by: each page after its parent, siblings by position."""

# The slug that the public knows; of a page that is not public the one that it has now. A translation may have none.
_PATHS = """
WITH RECURSIVE up (page, id, parent_id, height) AS (
  SELECT id, id, parent_id, 0 FROM content_page WHERE id = ANY(%(ids)s) AND deleted_at IS NULL
  UNION ALL
  SELECT up.page, p.id, p.parent_id, up.height + 1
  FROM up JOIN content_page p ON p.id = up.parent_id
  WHERE p.deleted_at IS NULL AND up.height < %(deepest)s
)
SELECT up.page, '/' || string_agg(coalesce(d.slug, p.slug), '/' ORDER BY up.height DESC)
FROM up
JOIN content_page p ON p.id = up.id
LEFT JOIN LATERAL (
  SELECT slug FROM content_publicdocument
  WHERE %(public)s AND doc_type = 'page' AND doc_id = up.id
    AND (original OR (locale = %(locale)s AND slug <> ''))
  ORDER BY locale = %(locale)s DESC LIMIT 1
) d ON true
GROUP BY up.page
"""


def above(page_id: int) -> list[int]:
    """The page and all above it up to the top, those in the trash included: what it must not be put above."""
    return [id for (id,) in _rows(_ABOVE, [page_id, DEEPEST])]


def below(page_id: int) -> list[tuple[int, int]]:
    """The page (depth 0) and the living pages below it with their depth, from the top down."""
    return _rows(_BELOW, [page_id, DEEPEST])


def paths(ids: Iterable[int], *, public: bool, locale: str = "") -> dict[int, str]:
    """`/parent/child` of each page: as the public has it (in that locale, where there is a translation), or as now.

    An ancestor that is not public gives its slug all the same, so that addresses do not move when it is taken back.
    """
    return dict(_rows(_PATHS, {"ids": list(ids), "deepest": DEEPEST, "public": public, "locale": locale}))


def misaddressed(page_id: int) -> list[int]:
    """Of the page and those below it, in the order of ids, the public ones whose frozen path is not right any more."""
    ids = sorted(id for id, _ in below(page_id))
    frozen = PublicDocument.objects.filter(doc_type="page", doc_id__in=ids, original=True)
    known = dict(frozen.values_list("doc_id", "path"))
    right = paths(known, public=True) if known else {}
    return [id for id in ids if id in known and known[id] != right.get(id, known[id])]


def tree(*, actor: Actor, site: Site) -> list[Node]:
    """All pages of the site that are not in the trash, as nodes with `children`; one statement."""
    rows = Page.objects.filter(site=site, deleted_at=None).order_by("position", "id")
    rows = rows.only("id", "parent_id", "slug", "title", "position", "published_version", "publish_at")
    return address(forest(((page.pk, page.parent_id, _node(page)) for page in rows), strays=True))


def with_depth(rows: QuerySet[Page]) -> QuerySet[Page]:
    """With `depth`, 0 for pages at the top."""
    return rows.annotate(depth=Func(STANDING, function="cardinality", output_field=IntegerField()) - 1)


def _node(page: Page) -> Node:
    said = {"id": page.pk, "slug": page.slug, "title": page.title, "path": ""}
    return said | {"status": page.status, "position": page.position}


def _rows(sql: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
