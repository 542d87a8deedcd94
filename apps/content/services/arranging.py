"""The elements of a page: which, in which section, in which order, laid out how."""

from typing import Any

from apps.content import selectors
from apps.content.models import Page
from apps.core import errors
from apps.sites.models import Site

Place = dict[str, Any]


def arranged(site: Site, page: Page, wanted: list[Place]) -> list[Place]:
    """The places as a page keeps them: by section, then position, positions counted from 0 in each section.

    A place that names its `id` keeps it; others get a new one. Elements are checked like ids in an address: of this
    site, or refused. What the page shows already may be gone meanwhile; an edit elsewhere must not fail for it.
    """
    before = page.page_elements
    _check(site, wanted, {place["element_id"] for place in before})
    ids, used = {place["id"] for place in before}, set[int]()
    last = max(ids, default=0)
    found: list[Place] = []
    numbers: dict[str, int] = {}
    for place in sorted(wanted, key=lambda place: (place["section"], place["position"])):
        section, id = place["section"], place.get("id", 0)
        if id not in ids or id in used:
            id = last = last + 1
        used.add(id)
        numbers[section] = numbers.get(section, -1) + 1
        found.append(
            {
                "id": id,
                "section": section,
                "position": numbers[section],
                "element_id": place["content_element_id"],
                "layout_config": place["layout_config"],
            }
        )
    return found


def check_image(site: Site, seo: dict[str, Any], before: dict[str, Any]) -> None:
    """Refuses a picture for social networks that is not one of the site's media."""
    image = seo.get("image_media_id")
    if image and image != before.get("image_media_id") and selectors.missing_targets(site, {("media", image)}):
        message = f"There is no media {image} here."
        raise errors.Invalid(errors=[{"field": "seo.image_media_id", "message": message, "code": "reference"}])


def _check(site: Site, wanted: list[Place], kept: set[int]) -> None:
    fresh = {place["content_element_id"] for place in wanted} - kept
    missing = {id for _, id in selectors.missing_targets(site, {("element", id) for id in fresh})}
    if missing:
        raise errors.Invalid(
            errors=[
                {
                    "field": f"page_elements.{index}.content_element_id",
                    "message": f"There is no element {place['content_element_id']} here.",
                    "code": "reference",
                }
                for index, place in enumerate(wanted)
                if place["content_element_id"] in missing
            ]
        )
