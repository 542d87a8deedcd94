from typing import Any

from rest_framework import serializers

from apps.core.query import PageQuery
from apps.sites.models import Site


class SiteOut(serializers.ModelSerializer[Site]):
    tenant_id = serializers.IntegerField()

    class Meta:
        model = Site
        fields = (
            "id",
            "identifier",
            "name",
            "description",
            "default_locale",
            "cache_seconds",
            "status",
            "tenant_id",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class SiteIn(serializers.Serializer[Any]):
    identifier = serializers.CharField(max_length=63)
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=500, allow_blank=True, default="")
    default_locale = serializers.RegexField(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35, default="en")


class SiteQuery(PageQuery):
    sort = serializers.ChoiceField(choices=["identifier", "-identifier", "id", "-id"], default="identifier")
