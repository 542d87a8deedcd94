"""What the web server calls."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
os.environ.setdefault("COGNITOR_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

django = get_wsgi_application()

from apps.analytics.services import counting  # noqa: E402
from apps.core.delivery.lane import Lane  # noqa: E402
from apps.sites.selectors import site_at  # noqa: E402
from cognitor.startup import refuse_what_is_unsafe  # noqa: E402

refuse_what_is_unsafe()
application = Lane(django, site_at, counting.read)

# What is there now stays: the collector need not walk through it, and forked memory stays shared.
gc.collect()
gc.freeze()
