from typing import Any

from rest_framework import serializers

from apps.media.models import DirectUpload
from apps.media.serializers.media import AboutIn


class DirectUploadIn(AboutIn):
    filename = serializers.CharField(max_length=255)
    size = serializers.IntegerField(min_value=1, max_value=2**50, help_text="Bytes of the whole file.")


class UploadPartOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes that are to be put there, exactly.")
    url = serializers.CharField(help_text="Takes the part by PUT, without a token.")


class DirectUploadOut(serializers.ModelSerializer[DirectUpload]):
    parts = UploadPartOut(many=True, source="addresses")

    class Meta:
        model = DirectUpload
        fields = ("id", "filename", "size", "part_size", "expires_at", "parts")
        read_only_fields = fields
