"""Reading batches: JSON, also when it is called plain text, as `navigator.sendBeacon` sends it without a preflight."""

from typing import IO, Any

from apps.core import errors
from apps.core.parsers import JSONBodyParser

MOST_BYTES = 64 * 1024
"""What a browser lets a page send on its way out."""


class BatchParser(JSONBodyParser):
    """JSON of at most 64 KB."""

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> Any:
        request = (parser_context or {}).get("request")
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0) if request is not None else 0
        except ValueError:
            raise errors.Malformed from None
        if length > MOST_BYTES:
            raise errors.TooLarge
        return super().parse(stream, media_type, parser_context)


class TextBatchParser(BatchParser):
    media_type = "text/plain"
