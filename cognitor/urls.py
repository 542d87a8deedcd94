"""The URL table: fixed first segments before `/{site}/`, the API's `/admin/` prefixes before the admin itself."""

from django.urls import URLPattern, URLResolver, include, path

import apps.core.converters  # noqa: F401
from apps.analytics import urls as analytics
from apps.content import urls as content
from apps.core.routing import Routes
from apps.media import urls as media
from apps.search import urls as search
from apps.websites import urls as websites
from cognitor import admin, pages

_ROUTES: list[URLPattern | URLResolver] = [
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.sites.urls")),
    path("", include("apps.billing.urls")),
    *pages.account_paths(),
    path("docs", pages.docs),
    path("openapi.json", pages.openapi),
    path("", include(analytics.public_urlpatterns)),
    path("", include(analytics.platform_urlpatterns)),
    path("", include(media.public_urlpatterns)),
    path("", include(content.public_urlpatterns)),
    path("", include(content.platform_urlpatterns)),
    path("", include(search)),
    path("", include(websites.public_urlpatterns)),
    # Its own pages keep their slash; `/admin` without it is answered by `AdminTenant`.
    path("admin/", admin.urls()),
    path("", include("apps.ai.urls")),
    path("", include(media)),
    path("", include(content)),
    path("", include(websites)),
]
urlpatterns = [Routes(_ROUTES)]

handler400 = "apps.core.problems.bad_request"
handler403 = "apps.core.problems.permission_denied"
handler404 = "apps.core.problems.page_not_found"
handler500 = "apps.core.problems.server_error"
