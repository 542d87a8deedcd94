"""Making, changing and deleting sites."""

import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import etag
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.fields import SharedForeignKey
from apps.core.models import Due
from apps.core.services import due
from apps.sites import selectors
from apps.sites.errors import ConfirmationMissing, IdentifierTaken, SiteExpiredAlready, SiteLimitReached
from apps.sites.events import (
    SiteChanged,
    SiteCreated,
    SiteDeleted,
    SiteExpired,
    SiteImported,
    SitePurged,
    SiteRestored,
)
from apps.sites.models import Site, Tenant
from apps.sites.services import domains, identifiers

RECOVERABLE = datetime.timedelta(days=30)
PURGE = "sites.purge_site"


def create(
    *, actor: Actor, identifier: str, name: str, description: str = "", default_locale: str = "en", tenant_id: int = 0
) -> Site:
    """Creates a site in the actor's tenant (a system actor names one), if the tenant may have one more."""
    identifiers.check(identifier)
    owner = tenant_id if actor.kind == "system" and tenant_id else actor.tenant_id
    try:
        with transaction.atomic():
            tenant = require_room(owner)
            site = Site.objects.create(
                tenant=tenant,
                identifier=identifier,
                name=name,
                description=description,
                default_locale=default_locale,
            )
            emit(SiteCreated(**about(site)), actor=actor, tenant_id=site.tenant_id)
    except IntegrityError:
        raise IdentifierTaken from None
    return site


@transaction.atomic
def bring(*, actor: Actor, site: Site, archive: str) -> None:
    """Saves a site out of an archive, as it is and under its id.

    Call `require_room` when all that it has is there: others who write in the tenant wait from then on.
    """
    identifiers.check(site.identifier)
    if Site.objects.filter(identifier=site.identifier).exists():
        raise IdentifierTaken
    site.save(force_insert=True)
    emit(SiteImported(**about(site), archive=archive), actor=actor, tenant_id=site.tenant_id)


@transaction.atomic
def update(*, actor: Actor, identifier: str, changes: dict[str, Any], if_match: str = "") -> Site:
    """Changes name, description or default locale. The identifier stays: it stands in addresses."""
    site = selectors.site_for(actor=actor, identifier=identifier, lock=True)
    etag.require(if_match, site.etag)
    for name in ("name", "description", "default_locale"):
        setattr(site, name, changes.get(name, getattr(site, name)))
    site.version += 1
    site.save(update_fields=["name", "description", "default_locale", "version", "updated_at"])
    emit(SiteChanged(**about(site), fields=sorted(changes)), actor=actor, tenant_id=site.tenant_id)
    return site


@transaction.atomic
def delete(*, actor: Actor, identifier: str, confirm: str, if_match: str = "") -> None:
    """Takes a site out of reach at once and for good in 30 days; `confirm` repeats its identifier."""
    site = selectors.site_for(actor=actor, identifier=identifier, lock=True)
    etag.require(if_match, site.etag)
    if confirm != site.identifier:
        raise ConfirmationMissing
    site.status, site.deleted_at, site.version = Site.Status.DELETING, timezone.now(), site.version + 1
    site.save(update_fields=["status", "deleted_at", "version", "updated_at"])
    plan_purge(site)
    emit(SiteDeleted(**about(site)), actor=actor, tenant_id=site.tenant_id)


@transaction.atomic
def restore(*, actor: Actor, site_id: int) -> Site:
    """Takes a deletion back within 30 days, if the tenant may have one more site."""
    require_room(actor.tenant_id)
    site = selectors.deleted_site_for(actor=actor, site_id=site_id)
    if _ends_at(site) <= timezone.now():
        raise SiteExpiredAlready
    due.cancel(tenant_id=site.tenant_id, kind=PURGE, subject=f"site:{site.pk}")
    site.status, site.deleted_at, site.version = Site.Status.ACTIVE, None, site.version + 1
    site.save(update_fields=["status", "deleted_at", "version", "updated_at"])
    emit(SiteRestored(**about(site)), actor=actor, tenant_id=site.tenant_id)
    return site


def plan_purge(site: Site) -> None:
    """Plans the end of a deleted site, 30 days after its deletion."""
    subject = f"site:{site.pk}"
    due.plan(tenant_id=site.tenant_id, kind=PURGE, subject=subject, at=_ends_at(site), site_id=site.pk)


def purge(row: Due) -> None:
    """The deed of `sites.purge_site`: deletes the site when no app above holds rows of it any more.

    Only those apps know what hangs on their rows (files, versions). So it tells them with `SiteExpired`, and comes
    again when they have finished (`services.expiry`), or after a day to tell them anew. The site stays out of reach,
    and nobody can restore it any more.
    """
    site = Site.objects.select_for_update().filter(pk=row.data["site_id"], status=Site.Status.DELETING).first()
    if site is None:
        return
    if (left := _ends_at(site) - timezone.now()) > datetime.timedelta(0):
        due.again(row, after=left)
        return
    actor = Actor.system(because="30 days after its deletion", tenant_id=site.tenant_id)
    if held(site.pk):
        emit(SiteExpired(**about(site)), actor=actor)
        due.again(row, after=datetime.timedelta(days=1))
        return
    domains.claim(site=site, names=[])
    emit(SitePurged(**about(site)), actor=actor)
    site.delete()


def about(site: Site) -> dict[str, Any]:
    """What every event of a site says."""
    return {"subject_id": site.pk, "label": site.name, "version": site.version, "site_id": site.pk}


def require_room(tenant_id: int | None, *, made: int = 0) -> Tenant:
    """The tenant, locked so that two at once cannot both be its last site; refused when it has all it may have.

    `made`: so many of its sites are those for which there should be room.
    """
    tenant: Tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
    count = tenant.sites.exclude(status=Site.Status.DELETING).count()
    limit = tenant.effective_limits["sites"]
    if count - made >= limit:
        raise SiteLimitReached(limit=limit, count=count)
    return tenant


def _ends_at(site: Site) -> datetime.datetime:
    return (site.deleted_at or timezone.now()) + RECOVERABLE


def held(site_id: int) -> bool:
    """Whether rows refer to the site that no database constraint clears away with it."""
    references = (
        (model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SharedForeignKey) and field.related_model is Site
    )
    return any(model._base_manager.filter(**{field.attname: site_id}).exists() for model, field in references)
