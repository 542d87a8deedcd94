"""Which host a request is for: the installation's own, or a site's."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

from apps.core import problems
from apps.sites import selectors
from apps.sites.errors import HostUnknown

# Whoever watches the process calls it by an address, and wants an answer without the database too.
_PROBES = re.compile(r"/health(/ready)?/?")
_OF_A_SITE = "public/<site:site>"


class Hosts:
    """Serves a site's public paths at the domains that it has proven; 400 for a host that is nobody's.

    There `/x` is what `/public/{site}/x` is on the installation's hosts, and nothing else is there: neither another
    site nor the API nor the admin. Tokens and cookies are taken away before anybody can look at them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            probed = _PROBES.fullmatch(request.path_info)
            try:
                site = selectors.site_at(split_domain_port(request._get_raw_host())[0])  # type: ignore[attr-defined]
            except DatabaseError as error:
                if not probed:
                    return problems.response(problems.refusal_of(error) or problems.Bug())
                site = None
            if site is not None:
                return self._serve(request, site)
            if not probed:
                return problems.response(HostUnknown())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        site = getattr(request, "site_of_host", None)
        match = request.resolver_match
        if site and (match is None or not match.route.startswith(_OF_A_SITE) or kwargs.get("site") != site):
            raise Http404

    def _serve(self, request: HttpRequest, site: str) -> HttpResponse:
        host, own = request._get_raw_host(), f"/public/{site}"  # type: ignore[attr-defined]
        # Django's own list does not know the name, which has been proven; redirects to https are made from it.
        request.get_host = lambda: host  # type: ignore[method-assign]
        request.site_of_host = site  # type: ignore[attr-defined]
        for name in ("HTTP_AUTHORIZATION", "HTTP_COOKIE"):
            request.META.pop(name, None)
        if not (request.path_info == own or request.path_info.startswith(f"{own}/")):
            request.path_info = own + request.path_info
        response = self.get_response(request)
        if policy := response.get("Strict-Transport-Security"):
            # What we promise of our own name and those below it, we cannot promise of theirs.
            response["Strict-Transport-Security"] = policy.split(";")[0]
        return response
