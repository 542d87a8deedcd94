import uuid
from typing import Any

from django.db import models

from apps.core.encoding import loads
from apps.core.fields import SharedForeignKey


class ContentType(models.Model):
    """What elements of a kind look like: a JSON Schema, kept as the client wrote it (key order included)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    source = models.TextField(help_text="The schema's JSON text.")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "key"), name="type_key_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.source)
        return found

    @property
    def etag(self) -> str:
        return f"t{self.pk}-{self.version}"
