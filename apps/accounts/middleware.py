"""A key in an address is refused: addresses are logged, remembered by browsers and passed on as referrers."""

from collections.abc import Callable
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse

from apps.accounts import keys
from apps.accounts.errors import KeyInAddress
from apps.core import problems


class NoKeyInAddress:
    """400 for any request whose path or query holds a service account's key, whichever operation it is for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = unquote_plus(request.META.get("QUERY_STRING", ""))
        if not keys.IN_ADDRESS.search(request.path) and not keys.IN_ADDRESS.search(query):
            return self.get_response(request)
        # What is logged of the request afterwards must not hold it either.
        request.path = request.path_info = keys.IN_ADDRESS.sub("cog_…", request.path)
        request.META["QUERY_STRING"] = ""
        return problems.response(KeyInAddress())
