"""Who is acting: one frozen object per request or task, handed to every service."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

Kind = Literal["anonymous", "user", "service", "agent", "system"]
_NOWHERE: Mapping[int, frozenset[str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """A principal with the rights it has now, in one tenant.

    `codes` hold in the whole tenant; `site_codes` add codes on single sites, by site id. A system
    actor may do everything, which is why making one takes a reason that the audit entry repeats.
    """

    kind: Kind
    id: int | None = None
    label: str = ""
    tenant_id: int | None = None
    codes: frozenset[str] = frozenset()
    site_codes: Mapping[int, frozenset[str]] = field(default_factory=lambda: _NOWHERE)
    session: str = ""
    run: str = ""
    because: str = ""

    @classmethod
    def anonymous(cls) -> "Actor":
        return cls(kind="anonymous")

    @classmethod
    def system(cls, *, because: str, tenant_id: int | None = None) -> "Actor":
        """The installation itself. The bypass is a visible word, with its reason."""
        return cls(kind="system", label=because, because=because, tenant_id=tenant_id)

    @property
    def is_anonymous(self) -> bool:
        return self.kind == "anonymous"

    @property
    def principal(self) -> str:
        """Stable name for keys and limits: `user:7`."""
        return f"{self.kind}:{self.id or '-'}"

    def may(self, code: str, site_id: int | None = None) -> bool:
        """Whether the actor holds `code` in its tenant, or on the given site of it."""
        if self.kind == "system" or code in self.codes:
            return True
        return site_id is not None and code in self.site_codes.get(site_id, frozenset())

    def sees_site(self, tenant_id: int, site_id: int) -> bool:
        """Whether the site exists for this actor at all; if not it is met with 404."""
        if self.kind == "system":
            return self.tenant_id in (None, tenant_id)
        if self.tenant_id != tenant_id:
            return False
        return site_id in self.site_codes or any(not code.startswith("platform.") for code in self.codes)

    def with_run(self, run: str) -> "Actor":
        return replace(self, run=run)
