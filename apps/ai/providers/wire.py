"""HTTP to a vendor: nothing outlives the call, nothing is larger than allowed, and every failure is a refusal of ours.

Addresses of vendors are the operator's and may be private. An address that a vendor answers with is somebody else's
choice and is read through `apps.core.egress`. What a vendor says of a failure is not passed on, since some repeat the
key in it. Heavy to import: adapters do so in their methods.
"""

import base64
import binascii
import email.utils
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
import orjson

from apps.ai.errors import (
    AskedTooMuch,
    ContentRefused,
    ModelMissing,
    ProviderAway,
    ProviderBusy,
    ProviderDenied,
    TimedOut,
)
from apps.ai.providers.protocols import Call
from apps.core import egress
from apps.core.refusal import Refusal

CONNECT_SECONDS = 10.0
PICTURE_BYTES = 25 * 1024 * 1024
FILM_BYTES = 200 * 1024 * 1024
ANSWER_BYTES = 160 * 1024 * 1024
"""Several pictures in base64."""

_UNWANTED = re.compile(
    r"content.?(policy|filter|moderat|checker)|moderation|safety|nsfw|not.?allowed.?content|refus", re.I
)
_USED_UP = re.compile(r"insufficient.?quota|quota.?exceeded|exhausted.?balance|billing|credit balance", re.I)


class _Stream(httpx2.SyncByteStream):
    def __init__(self, inner: Any, call: Call, most: int) -> None:
        self.inner, self.call, self.most = inner, call, most

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self.inner:
            _ = self.call.seconds
            size += len(chunk)
            if size > self.most:
                raise ProviderAway("The provider's answer is too large.", again=False)
            yield chunk

    def close(self) -> None:
        self.inner.close()


class _Transport(httpx2.BaseTransport):
    def __init__(self, call: Call, most: int) -> None:
        self.inner, self.call, self.most = httpx2.HTTPTransport(), call, most

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        left = self.call.seconds
        request.extensions["timeout"] = {
            "connect": min(CONNECT_SECONDS, left),
            "read": left,
            "write": left,
            "pool": left,
        }
        answer = self.inner.handle_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            answer.close()
            raise ProviderAway("The provider's answer is encoded, though it was asked for plain.", again=False)
        stream = _Stream(answer.stream, self.call, self.most)
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=stream, extensions=answer.extensions)

    def close(self) -> None:
        self.inner.close()


def client(call: Call, headers: Mapping[str, str] | None = None, most: int = ANSWER_BYTES) -> httpx2.Client:
    """Follows no redirect, reads no proxy or `.netrc` from the environment."""
    own = {"Accept-Encoding": "identity", "User-Agent": "Cognitor", **(headers or {})}
    return httpx2.Client(transport=_Transport(call, most), headers=own, trust_env=False, follow_redirects=False)


@contextmanager
def refusals(call: Call) -> Iterator[None]:
    """What goes wrong on the way, as refusals of ours; the text of an error of a library is not kept."""
    try:
        yield
    except Refusal:
        raise
    except (httpx2.ConnectTimeout, httpx2.PoolTimeout):
        raise ProviderAway from None
    except httpx2.TimeoutException:
        raise TimedOut from None
    except (httpx2.TransportError, httpx2.DecodingError, httpx2.TooManyRedirects, OSError):
        raise ProviderAway from None
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise ProviderAway("The provider's answer cannot be read.") from None


def send(http: httpx2.Client, method: str, url: str, **asked: Any) -> httpx2.Response:
    """The answer, when it is a good one; raises its refusal otherwise."""
    answer = http.request(method, url, **asked)
    require_good(answer.status_code, answer.headers, answer.content)
    return answer


def data(answer: httpx2.Response) -> Any:
    """Its JSON; raises ValueError for anything else."""
    return orjson.loads(answer.content)


def require_good(status: int, headers: Mapping[str, str], body: bytes) -> None:
    if not 200 <= status < 300:
        raise refusal_of(status, headers, body)


def refusal_of(status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
    """Ours for a vendor's status and error body."""
    said = body[:4000].decode("utf-8", "replace")
    if status == 402 or (status in (401, 403, 429) and _USED_UP.search(said)):
        return ProviderBusy("The provider's quota is used up.", again=False)
    if status in (401, 403):
        return ProviderDenied()
    if status in (429, 529):
        return ProviderBusy(pause=_retry_after(headers))
    if status in (400, 409, 413, 422) and _UNWANTED.search(said):
        return ContentRefused()
    if status in (400, 413, 414, 422):
        return AskedTooMuch()
    if status in (404, 405, 410):
        return ModelMissing("The provider has no such model.")
    return ProviderAway(pause=_retry_after(headers) if status == 503 else 0.0, again=status >= 500 or status == 408)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds of a Retry-After (RFC 9110 section 10.2.3), as a number or as a date."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return 0.0


def fetched(url: str, call: Call, most: int = PICTURE_BYTES) -> bytes:
    """The file that a vendor points to: a `data:` address, or one that egress may read."""
    if url.startswith("data:"):
        try:
            return base64.b64decode(url.partition(",")[2][: most * 4 // 3 + 4], validate=True)
        except binascii.Error as error:
            raise ProviderAway("The provider's file cannot be read.", again=False) from error
    try:
        answer = egress.fetch(url, max_bytes=most, seconds=min(call.seconds, 120.0))
    except (egress.EgressRefused, egress.EgressTooLarge) as error:
        raise ProviderAway("The provider's file may not be fetched.", again=False) from error
    except egress.EgressFailed as error:
        raise ProviderAway("The provider's file cannot be fetched.") from error
    if answer.status != 200:
        raise ProviderAway("The provider's file cannot be fetched.")
    return answer.body


def data_url(content: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def events(answer: httpx2.Response) -> Iterator[Any]:
    """The JSON of each `data:` line of a stream of server-sent events, until `[DONE]`."""
    for line in answer.iter_lines():
        if line.startswith("data:"):
            value = line[5:].strip()
            if value == "[DONE]":
                return
            yield orjson.loads(value)
