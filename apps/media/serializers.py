import math
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.ai.serializers import GenerateIn
from apps.core.query import PageQuery, Query
from apps.media.models import Media

_KEYWORDS_IN = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
SORTS = ("id", "created_at", "updated_at", "name", "file_size")
MAX_TEXT = 10_000


class MediaOut(serializers.ModelSerializer[Media]):
    url = serializers.CharField(help_text="Absolute, unsigned; never changes.")
    keywords = serializers.ListField(child=serializers.CharField(), allow_null=True)
    author_id = serializers.IntegerField(allow_null=True)
    provenance = serializers.JSONField(
        allow_null=True, help_text="Of what was generated: provider, model, prompt, seed, parameters, credits."
    )

    class Meta:
        model = Media
        fields = (
            "id",
            "url",
            "filename",
            "name",
            "file_size",
            "media_type",
            "alt_text",
            "description",
            "keywords",
            "status",
            "width",
            "height",
            "focal_x",
            "focal_y",
            "author_id",
            "provenance",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


@extend_schema_field(_KEYWORDS_IN)
class KeywordsField(serializers.Field[Any, Any, Any, Any]):
    """A list, a text with commas, or (in a form) a part that stands more than once. Empty is an empty list."""

    def get_value(self, dictionary: Any) -> Any:
        if hasattr(dictionary, "getlist"):
            return dictionary.getlist(self.field_name) or serializers.empty
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> list[str]:
        given = [data] if isinstance(data, str) else data
        if not isinstance(given, list) or not all(isinstance(text, str) and "\0" not in text for text in given):
            raise serializers.ValidationError("Keywords are a list of texts, or one text with commas.", code="invalid")
        words = [word.strip() for text in given for word in text.split(",")]
        if len(words) > 100 or any(len(word) > 200 for word in words):
            raise serializers.ValidationError("At most 100 keywords of at most 200 characters.", code="max_length")
        return [word for word in words if word]

    def to_representation(self, value: Any) -> Any:
        return value


class Fraction(serializers.FloatField):
    """From 0 to 1, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, allow_null=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class UploadIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=255, default="", allow_blank=True, help_text="By default the file's name.")
    alt_text = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)
    description = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)
    keywords = KeywordsField(required=False, allow_null=True, help_text="With commas, or given more than once.")
    file = serializers.FileField(allow_empty_file=True)


class MediaPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=255, required=False)
    alt_text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)
    description = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)
    keywords = KeywordsField(required=False, allow_null=True)
    focal_x = Fraction(help_text="What must stay visible: fraction of the width, from the left.")
    focal_y = Fraction(help_text="Fraction of the height, from the top.")


class PublicMediaOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    filename = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    file_size = serializers.IntegerField()
    media_type = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    keywords = serializers.CharField(allow_null=True, allow_blank=True, help_text="Joined with commas.")
    alt_text = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class MediaQuery(PageQuery):
    q = serializers.CharField(max_length=200, required=False, help_text="In name, file name or alternative text.")
    type = serializers.RegexField(
        r"^[a-z]+(/[a-z0-9.+-]+)?$", max_length=100, required=False, help_text="`image`, or `image/png`."
    )
    sort = serializers.ChoiceField(choices=[sign + field for field in SORTS for sign in ("", "-")], default="id")


class MediaDeleteQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although documents show it.")


class GeneratedMediaOut(MediaOut):
    """The first picture, and those that were made with it."""

    more = MediaOut(many=True, help_text="The others, where several were asked for.")

    class Meta(MediaOut.Meta):
        fields = (*MediaOut.Meta.fields, "more")
        read_only_fields = fields


class PaintIn(GenerateIn):
    name = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="By default the prompt's begin."
    )
    aspect_ratio = serializers.RegexField(r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$", default="1:1")
    num_images = serializers.IntegerField(min_value=1, max_value=10, default=1)
    output_format = serializers.ChoiceField(choices=["png", "jpeg", "webp"], default="png")
