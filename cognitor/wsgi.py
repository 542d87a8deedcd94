"""What the web server calls."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
os.environ.setdefault("COGNITOR_PROCESS", "web")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

# Reading the URL table now makes a view that is not declared with @operation fail the start, not a request.
from django.urls import get_resolver  # noqa: E402

get_resolver().url_patterns  # noqa: B018
