"""A site's own origins, for django-cors-headers: browsers on them may call what needs a token of that site."""

import re
from typing import Any

from corsheaders.signals import check_request_enabled
from django.http import HttpRequest

from apps.sites.models import Site

_SITE = re.compile(r"/(?:sites/)?([a-z0-9]+(?:-[a-z0-9]+)*)(?:/|\Z)")


def allowed(sender: Any, request: HttpRequest, **kwargs: Any) -> bool:
    """Whether the settings of the site in the path name the request's origin; asked when `CORS_ORIGINS` does not.

    No cookie is involved: what such a page sends along is the token that it holds.
    """
    origin, named = request.headers.get("Origin", ""), _SITE.match(request.path_info)
    if not origin or named is None:
        return False
    rows = Site.objects.filter(identifier=named[1], status=Site.Status.ACTIVE)
    return rows.filter(settings__cors_origins__contains=[origin]).exists()


def connect() -> None:
    check_request_enabled.connect(allowed, dispatch_uid="origins of sites")
