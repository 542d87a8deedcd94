"""Settings of an installation that `bin/up` runs: embedded servers, one machine."""

from cognitor.settings.base import *  # noqa: F403
