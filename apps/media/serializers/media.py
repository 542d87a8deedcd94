from typing import Any

from rest_framework import serializers

from apps.core.query import NamesField, PageQuery, Query
from apps.media.models import Media, MediaVersion, Use
from apps.media.serializers.fields import FolderField, FolderIdField, Fraction, KeywordsField, TagsField

SORTS = ("id", "created_at", "updated_at", "name", "file_size")
MAX_TEXT = 10_000


class MediaOut(serializers.ModelSerializer[Media]):
    url = serializers.CharField(help_text="Absolute, unsigned; never changes.")
    keywords = serializers.ListField(child=serializers.CharField(), allow_null=True)
    author_id = serializers.IntegerField(allow_null=True)
    provenance = serializers.JSONField(
        allow_null=True, help_text="Of what was generated: provider, model, prompt, seed, parameters, credits."
    )
    folder_id = serializers.IntegerField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    duration = serializers.FloatField(allow_null=True, help_text="Seconds, of audio and video that tell.")
    placeholder = serializers.CharField(help_text="Thumbhash in base64; empty for what is no picture.")
    srcset = serializers.CharField(help_text="For an `img` element: the picture in widths up to its own.")

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
            "folder_id",
            "tags",
            "revision",
            "duration",
            "placeholder",
            "srcset",
        )
        read_only_fields = fields


class UploadedOut(MediaOut):
    duplicate_of = serializers.IntegerField(
        allow_null=True, help_text="The first other file of the site with the same bytes, if there is one."
    )

    class Meta(MediaOut.Meta):
        fields = (*MediaOut.Meta.fields, "duplicate_of")
        read_only_fields = fields


class AboutIn(serializers.Serializer[Any]):
    """What is said of a file that comes."""

    name = serializers.CharField(max_length=255, default="", allow_blank=True, help_text="By default the file's name.")
    alt_text = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)
    description = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)
    keywords = KeywordsField(required=False, allow_null=True, help_text="With commas, or given more than once.")
    folder_id = FolderIdField()
    tags = TagsField(required=False, help_text="With commas, or given more than once.")


class UploadIn(AboutIn):
    file = serializers.FileField(allow_empty_file=True)


class ImportIn(AboutIn):
    url = serializers.CharField(max_length=8000, help_text="http or https, on its own port, on a public host.")


class FileIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)


class MediaPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=255, required=False)
    alt_text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)
    description = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)
    keywords = KeywordsField(required=False, allow_null=True)
    focal_x = Fraction(help_text="What must stay visible: fraction of the width, from the left.")
    focal_y = Fraction(help_text="Fraction of the height, from the top.")
    folder_id = FolderIdField()
    tags = TagsField(required=False)


class MediaQuery(PageQuery):
    q = serializers.CharField(max_length=200, required=False, help_text="In name, file name or alternative text.")
    type = serializers.RegexField(
        r"^[a-z]+(/[a-z0-9.+-]+)?$", max_length=100, required=False, help_text="`image`, or `image/png`."
    )
    folder = FolderField(required=False, help_text="Id of a folder; `none` for files that are in none.")
    tag = NamesField(most=20, longest=200, help_text="Tags separated by commas; files that have all of them.")
    duplicates = serializers.BooleanField(required=False, help_text="True: files whose bytes another one has too.")
    sort = serializers.ChoiceField(choices=[sign + field for field in SORTS for sign in ("", "-")], default="id")


class MediaDeleteQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although documents show it.")


class MediaVersionOut(serializers.ModelSerializer[MediaVersion]):
    url = serializers.CharField(help_text="Absolute, unsigned; never changes.")

    class Meta:
        model = MediaVersion
        fields = ("number", "url", "filename", "media_type", "file_size", "width", "height", "replaced_at")
        read_only_fields = fields


class UseOut(serializers.ModelSerializer[Use]):
    class Meta:
        model = Use
        fields = ("doc_type", "doc_id", "field")
        read_only_fields = fields
