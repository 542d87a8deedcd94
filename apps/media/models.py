"""Files of a site, and who uses them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models

from apps.core.fields import SharedForeignKey


class Media(models.Model):
    """One stored file with what people say about it.

    `media_type`, `width`, `height`, `file_size` and `content_hash` are what the stored bytes say, never what a client
    claimed. `file` is the name within the storage; it carries random characters and its bytes never change.
    The focal point is a fraction of width and height, from the top left. `provenance` says how it was generated, with
    which model and prompt; None for what was not.
    """

    READY = "ready"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    name = models.CharField(max_length=255)
    file = models.CharField(max_length=200, unique=True)
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    file_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    alt_text = models.TextField(blank=True, default="")
    description = models.TextField(blank=True, default="")
    keywords = ArrayField(models.TextField(), null=True, blank=True)
    status = models.CharField(max_length=20, default=READY)
    content_hash = models.CharField(max_length=64)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    focal_x = models.FloatField(null=True, blank=True)
    focal_y = models.FloatField(null=True, blank=True)
    provenance = models.JSONField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "media"
        indexes = (
            models.Index(fields=("site", "id"), name="media_list"),
            models.Index(fields=("site", "content_hash"), name="media_hash"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f"m{self.pk}-{self.version}"

    @property
    def url(self) -> str:
        """Absolute and unsigned."""
        return default_storage.url(self.file)


class Use(models.Model):
    """A document of an app above shows this file in one of its fields; written by `services.uses` only."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="uses")
    doc_type = models.CharField(max_length=20)
    doc_id = models.BigIntegerField()
    field = models.CharField(max_length=300)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("doc_type", "doc_id", "field", "media"), name="media_use_once"),)

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} {self.field}"
