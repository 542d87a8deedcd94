"""What Django answers for sites, counted: reads that the lane left to it, searches, and calls with a token."""

from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse

from apps.accounts import keys
from apps.analytics.models import Kind
from apps.analytics.providers import agents
from apps.analytics.services import counting
from apps.analytics.visiting import country_of, wants_privacy
from apps.core import clients, context
from apps.core.operation import OPERATIONS, PUBLIC
from apps.sites import selectors

SEARCH, EVENTS = "search_public", "public_events"


class Counted:
    """Counts successes of operations that have a site in their path; what a browser asks beforehand is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code >= 400 or match is None or request.method == "OPTIONS":
            return response
        declared = OPERATIONS.get(context.current().operation)
        site = match.kwargs.get("site")
        if declared is None or site is None or declared.id == EVENTS:
            return response
        user_agent = request.headers.get("User-Agent", "")
        if declared.allow != PUBLIC:
            token = request.headers.get("Authorization", "").partition(" ")[2].strip()
            counting.answered(Kind.API, str(site), agents.SERVICE if keys.is_key(token) else user_agent)
            return response
        counting.answered(Kind.READ, str(site), user_agent)
        if declared.id == SEARCH and response.status_code == 200 and not wants_privacy(request):
            _search(request, response, str(site), user_agent)
        return response


def _search(request: HttpRequest, response: HttpResponse, site: str, user_agent: str) -> None:
    """A search on its first page: paging on is not another one."""
    query = request.GET.get("q", "").strip()
    if not query or request.GET.get("page", "1") != "1":
        return
    counting.search(
        site_id=selectors.site_kept(site).pk,
        query=query,
        total=orjson.loads(response.content).get("total", 0),
        address=clients.address(request),
        user_agent=user_agent,
        country=country_of(request),
        locale=request.GET.get("locale", ""),
    )
