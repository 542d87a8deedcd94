"""The tree of pages: one place for each page among its siblings, no cycle, at most 20 levels.

Services that write pages take the site's lock first (`lock`), before that of any page: what is judged of the tree
holds until the commit, and two moves at once cannot make a cycle.
"""

from django.db import connection

from apps.content import selectors
from apps.content.errors import PageCycle, PageLimitReached, PageTooDeep
from apps.content.models import Page
from apps.core import errors

MAX_DEPTH = 20
MAX_PAGES = 10_000


def lock(site_id: int) -> None:
    """Lets nobody else write the site's tree until our commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('content.pages:' || %s, 0))", [site_id])


def require_room(site_id: int) -> None:
    """Refuses one page more than a site may have: its tree is read in one piece."""
    if Page.objects.filter(site_id=site_id, deleted_at=None).count() >= MAX_PAGES:
        raise PageLimitReached


def put(page: Page, *, parent_id: int | None, position: int | None) -> None:
    """Gives the page its place below the parent (None: at the top), before the sibling that stands at `position`
    (None: last), and moves siblings on; the caller saves the page.

    400 when there is no such parent in the site, 409 for a cycle or a tree that would be too deep.
    """
    if parent_id is not None:
        _require_fits(page, parent_id)
    rows = Page.objects.filter(site_id=page.site_id, parent_id=parent_id, deleted_at=None).exclude(pk=page.pk)
    siblings = list(rows.order_by("position", "id").only("id", "position"))
    at = len(siblings) if position is None else min(position, len(siblings))
    moved = []
    for number, sibling in enumerate(siblings):
        wanted = number + (number >= at)
        if sibling.position != wanted:
            sibling.position = wanted
            moved.append(sibling)
    Page.objects.bulk_update(moved, ["position"], batch_size=500)
    page.parent_id, page.position = parent_id, at


def _require_fits(page: Page, parent_id: int) -> None:
    if not Page.objects.filter(site_id=page.site_id, pk=parent_id, deleted_at=None).exists():
        message = f"There is no page {parent_id} here."
        raise errors.Invalid(errors=[{"field": "parent_id", "message": message, "code": "reference"}])
    above = selectors.above(parent_id)
    if page.pk in above:
        raise PageCycle
    height = max((depth for _, depth in selectors.below(page.pk)), default=0) if page.pk else 0
    if len(above) + 1 + height > MAX_DEPTH:
        raise PageTooDeep
