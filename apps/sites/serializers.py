from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from apps.core.query import PageQuery, Query
from apps.sites import locales, settings
from apps.sites.models import LIMITS, Domain, Prompt, Site, Tenant

LOCALE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"


class LocaleField(serializers.RegexField):
    """A locale as BCP 47 has them, any case; comes out in canonical case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(LOCALE, max_length=locales.LONGEST, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return locales.canonical(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error), "locale") from None


class Exact(serializers.Serializer[Any]):
    """A body that holds nothing but its own members: another one is 400."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            message = "This is not known here."
            raise serializers.ValidationError({name: serializers.ErrorDetail(message, "unknown") for name in unknown})
        return super().to_internal_value(data)


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
    default_locale = LocaleField(default="en")


class SiteQuery(PageQuery):
    sort = serializers.ChoiceField(choices=["identifier", "-identifier", "id", "-id"], default="identifier")


class SitePatch(Exact):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=500, allow_blank=True, required=False)
    default_locale = LocaleField(required=False)


class ConfirmIn(Exact):
    confirm = serializers.CharField(max_length=63, required=False, help_text="The identifier once more.")


class ConfirmQuery(Query):
    confirm = serializers.CharField(
        max_length=63, required=False, help_text="The identifier once more, here or in the body."
    )


class SiteSettingsDocument(serializers.BaseSerializer[Any]):
    """As `apps.sites.settings.SCHEMA` has it, which the service checks."""

    fields = settings.SCHEMA["properties"]

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, instance: settings.Settings) -> Any:
        return instance.document


class SiteSettingsSchema(OpenApiSerializerExtension):
    """Documents the settings by the schema that checks them."""

    target_class = SiteSettingsDocument

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        return settings.SCHEMA


class DomainRecordOut(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=["TXT"])
    name = serializers.CharField()
    value = serializers.CharField()


class DomainOut(serializers.ModelSerializer[Domain]):
    state = serializers.ChoiceField(
        choices=["unverified", "verified", "taken"], help_text="`taken`: another site has proven the name."
    )
    record = DomainRecordOut(help_text="The DNS record that proves the name, and has to stay.")
    token = serializers.CharField(help_text="What the record's value ends with.")
    outcome = serializers.ChoiceField(
        choices=Domain.Outcome.choices, allow_blank=True, help_text="Of the last check; empty before the first."
    )

    class Meta:
        model = Domain
        fields = (
            "id",
            "domain",
            "state",
            "record",
            "token",
            "verified_at",
            "expires_at",
            "checked_at",
            "outcome",
            "missing_since",
            "created_at",
        )
        read_only_fields = fields


class ListedSiteOut(serializers.Serializer[Any]):
    identifier = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    locales = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(help_text="The site's first verified domain; without one, its public address here.")


class PublicSiteOut(serializers.Serializer[Any]):
    identifier = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    default_locale = serializers.CharField()
    locales = serializers.ListField(child=serializers.CharField())
    links = serializers.DictField(child=serializers.CharField(), help_text="Addresses by what is found there.")


class LimitsOut(serializers.Serializer[Any]):
    users = serializers.IntegerField()
    sites = serializers.IntegerField()
    storage_bytes = serializers.IntegerField()
    elements = serializers.IntegerField()


class LimitsIn(Exact):
    def get_fields(self) -> dict[str, Any]:
        return {
            name: serializers.IntegerField(
                min_value=0, max_value=10**15, allow_null=True, required=False, help_text="null: the default again."
            )
            for name in LIMITS
        }


class TenantOut(serializers.ModelSerializer[Tenant]):
    limits = LimitsOut(source="effective_limits")

    class Meta:
        model = Tenant
        fields: tuple[str, ...] = ("id", "identifier", "name", "email", "status", "plan", "limits", "created_at")
        read_only_fields = fields


class UsageOut(serializers.Serializer[Any]):
    users = serializers.IntegerField(source="used_users")
    sites = serializers.IntegerField(source="used_sites", help_text="Without deleted ones.")
    storage_bytes = serializers.IntegerField(source="used_storage_bytes")
    elements = serializers.IntegerField(source="used_elements", help_text="Without those in the trash.")


class TenantCurrentOut(TenantOut):
    usage = UsageOut(source="*", help_text="What of the limits is counted so far.")

    class Meta(TenantOut.Meta):
        fields = (*TenantOut.Meta.fields, "usage")
        read_only_fields = fields


class TenantIn(Exact):
    identifier = serializers.CharField(max_length=63)
    name = serializers.CharField(max_length=200)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)


class TenantPatch(Exact):
    name = serializers.CharField(max_length=200, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    plan = serializers.SlugField(max_length=40, required=False)
    status = serializers.ChoiceField(choices=["active", "suspended"], required=False)
    limits = LimitsIn(required=False)


class TenantQuery(PageQuery):
    q = serializers.CharField(
        max_length=100, default="", allow_blank=True, help_text="Part of identifier, name or e-mail address."
    )
    status = serializers.ChoiceField(choices=Tenant.Status.choices, default="", allow_blank=True)
    sort = serializers.ChoiceField(
        choices=["identifier", "-identifier", "created_at", "-created_at", "id", "-id"], default="identifier"
    )


class PromptQuery(Query):
    site = serializers.CharField(
        max_length=63, default="", allow_blank=True, help_text="Identifier of the site whose layer is meant."
    )


class PromptIn(Exact):
    text = serializers.CharField(
        max_length=100_000,
        allow_blank=True,
        trim_whitespace=False,
        help_text="With variables as `{{site_name}}`; empty: the layer says nothing.",
    )


class PromptLayerOut(serializers.ModelSerializer[Prompt]):
    layer = serializers.ChoiceField(choices=["platform", "tenant", "site"])

    class Meta:
        model = Prompt
        fields = ("layer", "number", "text")
        read_only_fields = fields


class PromptVersionOut(serializers.ModelSerializer[Prompt]):
    class Meta:
        model = Prompt
        fields = ("number", "text", "author_id", "created_at")
        read_only_fields = fields


class PromptOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Prompt.Kind.choices)
    layer = serializers.ChoiceField(choices=["platform", "tenant", "site"], help_text="The one that a PUT changes.")
    number = serializers.IntegerField(help_text="Version of that layer's text; 0: it has none.")
    text = serializers.CharField(allow_blank=True, help_text="Of that layer.")
    effective = serializers.CharField(allow_blank=True, help_text="All layers' texts, the platform's first.")
    layers = PromptLayerOut(many=True)
    versions = PromptVersionOut(many=True, help_text="Of that layer, newest first, the last hundred.")
    diff = serializers.CharField(allow_blank=True, help_text="Unified diff from the version before; empty without.")
    variables = serializers.DictField(child=serializers.CharField(), help_text="What may stand in double braces.")
