"""What the public reads of sites."""

from typing import Any

from django.conf import settings as installation

from apps.sites import settings
from apps.sites.models import Site, Tenant


def listed(*, limit: int, skip: int) -> list[dict[str, Any]]:
    """Sites that their owners list for anybody, of active tenants; two statements for any number."""
    rows = Site.objects.filter(status=Site.Status.ACTIVE, tenant__status=Tenant.Status.ACTIVE)
    rows = rows.filter(settings__public_listing=True).prefetch_related("domains").order_by("identifier")
    return [_entry(site) for site in rows[skip : skip + limit]]


def described(site: Site) -> dict[str, Any]:
    """One site, with where its published content is found."""
    document, here = settings.of(site).document, _address(site)
    return {
        "identifier": site.identifier,
        "title": document["title"],
        "description": document["description"],
        "default_locale": document["default_locale"],
        "locales": document["locales"],
        "links": {
            "self": here,
            "elements": f"{here}/elements",
            "posts": f"{here}/posts",
            "pages": f"{here}/pages",
            "navigation": f"{here}/navigation",
            "sitemap": f"{here}/sitemap.xml",
            "feed": f"{here}/feed.xml",
            **({"website": f"https://{document['domains'][0]}"} if document["domains"] else {}),
        },
    }


def _entry(site: Site) -> dict[str, Any]:
    document = settings.of(site).document
    return {
        "identifier": site.identifier,
        "title": document["title"],
        "description": document["description"],
        "locales": document["locales"],
        "url": f"https://{document['domains'][0]}" if document["domains"] else _address(site),
    }


def _address(site: Site) -> str:
    return f"{installation.PUBLIC_BASE_URL}/public/{site.identifier}"
