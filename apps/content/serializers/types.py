from typing import Any

from rest_framework import serializers

from apps.content.models import ContentType


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
