"""What a request says of its visitor."""

import re
from typing import Any

from django.conf import settings

_COUNTRY = re.compile(r"[A-Z]{2}")
_UNKNOWN = {"XX", "T1", "ZZ"}


def wants_privacy(request: Any) -> bool:
    """`DNT: 1` or `Sec-GPC: 1`: nothing of this visitor is to be stored."""
    return request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1"


def country_of(request: Any) -> str:
    """The country in the header that the proxy sets, as two letters; empty when it is not known."""
    said = request.headers.get(settings.COUNTRY_HEADER, "").strip().upper() if settings.COUNTRY_HEADER else ""
    return said if _COUNTRY.fullmatch(said) and said not in _UNKNOWN else ""
