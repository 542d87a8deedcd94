from collections.abc import Iterator
from typing import Any

from django.db import models

from apps.content.models.documents import Document
from apps.content.schemas import Found
from apps.core.encoding import dumps, loads


class Page(Document):
    """A place in the site's tree that shows elements, by section and position.

    `arrangement` is the JSON text of `page_elements`: objects with `id` (of the place, unique in the page),
    `section`, `position`, `element_id` and `layout_config`, in the order in which they stand. The place in the tree
    (`parent`, `position` among its siblings) is not part of a version: moving a page is not an edit of its text.
    A page whose parent is in the trash stands at the top until that one is restored.
    """

    doc_type = "page"
    kept = ("slug", "title", "description", "template", "seo", "in_navigation", "page_elements")
    translated = ("slug", "title", "description", "seo")

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    position = models.PositiveIntegerField(default=0)
    slug = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    description = models.TextField(blank=True, default="")
    template = models.CharField(max_length=100, blank=True, default="")
    seo = models.JSONField(default=dict, blank=True)
    in_navigation = models.BooleanField(default=True, help_text="Shown, with what is below it, in the site's menu.")
    arrangement = models.TextField(default="[]")

    # Of the page as it is being worked on; set by `selectors.describe`.
    path: str
    seo_warnings: list[dict[str, str]]

    class Meta:
        indexes = (
            models.Index(
                fields=("site", "deleted_at", "id"), name="page_trash", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=("site", "id"), name="page_list", condition=models.Q(deleted_at=None)),
            models.Index(fields=("site", "parent", "position"), name="page_tree"),
        )

    @property
    def label(self) -> str:
        return self.title[:200]

    @property
    def page_elements(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = loads(self.arrangement)
        return found

    @page_elements.setter
    def page_elements(self, places: list[dict[str, Any]]) -> None:
        self.arrangement = dumps(places).decode()

    def references_in(self, snapshot: dict[str, Any]) -> Iterator[Found]:
        for index, place in enumerate(snapshot["page_elements"]):
            yield Found(f"page_elements.{index}", "element", place["element_id"])
        if image := snapshot["seo"].get("image_media_id"):
            yield Found("seo.image_media_id", "media", image)
