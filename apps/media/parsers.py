"""Reading uploads, with bounds."""

from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import MultiPartParser

from apps.core import errors

# The text parts and the boundaries beside the file.
BESIDE = 1024 * 1024


class UploadParser(MultiPartParser):
    """`multipart/form-data` with one file; more than `UPLOAD_MAX_BYTES` is refused before it is read."""

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.UPLOAD_MAX_BYTES + BESIDE:
            raise errors.TooLarge(limit=settings.UPLOAD_MAX_BYTES)
        return super().parse(stream, media_type, parser_context)
