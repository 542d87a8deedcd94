from typing import Any

from rest_framework import serializers

from apps.content.serializers.documents import LocaleQuery
from apps.core.query import Query, SliceQuery


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


class SEOOut(serializers.Serializer[Any]):
    title = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    canonical = serializers.CharField(allow_blank=True)
    robots = serializers.CharField(allow_blank=True)
    og_title = serializers.CharField(allow_blank=True)
    og_description = serializers.CharField(allow_blank=True)
    twitter_card = serializers.CharField(allow_blank=True)
    image = serializers.CharField(allow_null=True, help_text="Address of the picture for social networks.")


class PublicContentElementOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    type_identifier = serializers.CharField()
    data = serializers.DictField(help_text="References resolved.")
    updated_at = serializers.DateTimeField()


class PublicPlaceOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    position = serializers.IntegerField()
    section = serializers.CharField()
    layout_config = serializers.DictField(allow_null=True)
    content_element = PublicContentElementOut()


class PublicPageRowOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    updated_at = serializers.DateTimeField()
    element_count = serializers.IntegerField()
    published = serializers.BooleanField()
    parent_id = serializers.IntegerField(allow_null=True)
    path = serializers.CharField()


class PublicPageOut(PublicPageRowOut):
    locale = serializers.CharField()
    template = serializers.CharField(allow_blank=True)
    seo = SEOOut()
    page_elements = PublicPlaceOut(many=True, help_text="By section, then position.")


class NavigationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()
    path = serializers.CharField()
    children = serializers.ListField(child=serializers.DictField(), help_text="Entries like this one.")


class PublicPageQuery(LocaleQuery):
    limit = serializers.IntegerField(default=50, min_value=1, max_value=500, help_text="Items to answer with.")
    offset = serializers.IntegerField(default=0, min_value=0, max_value=100_000, help_text="Items to leave out first.")
    skip = serializers.IntegerField(
        min_value=0, max_value=100_000, required=False, help_text="Another name of `offset`."
    )
    status = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Published ones only, whatever it says."
    )
    slug = serializers.CharField(max_length=200, default="", allow_blank=True)
    search = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Part of title or description."
    )


class PathQuery(LocaleQuery):
    path = serializers.CharField(max_length=4100, help_text="Such as `/about/team`.")


class SitemapQuery(Query):
    page = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, help_text="The file of the index, from 1."
    )


class PublicPostQuery(SliceQuery, LocaleQuery):
    pass


class PublicElementQuery(SliceQuery, LocaleQuery):
    type = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="`{site}_{key}` or the bare key."
    )
