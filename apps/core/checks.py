"""System checks: what must hold before anything is served."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, get_resolver


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the URL table with its whole path, as written."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry
        else:
            yield from patterns(entry, path)


@register
def every_api_view_is_an_operation(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A DRF view that was not declared with `@operation` has no permission, no rate and no documentation."""
    from rest_framework.views import APIView

    from apps.core.viewsets import OperationViewSet

    return [
        Error(f"{path} is served by a REST view without @operation", id="cognitor.E001")
        for path, pattern in patterns()
        if (view := getattr(pattern.callback, "cls", None)) is not None
        and issubclass(view, APIView)
        and not issubclass(view, OperationViewSet)
    ]
