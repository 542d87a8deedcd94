from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Cast

from apps.content import schemas
from apps.content.models.documents import Document
from apps.content.models.types import ContentType
from apps.core.encoding import dumps, loads


class Element(Document):
    """An entry of a content type. `source` is the client's JSON text; `query` is made of it for querying."""

    doc_type = "element"
    kept = ("data", "tags")
    translated = ("data",)

    type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="elements")
    source = models.TextField()
    query = models.GeneratedField(
        expression=Cast("source", models.JSONField()), output_field=models.JSONField(), db_persist=True
    )
    # The documents that it refers to, where a reader asked for them (`selectors.shown`).
    expanded: dict[str, Any]

    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("site", "type", "id"), name="element_list", condition=models.Q(deleted_at=None)),
            models.Index(
                fields=("site", "updated_at", "id"), name="element_recent", condition=models.Q(deleted_at=None)
            ),
            GinIndex(fields=("tags",), name="element_tags", condition=models.Q(deleted_at=None)),
        )

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.source)
        return found

    @data.setter
    def data(self, data: dict[str, Any]) -> None:
        self.source = dumps(data).decode()

    @property
    def etag(self) -> str:
        """Empty where other documents are shown within it: the element's version does not say when they change."""
        return "" if hasattr(self, "expanded") else super().etag

    @property
    def type_identifier(self) -> str:
        return self.type.key

    @property
    def label(self) -> str:
        data = self.data
        return str(data.get("title") or data.get("name") or f"{self.type.name} {self.pk}")[:200]

    def references_in(self, snapshot: dict[str, Any]) -> Iterator[schemas.Found]:
        return schemas.references(self.type.schema, snapshot["data"])
