"""What Django answers for sites, counted: reads that the lane left to it, searches, and calls with a token."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.accounts import keys
from apps.analytics.models import Kind
from apps.analytics.providers import agents
from apps.analytics.services import counting
from apps.analytics.visiting import country_of, wants_privacy
from apps.core import clients, context
from apps.core.operation import OPERATIONS, PUBLIC

EVENTS = "public_events"


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
        found: Any = context.current().notes.get("search")
        if found and not wants_privacy(request):
            _search(request, found, user_agent)
        return response


def _search(request: HttpRequest, found: Mapping[str, Any], user_agent: str) -> None:
    """A search on its first page: paging on is not another one."""
    if not found["query"].strip() or request.GET.get("page", "1") != "1":
        return
    counting.search(
        site_id=found["site_id"],
        query=found["query"],
        total=found["total"],
        address=clients.address(request),
        user_agent=user_agent,
        country=country_of(request),
        locale=request.GET.get("locale", ""),
    )
