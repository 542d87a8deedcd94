import uuid
from typing import Any

from django.conf import settings
from django.db import models

from apps.content import schemas
from apps.core.encoding import loads
from apps.core.fields import SharedForeignKey


class ContentType(models.Model):
    """What elements of a kind look like: a JSON Schema, kept as the client wrote it (key order included).

    `renames` holds every rename of fields ever declared, oldest first: `{"version": 3, "names": {"old": "new"}}`.
    Data says by its `type_version` which of them it has been through; what it has not is done when it is read.
    """

    impact: Any = None  # what the change just made did; see `services.types.update`

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    source = models.TextField(help_text="The schema's JSON text.")
    version = models.PositiveIntegerField(default=1)
    renames = models.JSONField(default=list, blank=True)
    distributed = models.CharField(
        max_length=64, blank=True, default="", help_text="Digest of the schema as a distribution last brought it."
    )
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

    @property
    def renamed(self) -> int:
        """The version at which fields were last renamed; 0: never."""
        return int(self.renames[-1]["version"]) if self.renames else 0

    def current(self, data: Any, version: int) -> Any:
        """Data that was written under a version of the type, under today's names."""
        if version >= self.renamed:
            return data
        return schemas.renamed(data, (one["names"] for one in self.renames if one["version"] > version))


class TypeVersion(models.Model):
    """A type as it was after one change; never changed afterwards."""

    changes: Any = None  # against the version before; see `selectors.version_page`

    type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, default="")
    source = models.TextField()
    renames = models.JSONField(default=dict, blank=True)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, db_index=False)
    run = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("type", "number"), name="type_version_once"),)

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"

    @property
    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.source)
        return found

    @property
    def author_name(self) -> str | None:
        return str(self.author) if self.author else None


class UniqueValue(models.Model):
    """The value that a living element has in a field that its type calls unique: the constraint lets in no second.

    `fingerprint` stands for the value, whatever its length.
    """

    type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+", db_index=False)
    field = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=32)
    element_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("type", "field", "fingerprint"), name="unique_value_once"),)
        indexes = (models.Index(fields=("element_id",), name="unique_values_of_element"),)

    def __str__(self) -> str:
        return f"{self.field} of element {self.element_id}"
