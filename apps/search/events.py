from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ReindexStarted(Event):
    """The index of a site, or of all of a tenant, is about to be made anew beside the present one."""

    subject: ClassVar[str] = "index"
    whole_tenant: bool
