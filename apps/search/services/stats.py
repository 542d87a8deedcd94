"""How the index stands."""

from collections.abc import Sequence
from typing import Any

from apps.search import selectors
from apps.search.models import SiteIndex
from apps.search.providers.postgres import vectors
from apps.search.services import meanings
from apps.sites.models import Site


def stats(sites: Sequence[Site]) -> dict[str, Any]:
    """Of the sites together: size, freshness, lag."""
    ids = [one.pk for one in sites]
    states = {state.site_id: state for state in SiteIndex.objects.filter(site_id__in=ids)}
    why = meanings.missing()
    have, lacking = (0, 0) if why else vectors.counts(ids)
    return {
        "documents": selectors.counts(ids),
        "size_bytes": selectors.size_bytes(),
        "lag": selectors.lag(ids),
        "semantic": {"available": not why, "reason": why, "embedded": have, "waiting": lacking},
        "sites": [_site(one, states.get(one.pk)) for one in sites],
    }


def _site(site: Site, state: SiteIndex | None) -> dict[str, Any]:
    return {
        "site": site.identifier,
        "generation": state.generation if state else 0,
        "building": state.building if state else None,
        "built_at": state.built_at if state else None,
        "languages": state.languages if state else [],
    }
