"""Path values, bounded: what cannot be an id or a slug is no such path, so 404."""

from django.urls import register_converter


class IdConverter:
    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class SlugConverter:
    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"

    def to_python(self, value: str) -> str:
        if len(value) > 200:
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        return value


class RefConverter(SlugConverter):
    """An id or a slug."""


class LocaleConverter:
    """What may be a locale; whether it is one, the operation says."""

    regex = "[^/]{1,80}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(IdConverter, "id")
register_converter(SlugConverter, "site")
register_converter(RefConverter, "ref")
register_converter(LocaleConverter, "locale")
