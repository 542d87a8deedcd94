"""What a prompt is to those who read it: the layers, the text they make together, the versions of the own layer."""

import difflib
from dataclasses import dataclass

from apps.core import etag
from apps.sites import selectors
from apps.sites.models import Prompt, Site

VARIABLES = {
    "agent_name": "The agent that is told the text.",
    "date": "The day of the run, as 2026-04-24.",
    "default_locale": "The site's default locale.",
    "site_identifier": "The site's identifier.",
    "site_name": "The site's name.",
    "tenant_name": "The tenant's name.",
    "user_name": "Whom the agent works for.",
}
"""Written as `{{name}}`; filled in when an agent runs."""
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Layered:
    """`layer` is the one that a put would change; `diff` compares its last version with the one before."""

    kind: str
    layer: str
    number: int
    text: str
    effective: str
    layers: list[Prompt]
    versions: list[Prompt]
    diff: str
    variables: dict[str, str]

    @property
    def etag(self) -> str:
        """Moves with every layer, since each is part of the answer."""
        numbers = [f"{row.layer}{row.number}" for row in self.layers]
        return etag.of_bytes(f"{self.kind} {self.layer} {numbers}".encode())


def of(kind: str, tenant_id: int | None, site: Site | None = None) -> Layered:
    """The prompt as the site, the tenant or (without one) the platform has it."""
    scopes = [(None, None)] + ([(tenant_id, None)] if tenant_id else []) + ([(tenant_id, site.pk)] if site else [])
    layers = [row for scope in scopes if (row := selectors.prompts_of(kind, *scope).first())]
    versions = list(selectors.prompts_of(kind, *scopes[-1])[:_SHOWN])
    now, before = ([row.text for row in versions] + ["", ""])[:2]
    return Layered(
        kind=kind,
        layer="site" if site else "tenant" if tenant_id else "platform",
        number=versions[0].number if versions else 0,
        text=now,
        effective="\n\n".join(row.text.strip() for row in layers if row.text.strip()),
        layers=layers,
        versions=versions,
        diff="\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm="")),
        variables=VARIABLES,
    )
