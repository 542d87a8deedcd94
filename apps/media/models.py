"""Files of a site, and who uses them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.files.storage import default_storage
from django.db import models

from apps.core.fields import SharedForeignKey
from apps.media import sizes
from apps.media.inspection import kinds


class Folder(models.Model):
    """Where people look for files; a tree, of no meaning to the public. A name is unique within its parent."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("site", "parent", "name"), nulls_distinct=False, name="media_folder_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def etag(self) -> str:
        return f"f{self.pk}-{self.version}"


class Media(models.Model):
    """One stored file with what people say about it.

    `media_type`, `width`, `height`, `file_size` and `content_hash` are what the stored bytes say, never what a client
    claimed. `file` is the name within the storage; it carries random characters and its bytes never change.
    `placeholder` is a thumbhash in base64, `duration` is in seconds. `revision` counts the files that it has had; those
    of before are `MediaVersion`s.
    The focal point is a fraction of width and height, from the top left. `provenance` says how it was generated, with
    which model and prompt; None for what was not.
    """

    READY = "ready"
    duplicate_of: int | None = None
    """Of an upload: the first other file of the site with the same bytes."""
    made = False
    """Of an answer: whether it is another media than the one that was asked about."""
    poster: str | None = None
    """Of a film that was just made: the address of a picture of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    folder = models.ForeignKey(Folder, null=True, blank=True, on_delete=models.SET_NULL, related_name="media")
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
    tags = ArrayField(models.TextField(), default=list, blank=True)
    status = models.CharField(max_length=20, default=READY)
    content_hash = models.CharField(max_length=64)
    placeholder = models.CharField(max_length=100, blank=True, default="")
    duration = models.FloatField(null=True, blank=True)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    focal_x = models.FloatField(null=True, blank=True)
    focal_y = models.FloatField(null=True, blank=True)
    provenance = models.JSONField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "media"
        indexes = (
            models.Index(fields=("site", "id"), name="media_list"),
            models.Index(fields=("site", "content_hash"), name="media_hash"),
            GinIndex(fields=("tags",), name="media_tags"),
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

    @property
    def is_picture(self) -> bool:
        """Whether it is made of pixels, so that renditions can be made of it."""
        return self.media_type in kinds.RASTER

    @property
    def srcset(self) -> str:
        return sizes.srcset(self)


class MediaVersion(models.Model):
    """A file that media had before another took its place: the `number`th. It stays at its address."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.CharField(max_length=200, unique=True)
    filename = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    file_size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    replaced_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("media", "number"), name="media_version_once"),)

    def __str__(self) -> str:
        return f"{self.filename} ({self.number})"

    @property
    def url(self) -> str:
        """Absolute and unsigned."""
        return default_storage.url(self.file)


class Rendition(models.Model):
    """A picture made of the media's file; `key` says what was asked for, after the number of the file it is made of."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="renditions")
    key = models.CharField(max_length=100)
    file = models.CharField(max_length=200, unique=True)
    media_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file_size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("media", "key"), name="media_rendition_once"),)

    def __str__(self) -> str:
        return self.key

    @property
    def url(self) -> str:
        """Absolute and unsigned; what is there never changes."""
        return default_storage.url(self.file)


class DirectUpload(models.Model):
    """A large file on its way into the storage without passing through a request: its parts, and what is said of it.

    `path` is where the parts lie, `reference` what the storage calls them; `size` in bytes is what was announced.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    site = SharedForeignKey("sites.Site", db_index=False)
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, db_index=False)
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    part_size = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)
    reference = models.CharField(max_length=500, blank=True, default="")
    about = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    addresses: Sequence[Any] = ()
    """Of one that was just begun: where its parts are put."""

    class Meta:
        indexes = (models.Index(fields=("site", "id"), name="media_direct_list"),)

    def __str__(self) -> str:
        return self.filename

    @property
    def parts(self) -> list[tuple[int, int]]:
        """Number, from 1, and size in bytes of each."""
        whole, rest = divmod(self.size, self.part_size)
        return [(n + 1, self.part_size) for n in range(whole)] + ([(whole + 1, rest)] if rest else [])


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
