"""The URL table: fixed first segments before `/{site}/`, the API's `/admin/` prefixes before the admin itself."""

from django.urls import include, path
from django.views.generic import RedirectView

import apps.core.converters  # noqa: F401
from apps.content import urls as content
from apps.core.backoffice import site as backoffice
from apps.media import urls as media
from cognitor import pages

urlpatterns = [
    path("", include("apps.core.urls")),
    path("", include("apps.accounts.urls")),
    path("", include("apps.sites.urls")),
    path("docs", pages.docs),
    path("openapi.json", pages.openapi),
    path("", include(media.public_urlpatterns)),
    path("", include(content.public_urlpatterns)),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/", backoffice.urls),
    path("", include(media)),
    path("", include(content)),
]

handler400 = "apps.core.problems.bad_request"
handler403 = "apps.core.problems.permission_denied"
handler404 = "apps.core.problems.page_not_found"
handler500 = "apps.core.problems.server_error"
