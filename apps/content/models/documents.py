"""Documents: what has versions, a draft beside its published version, and a place in the trash."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast

from apps.content.models.types import ContentType
from apps.core.encoding import loads
from apps.core.fields import SharedForeignKey


class Document(models.Model):
    """The life that elements and posts share.

    `version` counts every save. `published_version` is the one that the public sees, None when there is none; what
    the public is shown is frozen in `PublicDocument`. A document with both, and unequal, has a draft.
    """

    doc_type: ClassVar[str]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    locale = models.CharField(max_length=35)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    version = models.PositiveIntegerField(default=0)
    published_version = models.PositiveIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def published(self) -> bool:
        return self.published_version is not None

    @property
    def has_draft(self) -> bool:
        return self.published_version not in (None, self.version)

    @property
    def status(self) -> str:
        if self.published:
            return "published"
        return "scheduled" if self.publish_at else "draft"

    @property
    def etag(self) -> str:
        return f"{self.doc_type[0]}{self.pk}-{self.version}-{self.published_version or 0}"

    @property
    def label(self) -> str:
        """How lists and the history call it."""
        raise NotImplementedError

    def snapshot(self) -> dict[str, Any]:
        """What a version keeps."""
        raise NotImplementedError


class Element(Document):
    """An entry of a content type. `source` is the client's JSON text; `data` is made of it for querying."""

    doc_type = "element"

    type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="elements")
    source = models.TextField()
    query = models.GeneratedField(
        expression=Cast("source", models.JSONField()), output_field=models.JSONField(), db_persist=True
    )
    tags = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("site", "type", "id"), name="element_list", condition=models.Q(deleted_at=None)),
            models.Index(
                fields=("site", "updated_at", "id"), name="element_recent", condition=models.Q(deleted_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.source)
        return found

    @property
    def type_identifier(self) -> str:
        return self.type.key

    @property
    def label(self) -> str:
        data = self.data
        return str(data.get("title") or data.get("name") or f"{self.type.name} {self.pk}")[:200]

    def snapshot(self) -> dict[str, Any]:
        return {"data": self.data, "tags": self.tags, "locale": self.locale}


class Post(Document):
    """Long text in Markdown."""

    doc_type = "post"

    slug = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    content = models.TextField(blank=True, default="")
    short_description = models.TextField(null=True, blank=True)
    keywords = ArrayField(models.CharField(max_length=200), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "locale", "slug"), condition=models.Q(deleted_at=None), name="post_slug_once"
            ),
        )
        indexes = (
            models.Index(fields=("site", "id"), name="post_list", condition=models.Q(deleted_at=None)),
            models.Index(fields=("site", "updated_at", "id"), name="post_recent", condition=models.Q(deleted_at=None)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return self.title[:200]

    def snapshot(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "title": self.title,
            "content": self.content,
            "short_description": self.short_description,
            "keywords": self.keywords,
            "locale": self.locale,
        }
