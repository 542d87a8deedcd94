from rest_framework import serializers

from apps.content.models import Element
from apps.content.serializers.documents import SORTS, LocaleQuery, TagsField, Times
from apps.core.query import PageQuery
from apps.sites.serializers import LocaleField


class ElementOut(serializers.ModelSerializer[Element]):
    type_id = serializers.IntegerField()
    type_identifier = serializers.CharField(help_text="The bare key.")
    data = serializers.JSONField(help_text="As the client wrote it; references are raw ids.")
    published = serializers.BooleanField()
    has_draft = serializers.BooleanField(help_text="A change stands beside the published version.")
    status = serializers.CharField(help_text="`draft`, `scheduled` or `published`.")
    author_id = serializers.IntegerField(allow_null=True)
    site_id = serializers.IntegerField()

    class Meta:
        model = Element
        fields = (
            "id",
            "type_id",
            "type_identifier",
            "data",
            "published",
            "has_draft",
            "status",
            "publish_at",
            "unpublish_at",
            "published_at",
            "tags",
            "locale",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ElementIn(Times):
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    data = serializers.DictField(help_text="Absent members get the `default` that the schema gives them.")
    published = serializers.BooleanField(default=False)
    tags = TagsField(default=list)
    locale = LocaleField(default="", allow_blank=True)


class ElementPatch(Times):
    data = serializers.DictField(required=False, help_text="Replaces the whole data.")
    published = serializers.BooleanField(required=False)
    tags = TagsField(required=False)
    locale = LocaleField(required=False)


class ElementQuery(PageQuery, LocaleQuery):
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    type_identifier = serializers.CharField(max_length=200, required=False, help_text="The bare key.")
    published = serializers.BooleanField(required=False)
    source_locale = LocaleField(required=False, help_text="Only those written in it.")
    sort = serializers.ChoiceField(choices=SORTS, default="id")
