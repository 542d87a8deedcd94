"""What the public reads of sites."""

from typing import Any

from django.conf import settings as installation
from django.db.models import prefetch_related_objects

from apps.sites import settings
from apps.sites.models import Site, Tenant


def listed(*, limit: int, skip: int) -> list[dict[str, Any]]:
    """Sites that their owners list for anybody, of active tenants; two statements for any number."""
    rows = Site.objects.filter(status=Site.Status.ACTIVE, tenant__status=Tenant.Status.ACTIVE)
    rows = rows.filter(settings__public_listing=True).prefetch_related("domains").order_by("identifier")
    return [_entry(site) for site in rows[skip : skip + limit]]


def described(site: Site) -> dict[str, Any]:
    """One site, with where its published content is found."""
    prefetch_related_objects([site], "domains")
    document, here, website = settings.of(site).document, _address(site), _website(site)
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
            **({"website": website} if website else {}),
            "pages": f"{here}/pages",
            "navigation": f"{here}/navigation",
            "sitemap": f"{here}/sitemap.xml",
            "feed": f"{here}/feed.xml",
        },
    }


def _entry(site: Site) -> dict[str, Any]:
    document = settings.of(site).document
    return {
        "identifier": site.identifier,
        "title": document["title"],
        "description": document["description"],
        "locales": document["locales"],
        "url": _website(site) or _address(site),
    }


def _address(site: Site) -> str:
    return f"{installation.PUBLIC_BASE_URL}/public/{site.identifier}"


def _website(site: Site) -> str:
    """The first host name that the site has proven to be its own; empty without one."""
    proven = (row.domain for row in settings.domains(site) if row.verified_at)
    return next((f"https://{name}" for name in proven), "")
