"""A site's settings: one document for clients, kept in the site's columns and, for the rest, in `settings`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from apps.core import errors
from apps.sites.models import Domain, Site

URLS = {"page": "{path}", "post": "/posts/{slug}"}

_LOCALE = {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", "maxLength": 35}
_LOCALES = {"type": "array", "items": _LOCALE, "maxItems": 100, "uniqueItems": True}
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])"

DOMAIN = re.compile(rf"(?=.{{4,253}}\Z){_NAME}")
"""What can be a site's domain, matched in full: neither an address nor a name of one label."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": {"type": "string", "maxLength": 200, "description": "Empty: the site's name."},
        "description": {"type": "string", "maxLength": 500, "description": "Empty: the site's description."},
        "locales": {**_LOCALES, "description": "Those that the site offers; the default one is always among them."},
        "default_locale": {**_LOCALE, "description": "Left out of a PUT: as it was."},
        "fallback": {
            "type": "object",
            "propertyNames": _LOCALE,
            "additionalProperties": _LOCALES,
            "maxProperties": 100,
            "description": "For a locale, those to take in its place, in order.",
        },
        "locale_labels": {
            "type": "object",
            "propertyNames": _LOCALE,
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 100},
            "maxProperties": 100,
            "description": "How the site calls its locales where the usual name will not do.",
        },
        "domains": {
            "type": "array",
            "items": {
                "type": "string",
                "pattern": f"^{_NAME}$",
                "maxLength": 253,
            },
            "maxItems": 20,
            "uniqueItems": True,
            "description": "Host names in lower case, letters beyond ASCII as `xn--…`. Each is a claim until a DNS "
            "record proves it (see `GET /sites/{site}/domains`), and then of one site in the installation.",
        },
        "urls": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "page": {"type": "string", "pattern": r"^/[^\s]*\{path\}[^\s]*$|^\{path\}$", "maxLength": 200},
                "post": {"type": "string", "pattern": r"^/[^\s]*\{(slug|id)\}[^\s]*$", "maxLength": 200},
            },
            "description": "Where the site's own pages stand on its first domain, for sitemap and feeds: `{path}` "
            "begins with a slash; of a post `{slug}` or `{id}`.",
        },
        "public_listing": {"type": "boolean", "description": "Shown by `GET /public/sites`."},
        "cache": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"max_age": {"type": "integer", "minimum": 0, "maximum": 31_536_000}},
            "description": "Seconds that public answers may be kept; 0: revalidate always.",
        },
        "cors_origins": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$", "maxLength": 200},
            "maxItems": 50,
            "uniqueItems": True,
        },
        "contact_email": {"type": "string", "pattern": r"^([^@\s]+@[^@\s]+\.[^@\s.]+)?$", "maxLength": 254},
        "branding": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "logo_media_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 2**53},
                "primary_color": {"type": ["string", "null"], "pattern": "^#[0-9a-f]{6}$"},
            },
        },
    },
}
"""JSON Schema (2020-12) of the document."""

_VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
_OF_COLUMNS = ("default_locale", "domains", "cache")


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole document, and the tag to change it by: that of the site, since parts of it are the site's columns."""

    document: dict[str, Any]
    etag: str


def of(site: Site) -> Settings:
    """The settings of a site, every member there."""
    kept = site.settings
    branding = kept.get("branding", {})
    document = {
        "title": kept.get("title") or site.name,
        "description": kept.get("description") or site.description,
        "locales": locales(site),
        "default_locale": site.default_locale,
        "fallback": kept.get("fallback", {}),
        "domains": [row.domain for row in domains(site)],
        "urls": URLS | kept.get("urls", {}),
        "locale_labels": kept.get("locale_labels", {}),
        "public_listing": kept.get("public_listing", False),
        "cache": {"max_age": site.cache_seconds},
        "cors_origins": kept.get("cors_origins", []),
        "contact_email": kept.get("contact_email", ""),
        "branding": {name: branding.get(name) for name in ("logo_media_id", "primary_color")},
    }
    return Settings(document, site.etag)


def domains(site: Site) -> list[Domain]:
    """The site's host names, proven or not, in the order of its settings."""
    return sorted(site.domains.all(), key=lambda row: row.position)


def locales(site: Site) -> list[str]:
    """Those that the site offers, the default one first unless the settings order them."""
    listed = site.settings.get("locales", [])
    return list(listed) if site.default_locale in listed else [site.default_locale, *listed]


def kept(document: dict[str, Any], site: Site) -> dict[str, Any]:
    """What of a document goes into `Site.settings`: no column's member, and nothing that only repeats the site."""
    repeated = {"title": site.name, "description": site.description}
    return {name: value for name, value in document.items() if name not in _OF_COLUMNS and repeated.get(name) != value}


def check(document: Any) -> None:
    """Refuses a document that the schema does not allow, an unknown member too, with what is wrong and where."""
    if faults := [*_faults(document)]:
        raise errors.Invalid(errors=faults[:50])


def _faults(document: Any) -> Iterator[dict[str, str]]:
    for error in _VALIDATOR.iter_errors(document):
        where = [str(step) for step in error.instance_path]
        if unknown := getattr(error.kind, "unexpected", None):
            for name in unknown:
                message = "This is not known here."
                yield {"field": ".".join([*where, name]), "message": message, "code": "unknown"}
        else:
            yield {"field": ".".join(where), "message": error.message[:300], "code": str(error.kind.name)}
