from rest_framework import serializers

from apps.content.models import Post
from apps.content.serializers.documents import SLUG, SORTS, DocumentQuery, LocaleQuery, TextPatch
from apps.core.query import NamesField
from apps.sites.serializers import LocaleField


class PostOut(serializers.ModelSerializer[Post]):
    published = serializers.BooleanField()
    has_draft = serializers.BooleanField()
    status = serializers.CharField(help_text="`draft`, `scheduled` or `published`.")
    keywords = serializers.ListField(child=serializers.CharField(), allow_null=True)
    author_id = serializers.IntegerField(allow_null=True)
    site_id = serializers.IntegerField()

    class Meta:
        model = Post
        fields = (
            "id",
            "title",
            "slug",
            "content",
            "short_description",
            "keywords",
            "published",
            "has_draft",
            "status",
            "publish_at",
            "unpublish_at",
            "published_at",
            "locale",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class PostPatch(TextPatch):
    title = serializers.CharField(max_length=500, required=False)
    slug = serializers.RegexField(SLUG, max_length=200, required=False)
    content = serializers.CharField(max_length=2_000_000, allow_blank=True, trim_whitespace=False, required=False)
    short_description = serializers.CharField(
        max_length=10_000, allow_blank=True, allow_null=True, trim_whitespace=False, required=False
    )
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=100, allow_null=True, required=False
    )


class PostIn(PostPatch):
    title = serializers.CharField(max_length=500)


class PostQuery(DocumentQuery, LocaleQuery):
    keywords = NamesField(most=20, help_text="Keywords separated by commas; posts that have all of them.")
    source_locale = LocaleField(required=False, help_text="Only those written in it.")
    sort = serializers.ChoiceField(choices=SORTS, default="id")


class PostSlugQuery(LocaleQuery):
    pass
