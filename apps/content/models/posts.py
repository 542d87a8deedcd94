from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.content.models.documents import Document


class Post(Document):
    """Long text in Markdown."""

    doc_type = "post"
    kept = ("slug", "title", "content", "short_description", "keywords")
    translated = kept

    slug = models.CharField(max_length=200)
    title = models.CharField(max_length=500)
    content = models.TextField(blank=True, default="")
    short_description = models.TextField(null=True, blank=True)
    keywords = ArrayField(models.CharField(max_length=200), null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("site", "deleted_at", "id"), name="post_trash", condition=models.Q(deleted_at__isnull=False)
            ),
            models.Index(fields=("site", "id"), name="post_list", condition=models.Q(deleted_at=None)),
            models.Index(fields=("site", "updated_at", "id"), name="post_recent", condition=models.Q(deleted_at=None)),
        )

    @property
    def label(self) -> str:
        return self.title[:200]
