"""Pages: a tree as WordPress has it, each with its text as one element in the section `main`."""

from collections.abc import Iterator

from django.db import transaction

from apps.content.models import Element, Imported, Page
from apps.content.services import elements, pages
from apps.content.services.wordpress.kinds import TEXT, type_for
from apps.content.services.wordpress.menus import Menu
from apps.content.services.wordpress.summary import called, made_before, origin_of
from apps.content.services.wordpress.texts import Import
from apps.content.wordpress.markup import plain_excerpt
from apps.content.wordpress.records import Item
from apps.content.wordpress.statuses import Outcome


def in_order(found: list[Item], menu: Menu) -> Iterator[Item]:
    """Parents before their children; siblings as they stand in the menu, then by their own order and title.

    A page whose parent is not among them, or that stands below itself, comes as one without.
    """
    ids = {item.wp_id for item in found}
    below: dict[int, list[Item]] = {}
    for item in found:
        below.setdefault(item.parent_wp_id if item.parent_wp_id in ids else 0, []).append(item)
    left = {item.wp_id: item for item in sorted(found, key=menu.place)}
    waiting = sorted(below.get(0, []), key=menu.place, reverse=True)
    while left:
        item = waiting.pop() if waiting else next(iter(left.values()))
        if left.pop(item.wp_id, None) is not None:
            yield item
            waiting += sorted(below.get(item.wp_id, []), key=menu.place, reverse=True)


@transaction.atomic
def bring_page(run: Import, item: Item, menu: Menu) -> None:
    """Makes a page below what its parent has become; at the top, and noted, where that is no page here."""
    outcome = run.awaited(item)
    if outcome is None:
        return
    parent_id = _parent(run, item)
    element = _text(run, item, outcome)
    place = {"section": "main", "position": 0, "layout_config": {}}
    page = pages.create(
        actor=run.actor,
        site=run.site,
        parent_id=parent_id,
        page_elements=[place | {"content_element_id": element.pk}] if element else [],
        description=plain_excerpt(item.excerpt_html),
        in_navigation=menu.shows(item.wp_id),
        **run.members(item, outcome),
    )
    run.keep(item, outcome, page)


def _parent(run: Import, item: Item) -> int | None:
    if not item.parent_wp_id:
        return None
    made = made_before(run.site, origin_of(run.export, item.parent_wp_id))
    if made and made.doc_type == "page" and Page.objects.filter(pk=made.doc_id, deleted_at=None).exists():
        return made.doc_id
    run.summary.notes.append((called(item), "The page above it is none here: it stands at the top."))
    return None


def _text(run: Import, item: Item, outcome: Outcome) -> Element | None:
    """The element with the page's text, as public as the page; that of a page which is gone is taken again."""
    body = run.text(item)
    if not body.strip():
        return None
    origin = origin_of(run.export, f"{item.wp_id}:text")
    made = made_before(run.site, origin)
    if made and (there := Element.objects.filter(pk=made.doc_id, deleted_at=None).first()):
        return there
    kind = type_for(run.actor, run.site, TEXT)
    data = {"title": item.title, "body": body} if item.title else {"body": body}
    element = elements.create(actor=run.actor, site=run.site, type_id=kind.pk, data=data, **run.public(item, outcome))
    Imported.objects.update_or_create(
        site=run.site, origin=origin, defaults={"doc_type": "element", "doc_id": element.pk}
    )
    return element
