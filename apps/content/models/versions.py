from django.conf import settings
from django.db import models

from apps.core.fields import SharedForeignKey


class Version(models.Model):
    """One save of a document, whole; never changed afterwards.

    `published_at` is when it last became the one that the public sees, None while it never was.
    """

    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    source = models.TextField(help_text="JSON text of the snapshot.")
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, db_index=False)
    run = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("doc_type", "doc_id", "number"), name="version_once"),)

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} v{self.number}"


class Imported(models.Model):
    """What an importer made of what it found: a second run meets the row and makes no double."""

    site = SharedForeignKey("sites.Site", db_index=False)
    origin = models.CharField(max_length=200, help_text="Where it was found, such as `wordpress:{host}:{id}`.")
    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site", "origin"), name="imported_once"),)

    def __str__(self) -> str:
        return self.origin
