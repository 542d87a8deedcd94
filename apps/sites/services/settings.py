"""Changing a site's settings."""

from typing import Any

from django.db import transaction

from apps.core import etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites import locales, selectors
from apps.sites import settings as documents
from apps.sites.events import SiteSettingsChanged
from apps.sites.services import domains
from apps.sites.services.sites import about


@transaction.atomic
def put(*, actor: Actor, identifier: str, document: dict[str, Any], if_match: str = "") -> documents.Settings:
    """Replaces the settings: what is left out takes its default, the default locale stays as it was."""
    documents.check(document)
    document = locales.written(document)
    site = selectors.site_for(actor=actor, identifier=identifier, lock=True)
    etag.require(if_match, site.etag)
    site.settings = documents.kept(document, site)
    site.default_locale = document.get("default_locale", site.default_locale)
    site.cache_seconds = document.get("cache", {}).get("max_age", 0)
    site.version += 1
    site.save(update_fields=["settings", "default_locale", "cache_seconds", "version", "updated_at"])
    domains.claim(site=site, names=document.get("domains", []))
    emit(SiteSettingsChanged(**about(site)), actor=actor, tenant_id=site.tenant_id)
    return documents.of(site)


@transaction.atomic
def put_locales(
    *,
    actor: Actor,
    identifier: str,
    default: str = "",
    enabled: list[str],
    fallback: dict[str, list[str]],
    labels: dict[str, str],
    if_match: str = "",
) -> documents.Settings:
    """Replaces the part of the settings that is about locales; without `default` that one stays as it was."""
    part: dict[str, Any] = {"locales": enabled, "fallback": fallback, "locale_labels": labels}
    part |= {"default_locale": default} if default else {}
    part = locales.written(part)
    documents.check(part)
    site = selectors.site_for(actor=actor, identifier=identifier, lock=True)
    etag.require(if_match, site.etag)
    site.default_locale = part.pop("default_locale", site.default_locale)
    site.settings = site.settings | part
    site.version += 1
    site.save(update_fields=["settings", "default_locale", "version", "updated_at"])
    emit(SiteSettingsChanged(**about(site)), actor=actor, tenant_id=site.tenant_id)
    return locales.of(site)
