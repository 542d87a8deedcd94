from typing import Any

from rest_framework import serializers

from apps.core.query import Query

NONCE_LENGTH = 16


class ProviderOut(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="As it stands in addresses.")
    name = serializers.CharField()


class IdentityOut(serializers.Serializer[Any]):
    provider = serializers.CharField(help_text="Its id, as it stands in addresses.")
    name = serializers.CharField(help_text="The provider's; its id where it is not configured any more.")
    linked_at = serializers.DateTimeField()


class AuthorizeQuery(Query):
    redirect_uri = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text="One of the configured addresses, exactly; else the first.",
    )
    client_nonce = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="16 or more random characters that the callback must show again, for clients that keep no cookie.",
    )

    def validate_client_nonce(self, value: str) -> str:
        if value and len(value) < NONCE_LENGTH:
            raise serializers.ValidationError("This has fewer than 16 characters.", code="min_length")
        return value


class AuthorizeOut(serializers.Serializer[Any]):
    authorization_url = serializers.CharField(help_text="Where to send the browser.")
    state = serializers.CharField(help_text="Comes back beside the code.")
    expires_in = serializers.IntegerField(help_text="Seconds within which the callback must come.")


class OAuthCallbackIn(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=4000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the provider. Left out when only `otp` was missing.",
    )
    state = serializers.CharField(max_length=200)
    client_nonce = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text="As it was sent to authorize."
    )
    otp = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="", help_text="A code of the second factor."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["code"] and not attrs["otp"]:
            raise serializers.ValidationError({"code": ["This field is required."]}, code="required")
        return attrs
