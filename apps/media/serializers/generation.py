from typing import Any

from rest_framework import serializers

from apps.ai.serializers import MAX_PROMPT, AskIn, GenerateIn
from apps.media.serializers.fields import Finite
from apps.media.serializers.media import MediaOut
from apps.media.serializers.operations import MOST, RATIO, OperationField

ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class GeneratedMediaOut(MediaOut):
    """The first picture, and those that were made with it."""

    more = MediaOut(many=True, help_text="The others, where several were asked for.")

    class Meta(MediaOut.Meta):
        fields = (*MediaOut.Meta.fields, "more")
        read_only_fields = fields


class FilmOut(MediaOut):
    poster = serializers.CharField(allow_null=True, help_text="Address of a picture that stands for it until it plays.")

    class Meta(MediaOut.Meta):
        fields = (*MediaOut.Meta.fields, "poster")
        read_only_fields = fields


class NamedIn(GenerateIn):
    name = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="By default the prompt's begin."
    )


class PaintIn(NamedIn):
    aspect_ratio = serializers.RegexField(RATIO, default="1:1")
    num_images = serializers.IntegerField(min_value=1, max_value=10, default=1)
    output_format = serializers.ChoiceField(choices=["png", "jpeg", "webp"], default="png")


class FilmIn(NamedIn):
    sync_mode = serializers.BooleanField(
        default=False, help_text="Wait for the film, which takes long: 202 when it takes longer."
    )
    media_ids = serializers.ListField(
        child=serializers.IntegerField(**ID), max_length=10, required=False, help_text="Pictures to begin with."
    )
    captions = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=10, required=False, help_text="One after the other."
    )
    seconds = Finite(
        min_value=1, max_value=60, default=5, help_text="Rounded up to a length that the model makes, and charged so."
    )
    aspect_ratio = serializers.RegexField(RATIO, default="16:9")


class ChangeIn(AskIn):
    output_format = serializers.ChoiceField(
        choices=["png", "jpeg", "webp"], required=False, help_text="By default the picture's own, or png."
    )
    as_new = serializers.BooleanField(default=False, help_text="Leave the media as it is and make another.")


class EditIn(ChangeIn):
    instruction = serializers.CharField(max_length=MAX_PROMPT, required=False)
    operations = serializers.ListField(
        child=OperationField(), min_length=1, max_length=MOST, required=False, help_text="One after the other."
    )
    mask_media_id = serializers.IntegerField(
        **ID,
        required=False,
        allow_null=True,
        help_text="A picture of the same size: only where it is opaque, or light if it is opaque all over, anything "
        "changes.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("instruction" in attrs) == ("operations" in attrs):
            raise serializers.ValidationError(
                {"instruction": ["Either an instruction or operations are needed."]}, code="required"
            )
        return attrs


class RemoveBackgroundIn(ChangeIn):
    output_format = serializers.ChoiceField(
        choices=["png", "webp"], required=False, help_text="By default the picture's own, or png."
    )


class UpscaleIn(ChangeIn):
    factor = serializers.IntegerField(min_value=2, max_value=4, default=2, help_text="Times as wide and as high.")


class DescribeIn(AskIn):
    apply = serializers.BooleanField(
        default=False, help_text="Write what is proposed into the media; needs `media.write`."
    )
    language = serializers.RegexField(r"^[a-zA-Z0-9-]*$", max_length=35, default="", allow_blank=True)
    fields_ = serializers.MultipleChoiceField(
        choices=["alt_text", "description", "keywords"], required=False, help_text="By default all."
    )
    overwrite = serializers.BooleanField(
        default=False, help_text="With `apply`: also where something is written already."
    )

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"fields": fields.pop("fields_"), **fields}


class ProposedOut(serializers.Serializer[Any]):
    """What was asked for."""

    alt_text = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    keywords = serializers.ListField(child=serializers.CharField(), required=False)


class DescriptionOut(serializers.Serializer[Any]):
    media_id = serializers.IntegerField()
    proposed = ProposedOut()
    applied = serializers.ListField(child=serializers.CharField(), help_text="What of it the media says now.")
    sees = serializers.BooleanField(
        help_text="False where no model looked at it: colours, light and shape were measured, the rest is its name."
    )
    model = serializers.CharField()
    credits = serializers.IntegerField(help_text="What was charged.")
    job_id = serializers.UUIDField()
