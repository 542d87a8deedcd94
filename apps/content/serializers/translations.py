from typing import Any

from rest_framework import serializers

from apps.content.models import DOCUMENTS, Translation
from apps.content.serializers.documents import SLUG
from apps.core.query import PageQuery, Query
from apps.sites.serializers import Exact, LocaleField

STATES = ["translated", "outdated", "missing"]
ORIGINS = ["people", "machine"]
DOC_TYPES = sorted(DOCUMENTS)


class TranslationIn(Exact):
    """Of an element `data`; of a post `title`, `slug`, `content`, `short_description`, `keywords`; of a page `title`,
    `slug`, `description`, `seo`. What is left out is the document's own."""

    data = serializers.DictField(required=False, help_text="Top-level members, laid over the element's data.")
    title = serializers.CharField(max_length=500, required=False)
    slug = serializers.RegexField(SLUG, max_length=200, required=False)
    content = serializers.CharField(max_length=2_000_000, allow_blank=True, trim_whitespace=False, required=False)
    short_description = serializers.CharField(
        max_length=10_000, allow_blank=True, allow_null=True, trim_whitespace=False, required=False
    )
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=100, allow_null=True, required=False
    )
    description = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False, required=False)
    seo = serializers.DictField(required=False, help_text="Members laid over those of the page.")
    published = serializers.BooleanField(required=False)
    source_version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The version of the document that was translated; by default the current one.",
    )


class TranslationOut(serializers.ModelSerializer[Translation]):
    members = serializers.DictField(help_text="What is translated; the rest is the document's own.")
    state = serializers.ChoiceField(choices=["translated", "outdated"])
    published = serializers.BooleanField(help_text="Seen by the public while the document is.")
    has_draft = serializers.BooleanField(help_text="A change stands beside what the public sees.")
    origin = serializers.ChoiceField(choices=ORIGINS, help_text="Who wrote the working text last.")
    generation = serializers.UUIDField(allow_null=True, help_text="The job whose model wrote it; null for people's.")
    author_id = serializers.IntegerField(allow_null=True)
    site_id = serializers.IntegerField()

    class Meta:
        model = Translation
        fields = (
            "id",
            "doc_type",
            "doc_id",
            "locale",
            "members",
            "state",
            "source_version",
            "origin",
            "generation",
            "published",
            "has_draft",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class FreshnessOut(serializers.Serializer[Any]):
    locale = serializers.CharField()
    state = serializers.ChoiceField(choices=["source", *STATES])
    source_version = serializers.IntegerField(source="translation.source_version", default=None, allow_null=True)
    origin = serializers.ChoiceField(
        choices=ORIGINS, source="translation.origin", default=None, allow_null=True, help_text="Who wrote it last."
    )
    published = serializers.BooleanField(source="translation.published", default=False)
    has_draft = serializers.BooleanField(source="translation.has_draft", default=False)
    author_id = serializers.IntegerField(source="translation.author_id", default=None, allow_null=True)
    updated_at = serializers.DateTimeField(source="translation.updated_at", default=None, allow_null=True)


class CoveredOut(serializers.Serializer[Any]):
    doc_type = serializers.ChoiceField(choices=DOC_TYPES)
    type_id = serializers.IntegerField(allow_null=True)
    type_identifier = serializers.CharField(allow_blank=True, help_text="The bare key; empty for posts and pages.")
    locale = serializers.CharField()
    documents = serializers.IntegerField(help_text="All of them, in whichever locale.")
    source = serializers.IntegerField(help_text="Written in this locale.")
    translated = serializers.IntegerField()
    outdated = serializers.IntegerField()
    missing = serializers.IntegerField()


class LackingOut(serializers.Serializer[Any]):
    doc_type = serializers.ChoiceField(choices=DOC_TYPES)
    id = serializers.IntegerField()
    label = serializers.CharField(allow_blank=True)
    locale = serializers.CharField(help_text="The document's own.")
    version = serializers.IntegerField()
    published = serializers.BooleanField()


class LackingPageOut(serializers.Serializer[Any]):
    items = LackingOut(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    has_next = serializers.BooleanField()


class TranslationStatusOut(serializers.Serializer[Any]):
    coverage = CoveredOut(many=True)
    documents = LackingPageOut(allow_null=True, help_text="Those asked for by `locale` and `state`; null without.")


class TranslationStatusQuery(Query):
    doc_type = serializers.ChoiceField(choices=DOC_TYPES, default="", allow_blank=True)
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    locale = LocaleField(default="", allow_blank=True)
    state = serializers.ChoiceField(
        choices=STATES, default="", allow_blank=True, help_text="With `locale` and `doc_type`: lists those documents."
    )
    page = PageQuery().fields["page"]
    size = PageQuery().fields["size"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "type_id" in attrs and attrs["doc_type"] not in ("", "element"):
            raise serializers.ValidationError({"type_id": serializers.ErrorDetail("Elements have types.", "invalid")})
        if attrs["state"] and not (attrs["locale"] and (attrs["doc_type"] or "type_id" in attrs)):
            message = "This needs `locale`, and `doc_type` or `type_id`."
            raise serializers.ValidationError({"state": serializers.ErrorDetail(message, "required")})
        return attrs
