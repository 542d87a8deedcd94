"""The index: what is searched in, made of documents and media and never written by people."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from apps.core.fields import SharedForeignKey


class SiteIndex(models.Model):
    """Where the index of a site stands. Searches read the rows of `generation`.

    While the site is indexed anew its rows get the number `building`, up to `cursor` (`{"kind", "id"}`); what changes
    meanwhile is written to both. `languages` are those that any row ever had.
    """

    site = SharedForeignKey("sites.Site", db_index=False)
    generation = models.PositiveIntegerField(default=1)
    building = models.PositiveIntegerField(null=True, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    languages = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("site",), name="index_of_site"),)
        verbose_name = "index"
        verbose_name_plural = "indexes"

    def __str__(self) -> str:
        return f"Index of {self.site}"


class IndexedDocument(models.Model):
    """A document or a file in one locale, as it is searched.

    `live` rows are what the public sees, `working` ones what is being worked on; where both say the same, one row is
    both. `original` marks a document in its own locale. `text` holds the words by weight: title A, keywords and
    description B, content C, and under D what the document refers to, one step far; `head` those of title and keywords
    alone. `digest` is that of the text whose meaning is compared. `lag` in milliseconds: from the change to this row.
    """

    site = SharedForeignKey("sites.Site", db_index=False)
    generation = models.PositiveIntegerField()
    doc_type = models.CharField(max_length=10)
    doc_id = models.BigIntegerField()
    locale = models.CharField(max_length=35)
    language = models.CharField(max_length=20)
    original = models.BooleanField()
    live = models.BooleanField()
    working = models.BooleanField()
    status = models.CharField(max_length=10)
    type_key = models.CharField(max_length=100, default="")
    tags = ArrayField(models.TextField(), default=list)
    category = models.TextField(default="")
    title = models.TextField(default="")
    content = models.TextField(default="")
    description = models.TextField(default="")
    keywords = ArrayField(models.TextField(), default=list)
    filename = models.TextField(default="")
    media_type = models.TextField(default="")
    url = models.TextField(default="")
    author = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, db_index=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    text = SearchVectorField()
    head = SearchVectorField()
    suggest = models.TextField(default="")
    digest = models.CharField(max_length=32)
    lag = models.PositiveIntegerField(null=True)
    indexed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("doc_type", "doc_id", "locale", "live", "generation"), name="indexed_once"),
        )
        indexes = (
            # A short list of what is not sorted in yet: each search looks through all of it.
            GinIndex(fields=("text",), name="indexed_text", gin_pending_list_limit=512),
            GinIndex(
                fields=("suggest",),
                opclasses=("gin_trgm_ops",),
                name="indexed_suggest",
                condition=models.Q(live=True),
                gin_pending_list_limit=512,
            ),
            models.Index(fields=("site", "generation", "id"), name="indexed_site"),
            models.Index(fields=("site", "digest"), name="indexed_digest"),
            models.Index(fields=("indexed_at",), name="indexed_recent"),
        )

    def __str__(self) -> str:
        return f"{self.doc_type} {self.doc_id} {self.locale}"
