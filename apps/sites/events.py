from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class TenantCreated(Event):
    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantOpened(Event):
    """Its first member has shown who they are: the tenant may be used."""

    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class SiteCreated(Event):
    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class TenantEntered(Event):
    """A platform administrator who is no member went into the tenant; told in the tenant's own history."""

    subject: ClassVar[str] = "tenant"
