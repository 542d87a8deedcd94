"""Reading request bodies, with bounds."""

from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser

from apps.core import errors

MAX_DEPTH = 64


class JSONBodyParser(BaseParser):
    """JSON of at most `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes and 64 levels; an empty body is an empty object."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise errors.TooLarge
        if not body.strip():
            return {}
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise errors.Malformed(f"The body is not JSON: {error.msg} at line {error.lineno}.") from None
        check(value)
        return value


def check(value: Any, depth: int = 0) -> None:
    """Refuses what PostgreSQL's jsonb cannot hold (NUL) and what is nested deeper than anyone needs."""
    if depth > MAX_DEPTH:
        raise errors.Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
    match value:
        case str():
            if "\0" in value:
                raise errors.Malformed("The body holds a NUL character.")
        case dict():
            for key, member in value.items():
                check(key, depth)
                check(member, depth + 1)
        case list():
            for member in value:
                check(member, depth + 1)
