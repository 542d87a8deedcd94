"""Media that models make or change, and what they say of it: each kind of work by its noun."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.core.models import Job
from apps.media.services.generating import describing, edits, films, pictures, speaking

JOBS: Mapping[str, Callable[[Job], Any]] = {
    pictures.KIND: pictures.run,
    films.KIND: films.run,
    edits.KIND: edits.run,
    describing.KIND: describing.run,
    speaking.KIND: speaking.run,
}

__all__ = ["JOBS", "describing", "edits", "films", "pictures", "speaking"]
