from typing import Any

from rest_framework import serializers

from apps.content import selectors
from apps.content.models import Page
from apps.content.serializers.documents import SLUG, SORTS, DeleteQuery, LocaleQuery, TextPatch
from apps.core.encoding import dumps
from apps.core.query import PageQuery
from apps.sites.serializers import Exact, LocaleField

MAX_LAYOUT_BYTES = 20_000
MAX_PLACES = 500
_ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}
_ROBOTS = r"^(index|noindex|follow|nofollow|all|none|noarchive|nosnippet|noimageindex|notranslate)$"


class RobotsField(serializers.CharField):
    """Directives separated by commas, kept in lower case."""

    def to_internal_value(self, data: Any) -> str:
        words = [word.strip() for word in super().to_internal_value(data).lower().split(",") if word.strip()]
        for word in words:
            serializers.RegexField(_ROBOTS).run_validation(word)
        return ",".join(words)


class SEOIn(Exact):
    """What search engines and social networks are told; replaced whole."""

    title = serializers.CharField(max_length=300, allow_blank=True, required=False)
    description = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    canonical = serializers.CharField(
        max_length=2000, allow_blank=True, required=False, help_text="Absolute address of the page that counts."
    )
    robots = RobotsField(
        max_length=200, allow_blank=True, required=False, help_text="Such as `noindex,nofollow`; empty: index, follow."
    )
    og_title = serializers.CharField(max_length=300, allow_blank=True, required=False)
    og_description = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    image_media_id = serializers.IntegerField(
        **_ID, allow_null=True, required=False, help_text="Picture for social networks."
    )
    twitter_card = serializers.ChoiceField(choices=["summary", "summary_large_image"], allow_blank=True, required=False)


class LayoutField(serializers.JSONField):
    """Any JSON object of at most 20,000 bytes, or null; the order of its keys is kept."""

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        if not isinstance(found, dict):
            raise serializers.ValidationError("A layout is an object.", "type")
        if len(dumps(found)) > MAX_LAYOUT_BYTES:
            raise serializers.ValidationError(f"A layout has at most {MAX_LAYOUT_BYTES} bytes.", "max_length")
        return found


class PlaceIn(serializers.Serializer[Any]):
    id = serializers.IntegerField(**_ID, required=False, help_text="Of a place that stays.")
    section = serializers.CharField(max_length=100, default="main", help_text="A free name, such as `sidebar`.")
    position = serializers.IntegerField(
        min_value=0, max_value=1_000_000, default=0, help_text="Within its section; counted anew from 0."
    )
    content_element_id = serializers.IntegerField(**_ID)
    layout_config = LayoutField(allow_null=True, default=None)


class PlaceOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    section = serializers.CharField()
    position = serializers.IntegerField()
    content_element_id = serializers.IntegerField(source="element_id")
    layout_config = serializers.JSONField()


class WarningOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class PageListOut(serializers.ListSerializer[Any]):
    """Looks up what a page needs from elsewhere for all of them at once."""

    def to_representation(self, data: Any) -> Any:
        pages = list(data)
        selectors.describe(pages)
        return super().to_representation(pages)


class PageOut(serializers.ModelSerializer[Page]):
    parent_id = serializers.IntegerField(allow_null=True)
    path = serializers.CharField(help_text="Of its slug and those above it, as they are being worked on.")
    seo = serializers.JSONField()
    seo_warnings = WarningOut(many=True)
    page_elements = PlaceOut(many=True, help_text="By section, then position.")
    element_count = serializers.SerializerMethodField()
    published = serializers.BooleanField()
    has_draft = serializers.BooleanField()
    status = serializers.CharField(help_text="`draft`, `scheduled` or `published`.")
    author_id = serializers.IntegerField(allow_null=True)
    site_id = serializers.IntegerField()

    class Meta:
        model = Page
        list_serializer_class = PageListOut
        fields = (
            "id",
            "title",
            "slug",
            "description",
            "parent_id",
            "position",
            "path",
            "template",
            "seo",
            "seo_warnings",
            "in_navigation",
            "page_elements",
            "element_count",
            "published",
            "has_draft",
            "status",
            "publish_at",
            "unpublish_at",
            "locale",
            "version",
            "author_id",
            "site_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_element_count(self, page: Page) -> int:
        return len(page.page_elements)

    def to_representation(self, page: Page) -> Any:
        if not isinstance(self.parent, PageListOut):
            selectors.describe([page])
        return super().to_representation(page)


class PagePatch(TextPatch):
    title = serializers.CharField(max_length=500, required=False)
    slug = serializers.RegexField(SLUG, max_length=200, required=False)
    description = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False, required=False)
    parent_id = serializers.IntegerField(**_ID, allow_null=True, required=False, help_text="null: at the top.")
    position = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, help_text="Among its siblings, from 0; left out: last."
    )
    template = serializers.RegexField(
        r"^([A-Za-z0-9][A-Za-z0-9_./-]*)?$",
        max_length=100,
        allow_blank=True,
        required=False,
        help_text="A key that the site's front end knows; any is taken.",
    )
    seo = SEOIn(required=False)
    in_navigation = serializers.BooleanField(required=False)
    page_elements = PlaceIn(  # type: ignore[call-arg]
        many=True, required=False, max_length=MAX_PLACES, help_text="Replaces all of them."
    )


class PageIn(PagePatch):
    title = serializers.CharField(max_length=500)


class ArrangeIn(serializers.Serializer[Any]):
    page_elements = PlaceIn(many=True, max_length=MAX_PLACES)  # type: ignore[call-arg]


class MoveIn(serializers.Serializer[Any]):
    parent_id = serializers.IntegerField(**_ID, allow_null=True, default=None, help_text="null: to the top.")
    position = serializers.IntegerField(
        min_value=0, max_value=1_000_000, allow_null=True, default=None, help_text="Among its siblings; null: last."
    )


class PagesQuery(PageQuery, LocaleQuery):
    published = serializers.BooleanField(required=False)
    source_locale = LocaleField(required=False, help_text="Only those written in it.")
    parent_id = serializers.IntegerField(min_value=0, max_value=2**63 - 1, required=False, help_text="0: at the top.")
    q = serializers.CharField(max_length=200, required=False, help_text="Part of title or slug.")
    sort = serializers.ChoiceField(choices=[*SORTS, "position", "-position", "title", "-title"], default="id")


class DeletePageQuery(DeleteQuery):
    children = serializers.ChoiceField(
        choices=["reject", "cascade", "lift"],
        default="reject",
        help_text="Pages below it: refuse, delete them too, or move them up to its parent.",
    )


class PageNodeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    path = serializers.CharField()
    status = serializers.CharField()
    position = serializers.IntegerField()
    children = serializers.ListField(child=serializers.DictField(), help_text="Nodes like this one.")
