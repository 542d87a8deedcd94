from typing import Any

from rest_framework import serializers

from apps.ai.providers.protocols import Voice
from apps.core.query import PageQuery
from apps.sites.serializers import LocaleField


class VoiceQuery(PageQuery):
    language = serializers.CharField(
        max_length=35, default="", allow_blank=True, help_text="`de` or `de-AT`; voices of any language come too."
    )
    model = serializers.CharField(max_length=120, default="", allow_blank=True, help_text="The id of a speaking model.")


class VoiceOut(serializers.Serializer[Voice]):
    id = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField(allow_blank=True, help_text="Empty: it speaks any.")
    model = serializers.CharField(help_text="To be named together with the voice.")
    about = serializers.CharField(allow_blank=True)


class SpeakIn(serializers.Serializer[Any]):
    """How a text is said."""

    locale = LocaleField(default="", allow_blank=True, help_text="The language of the text.")
    voice = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text="Of `GET …/media/tts/voices`; by default the model's."
    )
    model = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text="One that is not here gives the default of the task."
    )
    speed = serializers.FloatField(min_value=0.5, max_value=2, default=1, help_text="1: the voice's own.")
    output_format = serializers.ChoiceField(choices=["wav", "mp3"], default="wav")
    name = serializers.CharField(max_length=200, default="", allow_blank=True, help_text="By default the text's begin.")
    sync_mode = serializers.BooleanField(default=True, help_text="Wait for the result; 202 when it takes too long.")
    quote = serializers.CharField(max_length=4_000, required=False, help_text="Of `POST /credits/quote`.")
