import math
import re
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.query import NamesField, PageQuery, Query
from apps.core.serializers import BulkAction, BulkIn
from apps.media import sizes
from apps.media.models import DirectUpload, Folder, Media, MediaVersion, Rendition, Use
from apps.media.services.bulk import Item

_KEYWORDS_IN = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]}
SORTS = ("id", "created_at", "updated_at", "name", "file_size")
MAX_TEXT = 10_000


class MediaOut(serializers.ModelSerializer[Media]):
    url = serializers.CharField(help_text="Absolute, unsigned; never changes.")
    keywords = serializers.ListField(child=serializers.CharField(), allow_null=True)
    author_id = serializers.IntegerField(allow_null=True)
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


class TagsField(KeywordsField):
    """Each once, in the client's order."""

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


class FolderIdField(serializers.IntegerField):
    """The id of a folder of the site; null, or empty in a form, is outside of all folders."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, required=False, allow_null=True, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(None if data == "" else data)


class Fraction(serializers.FloatField):
    """From 0 to 1, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, allow_null=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


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


class FocalField(serializers.CharField):
    """`x,y` as fractions."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not re.fullmatch(r"(0(\.[0-9]{1,6})?|1(\.0{1,6})?),(0(\.[0-9]{1,6})?|1(\.0{1,6})?)", text):
            raise serializers.ValidationError("Two fractions, as 0.5,0.25.", code="invalid")
        x, y = text.split(",")
        return float(x), float(y)


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


class FolderField(serializers.CharField):
    """An id, or `none`, which becomes 0."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not re.fullmatch("none|[1-9][0-9]{0,17}", text):
            raise serializers.ValidationError("The id of a folder, or `none`.", code="invalid")
        return 0 if text == "none" else int(text)


class MediaQuery(PageQuery):
    q = serializers.CharField(max_length=200, required=False, help_text="In name, file name or alternative text.")
    type = serializers.RegexField(
        r"^[a-z]+(/[a-z0-9.+-]+)?$", max_length=100, required=False, help_text="`image`, or `image/png`."
    )
    folder = FolderField(required=False, help_text="Id of a folder; `none` for files that are in none.")
    tag = NamesField(most=20, longest=200, help_text="Tags separated by commas; files that have all of them.")
    duplicates = serializers.BooleanField(required=False, help_text="True: files whose bytes another one has too.")
    sort = serializers.ChoiceField(choices=[sign + field for field in SORTS for sign in ("", "-")], default="id")


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


class BulkMediaAction(BulkAction):
    action = serializers.ChoiceField(choices=["update", "move", "tag", "delete"])


class MoveIn(serializers.Serializer[Any]):
    folder_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, allow_null=True)


class TagIn(serializers.Serializer[Any]):
    add = TagsField(default=list)
    remove = TagsField(default=list)


class MediaBulkIn(BulkIn):
    """`move` takes `folder_id`, `tag` takes `add` and `remove`, `update` what a change takes, `delete` `force`."""

    named, item = BulkMediaAction, Item
    shapes: ClassVar = {"update": MediaPatch, "move": MoveIn, "tag": TagIn}


class FolderOut(serializers.ModelSerializer[Folder]):
    parent_id = serializers.IntegerField(allow_null=True)
    path = serializers.CharField(help_text="Names from the top, separated by ` / `.")
    media_count = serializers.IntegerField(help_text="Files in it, without those in folders below.")
    folder_count = serializers.IntegerField(help_text="Folders in it, without those below them.")

    class Meta:
        model = Folder
        fields = ("id", "name", "parent_id", "path", "media_count", "folder_count", "created_at", "updated_at")
        read_only_fields = fields


class FolderNodeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    media_count = serializers.IntegerField(help_text="Files in it.")
    total_count = serializers.IntegerField(help_text="Files in it and in all folders below.")
    children = serializers.ListField(child=serializers.DictField(), help_text="Nodes like this one.")


class FolderNameField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if "/" in name or not name.isprintable():
            raise serializers.ValidationError("A folder's name has no slash and no control characters.", code="invalid")
        return name


class FolderIn(serializers.Serializer[Any]):
    name = FolderNameField()
    parent_id = FolderIdField(help_text="Null: at the top.")


class FolderPatch(serializers.Serializer[Any]):
    name = FolderNameField(required=False)
    parent_id = FolderIdField(help_text="Null: at the top.")


class FolderQuery(PageQuery):
    parent = FolderField(required=False, help_text="Id of the folder above; `none` for those at the top.")
    q = serializers.CharField(max_length=200, required=False, help_text="In the name.")
    sort = serializers.ChoiceField(
        choices=["id", "-id", "name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"], default="name"
    )


class FolderDeleteQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Also with something in it.")


class MediaDeleteQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although documents show it.")
