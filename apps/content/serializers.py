from typing import Any

from rest_framework import serializers

from apps.content.models import ContentType, Element, Post
from apps.core.query import PageQuery, Query, SliceQuery

LOCALE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
SORTS = ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"]


class TypeOut(serializers.ModelSerializer[ContentType]):
    identifier = serializers.SerializerMethodField(help_text="With the site's prefix: `{site}_{key}`.")
    display_identifier = serializers.CharField(source="key", help_text="The bare key.")
    schema = serializers.JSONField()
    site_id = serializers.IntegerField()

    class Meta:
        model = ContentType
        fields = (
            "id",
            "identifier",
            "display_identifier",
            "name",
            "description",
            "schema",
            "site_id",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_identifier(self, kind: ContentType) -> str:
        return f"{kind.site.identifier}_{kind.key}"


class TypeIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    identifier = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=5000, allow_blank=True, default="")
    schema = serializers.JSONField()


class TypePatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    schema = serializers.JSONField(required=False, help_text="Replaces the whole schema.")


class ElementOut(serializers.ModelSerializer[Element]):
    type_id = serializers.IntegerField()
    type_identifier = serializers.CharField(help_text="The bare key.")
    data = serializers.JSONField(help_text="As the client wrote it; references are raw ids.")
    published = serializers.BooleanField()
    has_draft = serializers.BooleanField(help_text="A change stands beside the published version.")
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
            "tags",
            "locale",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class TagsField(serializers.ListField):
    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)


class ElementIn(serializers.Serializer[Any]):
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    data = serializers.DictField()
    published = serializers.BooleanField(default=False)
    tags = TagsField(default=list)
    locale = serializers.RegexField(LOCALE, max_length=35, default="", allow_blank=True)


class ElementPatch(serializers.Serializer[Any]):
    data = serializers.DictField(required=False, help_text="Replaces the whole data.")
    published = serializers.BooleanField(required=False)
    tags = TagsField(required=False)
    locale = serializers.RegexField(LOCALE, max_length=35, required=False)


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
            "locale",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class PostPatch(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=500, required=False)
    slug = serializers.RegexField(r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200, required=False)
    content = serializers.CharField(max_length=2_000_000, allow_blank=True, trim_whitespace=False, required=False)
    short_description = serializers.CharField(
        max_length=10_000, allow_blank=True, allow_null=True, trim_whitespace=False, required=False
    )
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=100, allow_null=True, required=False
    )
    published = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(
        choices=["draft", "published"], required=False, help_text="Another way to say `published`."
    )
    locale = serializers.RegexField(LOCALE, max_length=35, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        status = attrs.pop("status", None)
        if status is not None:
            attrs.setdefault("published", status == "published")
        return attrs


class PostIn(PostPatch):
    title = serializers.CharField(max_length=500)


class PublicElementOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    type_identifier = serializers.CharField()
    data = serializers.DictField(help_text="References resolved.")
    updated_at = serializers.DateTimeField()
    tags = serializers.ListField(child=serializers.CharField())


class PublicPostOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    content = serializers.CharField(allow_blank=True)
    short_description = serializers.CharField(allow_null=True, allow_blank=True)
    keywords = serializers.ListField(child=serializers.CharField(), allow_null=True)
    locale = serializers.CharField()
    updated_at = serializers.DateTimeField()


class ElementQuery(PageQuery):
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    type_identifier = serializers.CharField(max_length=200, required=False, help_text="The bare key.")
    published = serializers.BooleanField(required=False)
    sort = serializers.ChoiceField(choices=SORTS, default="id")


class PostQuery(PageQuery):
    published = serializers.BooleanField(required=False)
    locale = serializers.CharField(max_length=35, required=False)
    sort = serializers.ChoiceField(choices=SORTS, default="id")


class DraftQuery(Query):
    draft = serializers.BooleanField(default=False, help_text="Keep the public version; the change stands beside it.")


class ForceQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although others refer to it.")


class PublicElementQuery(SliceQuery):
    type = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="`{site}_{key}` or the bare key."
    )
