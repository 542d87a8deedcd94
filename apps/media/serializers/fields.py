import math
import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_KEYWORDS_IN = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}]}


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


class Finite(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class Fraction(Finite):
    """From 0 to 1, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=1, allow_null=True, required=False, **kwargs)


class FolderField(serializers.CharField):
    """An id, or `none`, which becomes 0."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not re.fullmatch("none|[1-9][0-9]{0,17}", text):
            raise serializers.ValidationError("The id of a folder, or `none`.", code="invalid")
        return 0 if text == "none" else int(text)


class FocalField(serializers.CharField):
    """`x,y` as fractions."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not re.fullmatch(r"(0(\.[0-9]{1,6})?|1(\.0{1,6})?),(0(\.[0-9]{1,6})?|1(\.0{1,6})?)", text):
            raise serializers.ValidationError("Two fractions, as 0.5,0.25.", code="invalid")
        x, y = text.split(",")
        return float(x), float(y)
