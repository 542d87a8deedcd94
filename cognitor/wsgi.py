"""What the web server calls."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
os.environ.setdefault("COGNITOR_PROCESS", "web")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from cognitor.startup import refuse_what_is_unsafe  # noqa: E402

refuse_what_is_unsafe()
