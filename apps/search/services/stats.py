"""How the index stands."""

from typing import Any

from apps.core.actor import Actor
from apps.search import selectors
from apps.search.models import SiteIndex
from apps.search.providers.postgres import vectors
from apps.search.services import heard, meanings
from apps.sites.models import Site


def stats(*, actor: Actor, site: Site | None = None) -> dict[str, Any]:
    """Of one site, or of all that the actor looks after: size, freshness, lag, and what was asked."""
    sites = [site] if site else selectors.searchable_sites(actor, "search.manage")
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
        "queries": {
            "top": [{"query": text, "count": count} for text, count in heard.most_frequent(ids, "asked")],
            "empty": [{"query": text, "count": count} for text, count in heard.most_frequent(ids, "empty")],
        },
    }


def _site(site: Site, state: SiteIndex | None) -> dict[str, Any]:
    return {
        "site": site.identifier,
        "generation": state.generation if state else 0,
        "building": state.building if state else None,
        "built_at": state.built_at if state else None,
        "languages": state.languages if state else [],
    }
