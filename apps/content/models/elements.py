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
    """An entry of a content type. `source` is the client's JSON text; `query` is made of it for querying.

    `type_version` is that of the type under whose names of fields `source` stands; `data` has today's.
    """

    doc_type = "element"
    kept = ("data", "tags")
    translated = ("data",)

    type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="elements")
    source = models.TextField()
    query = models.GeneratedField(
        expression=Cast("source", models.JSONField()), output_field=models.JSONField(), db_persist=True
    )
    type_version = models.PositiveIntegerField(default=0)
    # The documents that it refers to, where a reader asked for them (`selectors.shown`).
    expanded: dict[str, Any]

    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("site", "deleted_at", "id"), name="element_trash", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=("site", "type", "id"), name="element_list", condition=models.Q(deleted_at=None)),
            models.Index(
                fields=("site", "updated_at", "id"), name="element_recent", condition=models.Q(deleted_at=None)
            ),
            GinIndex(fields=("tags",), name="element_tags", condition=models.Q(deleted_at=None)),
        )

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.type.current(loads(self.source), self.type_version)
        return found

    @data.setter
    def data(self, data: dict[str, Any]) -> None:
        self.source, self.type_version = dumps(data).decode(), self.type.version

    @property
    def etag(self) -> str:
        """Moves with a renaming of the type's fields too: the answer has other names then. Empty where other documents
        are shown within it: the element's version does not say when they change."""
        if hasattr(self, "expanded"):
            return ""
        renamed = self.type.renamed
        return f"{super().etag}-{renamed}" if renamed else super().etag

    def snapshot(self) -> dict[str, Any]:
        return {**super().snapshot(), "type_version": self.type.version}

    def apply(self, snapshot: dict[str, Any]) -> None:
        super().apply({**snapshot, "data": self.data_of(snapshot)})

    def data_of(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """The data of a snapshot, of whatever age, under today's names of its fields."""
        found: dict[str, Any] = self.type.current(snapshot["data"], snapshot.get("type_version", 0))
        return found

    @property
    def type_identifier(self) -> str:
        return self.type.key

    @property
    def label(self) -> str:
        data = self.data
        return str(data.get("title") or data.get("name") or f"{self.type.name} {self.pk}")[:200]

    def references_in(self, snapshot: dict[str, Any]) -> Iterator[schemas.Found]:
        return schemas.references(self.type.schema, self.data_of(snapshot))
