from django.db import models

from apps.core.fields import SharedForeignKey


class Slug(models.Model):
    """A slug that a document has in a locale, or (not `current`) once had and that still leads to it.

    One table for all: what makes a slug unique among documents, their translations and their past at once.
    """

    site = SharedForeignKey("sites.Site", db_index=False)
    doc_type = models.CharField(max_length=10)
    locale = models.CharField(max_length=35)
    slug = models.CharField(max_length=200)
    doc_id = models.BigIntegerField()
    current = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("site", "doc_type", "slug", "locale"), name="slug_once"),
            models.UniqueConstraint(
                fields=("doc_type", "doc_id", "locale"), condition=models.Q(current=True), name="slug_of_document"
            ),
        )
        indexes = (models.Index(fields=("doc_type", "doc_id"), name="slugs_of_document"),)

    def __str__(self) -> str:
        return self.slug
