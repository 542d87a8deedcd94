"""Where a site's own pages and posts stand, for those who are told absolute addresses."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings as installation

from apps.sites.models import Site


@dataclass(frozen=True, slots=True)
class Addresses:
    """With a domain: `https://` and the first one, with the patterns of the site's settings. Without: the public API,
    where the documents are found all the same."""

    home: str
    api: str
    page_pattern: str
    post_pattern: str

    def page(self, *, slug: str, path: str) -> str:
        return self.home + self.page_pattern.replace("{path}", path).replace("{slug}", slug)

    def post(self, *, id: int, slug: str) -> str:
        return self.home + self.post_pattern.replace("{slug}", slug).replace("{id}", str(id))


def of(site: Site, document: dict[str, Any]) -> Addresses:
    """By the document of the site's settings."""
    api = f"{installation.PUBLIC_BASE_URL}/public/{site.identifier}"
    if not document["domains"]:
        return Addresses(api, api, "/pages/{slug}", "/posts/{slug}")
    urls = document["urls"]
    return Addresses(f"https://{document['domains'][0]}", api, urls["page"], urls["post"])
