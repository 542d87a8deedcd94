from typing import Any

from rest_framework import serializers

from apps.accounts.models import Session
from apps.core.encoding import dumps
from apps.core.query import PageQuery

PREFERENCES_BYTES = 10 * 1024


class LoginIn(serializers.Serializer[Any]):
    """`password` for people, `client_credentials` for service accounts; each with its own two members."""

    grant_type = serializers.ChoiceField(choices=["password", "client_credentials"], default="password")
    username = serializers.CharField(max_length=254, required=False, help_text="The e-mail address.")
    password = serializers.CharField(max_length=1000, required=False, trim_whitespace=False)
    otp = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="Where the account has a second factor: a code of the app, or a recovery code.",
    )
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
    tenant = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="Identifier of the tenant to change to."
    )


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
    email_verified = serializers.BooleanField(help_text="Whether the address was shown to be the person's.")
    preferences = serializers.DictField(help_text="What the person's clients keep about it; of any shape.")
    home_tenant = serializers.CharField(
        allow_null=True, help_text="Identifier of the tenant that a sign-in without `tenant` leads to."
    )
    tenant = TenantRef(allow_null=True)
    role = serializers.CharField(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())
    sites = SiteRole(many=True)


class CurrentUserIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    preferences = serializers.DictField(required=False, help_text="Replaced as a whole; at most 10 KB of JSON.")
    home_tenant = serializers.CharField(max_length=63, required=False, help_text="Identifier of a tenant of one's own.")

    def validate_preferences(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(dumps(value)) > PREFERENCES_BYTES:
            raise serializers.ValidationError("This holds more than 10 KB.", code="max_length")
        return value


class PasswordChangeIn(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class SessionQuery(PageQuery):
    """Of one's own sessions, the one used last first."""


class SessionOut(serializers.ModelSerializer[Session]):
    current = serializers.SerializerMethodField(help_text="Whether it is the session that asks.")

    class Meta:
        model = Session
        fields = ("id", "device", "address", "amr", "created_at", "used_at", "expires_at", "current")
        read_only_fields = fields

    def get_current(self, session: Session) -> bool:
        return bool(getattr(session, "current", False))


class AddressIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class LinkIn(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=100, help_text="As it stands in the mail's link, after `#token=`.")


class PasswordResetIn(LinkIn):
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class MailedOut(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="The same for known and unknown addresses.")


class SignupIn(AddressIn):
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    name = serializers.CharField(max_length=200, help_text="The person's.")
    company = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text="Name of tenant and site."
    )
    tenant = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="Identifier; else derived from the name."
    )
    site = serializers.CharField(
        max_length=63, required=False, allow_blank=True, default="", help_text="Identifier; else the tenant's, if free."
    )
