from typing import Any

from rest_framework import serializers

from apps.core.query import Query
from apps.media import sizes
from apps.media.models import Rendition
from apps.media.serializers.fields import FocalField


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
    focal_x = serializers.FloatField(allow_null=True)
    focal_y = serializers.FloatField(allow_null=True)
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")
    placeholder = serializers.CharField(allow_blank=True, help_text="Thumbhash in base64.")
    srcset = serializers.CharField(allow_blank=True, help_text="For an `img` element.")
    sizes = serializers.CharField(allow_blank=True, help_text="A hint for the same element, until the page knows.")


class SizeQuery(Query):
    w = serializers.IntegerField(
        required=False, min_value=1, max_value=sizes.LARGEST, help_text="Width in pixels; rounded up."
    )
    h = serializers.IntegerField(
        required=False, min_value=1, max_value=sizes.LARGEST, help_text="Height in pixels; rounded up."
    )
    fit = serializers.ChoiceField(
        choices=sizes.FITS,
        required=False,
        help_text="With both sides: `cover` fills them and cuts around the focal point (default), `contain` lays the "
        "picture on empty ground, `inside` is as large as they allow.",
    )
    format = serializers.ChoiceField(choices=sizes.FORMATS, required=False, help_text="By default webp.")
    q = serializers.IntegerField(required=False, min_value=1, max_value=100, help_text="Quality; rounded up.")
    fp = FocalField(required=False, max_length=20, help_text="Focal point as `x,y`; by default the file's own.")


class ViewQuery(SizeQuery):
    s = serializers.CharField(
        required=False, max_length=100, help_text="Signature over the others, with which nothing is rounded."
    )


class RenditionOut(serializers.ModelSerializer[Rendition]):
    url = serializers.CharField(help_text="Absolute; what is there never changes.")

    class Meta:
        model = Rendition
        fields = ("url", "media_type", "width", "height", "file_size", "created_at")
        read_only_fields = fields


class RenditionsOut(serializers.Serializer[Any]):
    items = RenditionOut(many=True, help_text="Made so far, the last one first; at most 500.")
    srcset = serializers.CharField(allow_blank=True)
    signed_url = serializers.CharField(allow_null=True, help_text="Of what was asked for, exactly.")
    widths = serializers.ListField(child=serializers.IntegerField(), help_text="What sides are rounded up to.")
    qualities = serializers.ListField(child=serializers.IntegerField())
    formats = serializers.ListField(child=serializers.CharField())
