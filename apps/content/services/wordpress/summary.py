"""What an import has come to, and what its items are called: here, and in what it tells people."""

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from apps.content.models import Imported
from apps.content.wordpress.records import Export, Item
from apps.sites.models import Site


@dataclass
class Summary:
    """What came of an import. `skipped` and `missing` say which and why, `notes` what was changed on the way."""

    imported: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


def origin_of(export: Export, what: int | str) -> str:
    """Where something was found: an item by its id."""
    host = urlsplit(export.base_url).netloc or export.title
    return f"wordpress:{host[:120]}:{what}"[:200]


def made_before(site: Site, origin: str) -> Imported | None:
    """What an earlier run, of an older importer too, has made of it."""
    return Imported.objects.filter(site=site, origin=origin).first()


def called(item: Item) -> str:
    return f"{item.kind} {item.wp_id} “{item.title[:60]}”"
