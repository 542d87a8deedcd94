"""Making sites."""

from django.db import IntegrityError, transaction

from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.errors import IdentifierTaken
from apps.sites.events import SiteCreated
from apps.sites.models import Site, Tenant
from apps.sites.services import identifiers


def create(
    *, actor: Actor, identifier: str, name: str, description: str = "", default_locale: str = "en", tenant_id: int = 0
) -> Site:
    """Creates a site in the actor's tenant (a system actor names one)."""
    identifiers.check(identifier)
    tenant = Tenant.objects.get(pk=tenant_id if actor.kind == "system" and tenant_id else actor.tenant_id)
    try:
        with transaction.atomic():
            site = Site.objects.create(
                tenant=tenant,
                identifier=identifier,
                name=name,
                description=description,
                default_locale=default_locale,
            )
            event = SiteCreated(subject_id=site.pk, label=site.name, site_id=site.pk)
            emit(event, actor=actor, tenant_id=site.tenant_id)
    except IntegrityError:
        raise IdentifierTaken from None
    return site
