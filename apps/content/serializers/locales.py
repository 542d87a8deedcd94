from typing import Any

from rest_framework import serializers

from apps.sites.serializers import Exact, LocaleField


class LocalesIn(Exact):
    default = LocaleField(required=False, help_text="Left out: as it was.")
    enabled = serializers.ListField(
        child=LocaleField(), max_length=100, default=list, help_text="Those that the site offers."
    )
    fallback = serializers.DictField(
        child=serializers.ListField(child=LocaleField(), max_length=5),
        default=dict,
        help_text="For a locale, those to take in its place, in order.",
    )
    labels = serializers.DictField(
        child=serializers.CharField(max_length=100),
        default=dict,
        help_text="How the site calls its locales where the usual name will not do.",
    )


class LocalesOut(serializers.Serializer[Any]):
    default = serializers.CharField()
    enabled = serializers.ListField(child=serializers.CharField(), help_text="The default one is always among them.")
    fallback = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    labels = serializers.DictField(child=serializers.CharField(), help_text="A name for each enabled locale.")

    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(instance.document)
