"""Host names of sites: claimed in the settings, proven by a DNS record, looked after as long as they are used."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due, Job
from apps.core.services import due, jobs
from apps.sites import selectors
from apps.sites.errors import DomainTaken
from apps.sites.events import DomainExpired, DomainLost, DomainVerified
from apps.sites.models import Domain, Site
from apps.sites.providers import dns

CLAIM = datetime.timedelta(days=14)
"""How long a claim waits for its record."""
CHECKED_EVERY = datetime.timedelta(days=1)
MISSED = datetime.timedelta(days=7)
"""How long a verified name lives on without its record: mistakes and outages of DNS take no site down."""
CHECK = "sites.check_domain"
_REVIEW = "sites.review_domain"


def claim(*, site: Site, names: list[str]) -> None:
    """Makes these the site's host names, in this order; those that stay keep what they have proven.

    A new one that another site has proven is refused. To be called with the site locked.
    """
    kept = {row.domain: row for row in Domain.objects.filter(site=site)}
    added = [name for name in names if name not in kept]
    if taken := selectors.proven().filter(domain__in=added).order_by("domain").first():
        raise DomainTaken(domain=taken.domain)
    for row in kept.values():
        if row.domain not in names:
            _forget(row)
    expires_at = timezone.now() + CLAIM
    made = Domain.objects.bulk_create(
        Domain(domain=name, tenant_id=site.tenant_id, site=site, is_primary=False, expires_at=expires_at)
        for name in added
    )
    for row in made:
        _review(row, at=expires_at)
    rows = kept | {row.domain: row for row in made}
    for position, name in enumerate(names):
        rows[name].position = position
    Domain.objects.bulk_update([rows[name] for name in names], ["position"])


def ask(*, actor: Actor, site: Site, domain_id: int) -> str:
    """Asks DNS for the record of a claim and returns the outcome, for `settle`. Call it outside a transaction."""
    domain = selectors.domain_for(actor=actor, site=site, domain_id=domain_id)
    if domain.state == "taken":
        raise DomainTaken(domain=domain.domain)
    try:
        texts = dns.names().texts(domain.record["name"])
    except dns.Unanswered:
        return Domain.Outcome.UNANSWERED
    if domain.record["value"] in (text.strip() for text in texts):
        return Domain.Outcome.FOUND
    return Domain.Outcome.DIFFERENT if texts else Domain.Outcome.ABSENT


@transaction.atomic
def settle(*, actor: Actor, site: Site, domain_id: int, outcome: str) -> Domain:
    """Keeps what `ask` found. The first site that proves a name has it; for any other it is 409."""
    domain = selectors.domain_for(actor=actor, site=site, domain_id=domain_id, lock=True)
    now = timezone.now()
    domain.checked_at, domain.outcome = now, outcome
    if outcome == Domain.Outcome.FOUND:
        domain.missing_since = None
        if domain.verified_at is None:
            _prove(domain, actor=actor, now=now)
    elif domain.verified_at and outcome != Domain.Outcome.UNANSWERED:
        domain.missing_since = domain.missing_since or now
        if now - domain.missing_since >= MISSED:
            _lose(domain, actor=actor, now=now)
    _keep(domain)
    return selectors.domain_for(actor=actor, site=site, domain_id=domain_id)


@transaction.atomic
def check_soon(*, actor: Actor, site: Site, domain_id: int) -> Job:
    """Lets a worker ask and settle, for callers that cannot wait for DNS."""
    domain = selectors.domain_for(actor=actor, site=site, domain_id=domain_id)
    return jobs.start(actor=actor, kind=CHECK, tenant_id=site.tenant_id, domain_id=domain.pk)


def check_job(job: Job) -> dict[str, str]:
    """The job of `check_soon`; its result says what the check found."""
    domain = Domain.objects.select_related("site").filter(pk=job.arguments["domain_id"], site__isnull=False).first()
    if domain is None or domain.site is None:
        return {"outcome": ""}
    actor = Actor.system(because="check of a domain", tenant_id=job.tenant_id)
    outcome = ask(actor=actor, site=domain.site, domain_id=domain.pk)
    settle(actor=actor, site=domain.site, domain_id=domain.pk, outcome=outcome)
    return {"domain": domain.domain, "outcome": outcome}


def review(row: Due) -> None:
    """The deed of `sites.review_domain`: has a verified name checked every day, and ends a claim that was not proven.

    While its site can be restored, a claim stays.
    """
    rows = Domain.objects.filter(pk=row.data["domain_id"])
    site = Site.objects.select_for_update(no_key=True).filter(domains__in=rows).first()
    domain = rows.select_for_update(no_key=True).first()
    if site is None or domain is None:
        return
    actor = Actor.system(because="domains are looked after", tenant_id=site.tenant_id)
    now = timezone.now()
    if domain.verified_at:
        check_soon(actor=actor, site=site, domain_id=domain.pk)
        due.again(row, after=CHECKED_EVERY)
    elif site.status == Site.Status.DELETING or (domain.expires_at and domain.expires_at > now):
        due.again(row, after=CHECKED_EVERY)
    else:
        emit(DomainExpired(**_about(domain)), actor=actor)
        domain.delete()
        site.version += 1
        site.save(update_fields=["version", "updated_at"])


def _prove(domain: Domain, *, actor: Actor, now: datetime.datetime) -> None:
    domain.verified_at, domain.expires_at = now, None
    try:
        with transaction.atomic():
            _take_from_deleted(domain)
            _keep(domain)
    except IntegrityError:
        raise DomainTaken(domain=domain.domain) from None
    _review(domain, at=now + CHECKED_EVERY)
    emit(DomainVerified(**_about(domain)), actor=actor)


def _lose(domain: Domain, *, actor: Actor, now: datetime.datetime) -> None:
    domain.verified_at, domain.missing_since, domain.expires_at = None, None, now + CLAIM
    _review(domain, at=domain.expires_at)
    emit(DomainLost(**_about(domain)), actor=actor)


def _take_from_deleted(domain: Domain) -> None:
    """A deleted site or tenant, though it can be restored, keeps no name from one that proves it."""
    rows = Domain.objects.filter(domain=domain.domain, verified_at__isnull=False)
    rows.exclude(pk__in=selectors.proven().values("pk")).update(verified_at=None, expires_at=timezone.now() + CLAIM)


def _keep(domain: Domain) -> None:
    """Not `save`, which would choose a primary name of the tenant: a site's settings order its names."""
    names = ("verified_at", "expires_at", "checked_at", "outcome", "missing_since")
    Domain.objects.filter(pk=domain.pk).update(**{name: getattr(domain, name) for name in names})


def _about(domain: Domain) -> dict[str, Any]:
    return {"subject_id": domain.pk, "label": domain.domain, "site_id": domain.site_id}


def _forget(domain: Domain) -> None:
    due.cancel(tenant_id=domain.tenant_id, kind=_REVIEW, subject=f"domain:{domain.pk}")
    domain.delete()


def _review(domain: Domain, *, at: datetime.datetime) -> None:
    due.plan(tenant_id=domain.tenant_id, kind=_REVIEW, subject=f"domain:{domain.pk}", at=at, domain_id=domain.pk)
