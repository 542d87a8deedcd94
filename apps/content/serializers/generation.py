from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.media.serializers import SpeakIn
from apps.media.services.generating.speaking import MOST
from apps.sites.serializers import LocaleField

SOURCES = ("text", "post_id", "element_id")
LARGEST = 2**63 - 1


class SpeechIn(SpeakIn):
    """One of `text`, `post_id` and `element_id`."""

    text = serializers.CharField(max_length=MOST, required=False)
    post_id = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)
    element_id = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(name in attrs for name in SOURCES) != 1:
            message = "Exactly one of `text`, `post_id` and `element_id` is said."
            raise serializers.ValidationError({"text": serializers.ErrorDetail(message, "one_of")})
        return attrs


_LOCALE = {"type": "string", "maxLength": 35}


@extend_schema_field({"oneOf": [_LOCALE, {"type": "array", "items": _LOCALE, "minItems": 1, "maxItems": 100}]})
class LocalesField(serializers.ListField):
    """One locale, or a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=LocaleField(), min_length=1, max_length=100, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        return [*dict.fromkeys(super().to_internal_value([data] if isinstance(data, str) else data))]


class TranslateIn(serializers.Serializer[Any]):
    """Of other services' members, those that mean nothing here are left out."""

    locales = LocalesField(help_text="Of those that the site offers, not the document's own.")
    fields_ = serializers.ListField(
        child=serializers.CharField(max_length=200),
        min_length=1,
        max_length=200,
        required=False,
        help_text="Members to translate, of an element those of its data; by default all that hold text.",
    )
    overwrite = serializers.BooleanField(
        default=False, help_text="Translate anew what is up to date, and what people have written."
    )
    model = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text="One that is not here gives the default of the task."
    )
    sync_mode = serializers.BooleanField(default=False, help_text="Wait for the result; 202 when it takes too long.")
    quote = serializers.CharField(max_length=4_000, required=False, help_text="Of `POST /credits/quote`.")

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        # `fields` is taken as an attribute name by serializers themselves.
        return {("fields" if name == "fields_" else name): field for name, field in found.items()}


class TranslatedLocaleOut(serializers.Serializer[Any]):
    locale = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["made", "kept"])
    reason = serializers.ChoiceField(
        choices=["missing", "outdated", "overwritten", "fresh", "edited", "changed", "unfit"],
        help_text="Why it was made: `missing`, `outdated`, `overwritten`. Why it was kept: up to date; written by "
        "people; changed while the model was at work; what came does not fit the type.",
    )
    version = serializers.IntegerField(allow_null=True, help_text="Of the translation as it is now.")
    untranslated = serializers.ListField(
        child=serializers.CharField(),
        help_text="Members that stay as they were: the model changed code or an address in them, or it came too long.",
    )


class TranslatedOut(serializers.Serializer[Any]):
    source_version = serializers.IntegerField(help_text="The document's version that was translated.")
    results = TranslatedLocaleOut(many=True)
    model = serializers.CharField(allow_null=True)
    credits = serializers.IntegerField(help_text="What was charged.")
    job_id = serializers.UUIDField(allow_null=True, help_text="Null when there was nothing to do.")
