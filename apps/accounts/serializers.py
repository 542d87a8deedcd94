from typing import Any

from rest_framework import serializers


class LoginIn(serializers.Serializer[Any]):
    grant_type = serializers.ChoiceField(choices=["password"], default="password")
    username = serializers.CharField(max_length=254, help_text="The e-mail address.")
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    tenant = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="Identifier; else the home tenant."
    )


class RefreshIn(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4000)


class TokenOut(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds that the access token lives.")


class TenantRef(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    name = serializers.CharField()


class SiteRole(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    identifier = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(allow_null=True)


class CurrentUserOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()
    name = serializers.CharField()
    tenant = TenantRef(allow_null=True)
    role = serializers.CharField(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    sites = SiteRole(many=True)
