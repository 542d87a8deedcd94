from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.content.models import Element, Page, Post
from apps.content.serializers.documents import SORTS, DocumentQuery, LocaleQuery, TagsField, Times
from apps.content.serializers.posts import PostOut
from apps.core.query import FilterField, NamesField, SortField
from apps.media.models import Media
from apps.media.serializers import MediaOut
from apps.sites.serializers import LocaleField


class ExpandedPage(serializers.ModelSerializer[Page]):
    published = serializers.BooleanField()

    class Meta:
        model = Page
        fields = ("id", "slug", "title", "description", "locale", "published", "updated_at")


@extend_schema_field({"type": "object", "additionalProperties": {"oneOf": [{"type": "object"}, {"type": "null"}]}})
class ExpandedField(serializers.DictField):
    """Documents by the path of the reference that leads to them, each as its own address would give it."""

    def to_representation(self, value: dict[str, Any]) -> Any:
        shapes = {Element: ElementOut, Post: PostOut, Page: ExpandedPage, Media: MediaOut}
        return {path: document and shapes[type(document)](document).data for path, document in value.items()}


class ElementOut(serializers.ModelSerializer[Element]):
    type_id = serializers.IntegerField()
    type_identifier = serializers.CharField(help_text="The bare key.")
    data = serializers.JSONField(help_text="As the client wrote it; references are raw ids.")
    published = serializers.BooleanField()
    has_draft = serializers.BooleanField(help_text="A change stands beside the published version.")
    status = serializers.CharField(help_text="`draft`, `scheduled` or `published`.")
    author_id = serializers.IntegerField(allow_null=True)
    site_id = serializers.IntegerField()
    expanded = ExpandedField(
        required=False,
        help_text="With `expand` only: by the path of each reference (`story`, `more.0`) what it refers to, as its own "
        "address would give it; null where it is gone or not the caller's to see.",
    )

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
            "expanded",
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


_EXPAND = (
    "Reference fields of the data, separated by commas, up to 10: what they refer to stands in `expanded`. "
    "`friend.cover` goes on in what `friend` refers to, up to three deep; a page of items shows up to 1,000 documents."
)


class ElementGetQuery(LocaleQuery):
    expand = NamesField(most=10, help_text=_EXPAND)


class ElementQuery(DocumentQuery, LocaleQuery):
    source_locale = LocaleField(required=False, help_text="Only those written in it.")
    type_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    type_identifier = serializers.CharField(max_length=200, required=False, help_text="The bare key.")
    tags = NamesField(most=20, longest=100, help_text="Tags separated by commas; elements that have all of them.")
    filter = FilterField(
        help_text="`filter[data.price][gte]=10`: conditions on fields that the type's schema declares, by dotted path "
        "(which needs `type_id` or `type_identifier`), and on `id`, `author_id`, `tags`, `created_at`, `updated_at` "
        "and `published_at`; up to 20, all of which hold. Operators: `eq` (which may be left out), `ne`, `gt`, `gte`, "
        "`lt`, `lte`, `in` and `nin` (values separated by commas, up to 100), `contains` (a part of a text, an item of "
        "a list), `starts_with`, `null` (`true` or `false`). What is not of the declared type counts as null."
    )
    sort = SortField(
        choices=SORTS,
        prefixes=("data.",),
        required=False,
        help_text="Up to 3 of `id`, `created_at`, `updated_at` and `data.{field}`, separated by commas; `-` before one "
        "for descending. Nulls come last, ties are by id. By default `id`.",
    )
    expand = NamesField(most=10, help_text=_EXPAND)
