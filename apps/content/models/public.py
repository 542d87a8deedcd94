"""What the public sees, finished, and what it was finished from."""

from django.db import models
from django.utils import timezone

from apps.core.fields import SharedForeignKey


class PublicDocument(models.Model):
    """The frozen answer of one published document in one locale. The public door reads this table only: it cannot
    show a draft.

    `source` is the published version's snapshot, references raw; `body` the finished JSON, references resolved.
    `original` marks the document in its own locale; beside it stand its published translations. Of a page `path` is
    its address in the site and `summary` the JSON that lists show. `frozen_at` moves on with every new body, by a
    second at least, so that it can be told in seconds (`Last-Modified`).
    """

    site = SharedForeignKey("sites.Site", db_index=False)
    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()
    type_key = models.CharField(max_length=100, default="")
    slug = models.CharField(max_length=200, default="")
    locale = models.CharField(max_length=35)
    original = models.BooleanField(default=True)
    source = models.TextField()
    body = models.TextField()
    path = models.TextField(default="", blank=True)
    summary = models.TextField(default="", blank=True)
    frozen_at = models.DateTimeField(default=timezone.now)
    etag = models.CharField(max_length=32)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("doc_type", "doc_id", "locale"), name="public_once"),
            models.UniqueConstraint(
                fields=("doc_type", "doc_id"), condition=models.Q(original=True), name="public_original_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("site", "doc_type", "-updated_at", "-doc_id"),
                name="public_newest",
                condition=models.Q(original=True),
            ),
            models.Index(
                fields=("site", "doc_type", "type_key", "-updated_at", "-doc_id"),
                name="public_of_type",
                condition=models.Q(original=True),
            ),
            models.Index(fields=("site", "doc_type", "slug"), name="public_slug"),
        )

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} {self.locale}"


class Reference(models.Model):
    """One reference of a document to another: of its working version, or (`live`) of its published one.

    `locale` is empty for the document itself, else that of the translation which refers.
    """

    site = SharedForeignKey("sites.Site", db_index=False)
    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()
    locale = models.CharField(max_length=35, blank=True, default="")
    field = models.CharField(max_length=300)
    target_type = models.CharField(max_length=10)
    target_id = models.BigIntegerField()
    live = models.BooleanField()

    class Meta:
        indexes = (
            models.Index(fields=("target_type", "target_id", "live"), name="reference_to"),
            models.Index(fields=("doc_type", "doc_id", "live"), name="reference_from"),
        )

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} {self.field} → {self.target_type} {self.target_id}"
