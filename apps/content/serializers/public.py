from typing import Any

from rest_framework import serializers

from apps.content.serializers.documents import LocaleQuery
from apps.core.query import SliceQuery


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


class PublicPostQuery(SliceQuery, LocaleQuery):
    pass


class PublicElementQuery(SliceQuery, LocaleQuery):
    type = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="`{site}_{key}` or the bare key."
    )
