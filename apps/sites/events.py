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


@dataclass(frozen=True, kw_only=True)
class TenantChanged(Event):
    """`fields` are the names of what was given; values are in the row."""

    subject: ClassVar[str] = "tenant"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class TenantSuspended(Event):
    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantResumed(Event):
    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantDeleted(Event):
    """Unreachable from now on; its archive is written, and it can be restored for 30 days."""

    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantRestored(Event):
    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantArchiveBegun(Event):
    """Somebody asked for an archive of the tenant, without deleting it."""

    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class TenantUnarchived(Event):
    """It came back out of an archive; `archive` is the file's name."""

    subject: ClassVar[str] = "tenant"
    archive: str


@dataclass(frozen=True, kw_only=True)
class TenantPurged(Event):
    """Its schema, its rows and its files are gone; told in the platform's history, since its own went too."""

    subject: ClassVar[str] = "tenant"
    archive: str


@dataclass(frozen=True, kw_only=True)
class SiteChanged(Event):
    subject: ClassVar[str] = "site"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class SiteImported(Event):
    """It came out of an archive with all it has, of which nothing is told singly; `archive` is the file's name."""

    subject: ClassVar[str] = "site"
    archive: str


@dataclass(frozen=True, kw_only=True)
class SiteSettingsChanged(Event):
    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class SiteDeleted(Event):
    """Unreachable from now on; it can be restored for 30 days."""

    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class SiteRestored(Event):
    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class SiteExpired(Event):
    """The 30 days are over: apps that hold rows of the site delete them; the site itself goes when none is left."""

    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class SitePurged(Event):
    subject: ClassVar[str] = "site"


@dataclass(frozen=True, kw_only=True)
class DomainVerified(Event):
    """The site has shown that the name is its own: it is served there from now on."""

    subject: ClassVar[str] = "domain"


@dataclass(frozen=True, kw_only=True)
class DomainLost(Event):
    """Its record was missing for a week: the name is a claim again, and nothing is served there."""

    subject: ClassVar[str] = "domain"


@dataclass(frozen=True, kw_only=True)
class DomainExpired(Event):
    """The claim was not proven in time and is gone from the site's settings."""

    subject: ClassVar[str] = "domain"


@dataclass(frozen=True, kw_only=True)
class PromptChanged(Event):
    """A new version of a layer's text; `version` is its number."""

    subject: ClassVar[str] = "prompt"
    kind: str
    layer: str
