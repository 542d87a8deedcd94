from typing import Any

from rest_framework import serializers


class LoginIn(serializers.Serializer[Any]):
    """`password` for people, `client_credentials` for service accounts; each with its own two members."""

    grant_type = serializers.ChoiceField(choices=["password", "client_credentials"], default="password")
    username = serializers.CharField(max_length=254, required=False, help_text="The e-mail address.")
    password = serializers.CharField(max_length=1000, required=False, trim_whitespace=False)
    client_id = serializers.CharField(max_length=8, required=False, help_text="The prefix of the key.")
    client_secret = serializers.CharField(max_length=200, required=False, help_text="The whole key.")
    tenant = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="Identifier; else the home tenant."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        people = attrs["grant_type"] == "password"
        needed = ("username", "password") if people else ("client_id", "client_secret")
        if missing := [name for name in needed if name not in attrs]:
            raise serializers.ValidationError(
                {name: self.fields[name].error_messages["required"] for name in missing}, "required"
            )
        return attrs


class RefreshIn(serializers.Serializer[Any]):
    refresh_token = serializers.CharField(max_length=4000)


class TokenOut(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField(allow_null=True, help_text="null for a service account, which has its key.")
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
