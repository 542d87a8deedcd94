from rest_framework import serializers

from apps.ai.serializers import GenerateIn
from apps.media.serializers.media import MediaOut


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
