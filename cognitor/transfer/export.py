"""A site as one zip: its rows, its files, and what it is.

manifest.json            kind, version, site, schema, digest; rows, bytes and SHA-256 of each member
tables/<app.model>.jsonl one row a line, columns as JSON, references by id
files/<storage path>     the bytes of its media
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from apps.core.encoding import dumps, stamp
from apps.core.operation import TIMEOUTS, statement_timeout
from apps.core.tenancy import inside
from apps.media.models import Media
from apps.sites import settings
from apps.sites.models import SchemaState, Site
from cognitor.packing import Pack, appearing
from cognitor.transfer import tables

KIND, VERSION = "site", 1


def write(site: Site, path: Path, *, step: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Writes the archive to `path`, whole or not at all, and returns its manifest; call it in `archive.at_one_moment`.

    `step` is called with 1 before each table and each file, and with 0 in the midst of long ones.
    """
    with inside(site.tenant), statement_timeout(TIMEOUTS["export"]), appearing(path) as archive:
        pack = Pack(archive, step)
        for label in tables.TABLES:
            step(1)
            pack.add(f"tables/{label}.jsonl", (dumps(row) + b"\n" for row in tables.rows(site, label)), rows=True)
        for name in Media.objects.filter(site=site).order_by("pk").values_list("file", flat=True).iterator():
            step(1)
            pack.file(name)
        digests = tables.digests(site, tables.names(site))
        state = SchemaState.objects.get(tenant=site.tenant)
        manifest = {
            "kind": KIND,
            "version": VERSION,
            "written_at": stamp(timezone.now()),
            "site": {"uid": site.uid, "identifier": site.identifier, "name": site.name},
            "domains": [row.domain for row in settings.domains(site)],
            "schema": {"version": state.version, "applied": state.applied},
            "digest": tables.whole(digests),
            "digests": digests,
            "members": pack.members,
            "missing": pack.missing,
            "excluded": tables.LEFT,
        }
        archive.writestr("manifest.json", dumps(manifest))
    return manifest


def steps(site: Site) -> int:
    """How many times `write` will call `step` with 1."""
    with inside(site.tenant):
        return len(tables.TABLES) + Media.objects.filter(site=site).count()
