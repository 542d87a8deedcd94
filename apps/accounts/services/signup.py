"""Signing up: a person, a tenant with its schema and a first site, in one go.

None of it can be used or seen until the mail's link shows that the address is the person's, so that neither a sign-in
nor the site tells whether the address was known. For an address that is known all is made likewise, for a person whom
no mail can reach: the refusals are the same and so is the time.

What identifiers tell. They are words of public addresses, so that one which is open exists is no secret, and a name
that is taken is refused with 409. One that waits is taken too, since two cannot have it, and anybody may find that out
by asking for it. But it says nothing of whom it waits for: after a sign-up with an address the identifiers are taken,
chosen or derived, whether the address was new, waited, or had an account, and they are given back together after
`SIGNUP_KEPT` (`cognitor.purge.abandon`). What opens meanwhile was opened by the owner of the address and is public
from then on.
"""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.errors import SignupBlocked
from apps.accounts.events import SignupRepeated, VerificationWanted
from apps.accounts.models import SignupAssessment, User, normal
from apps.accounts.services import fraud, passwords, users
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.models import Site, Tenant
from apps.sites.services import identifiers, sites, tenants

Outcome = SignupAssessment.Outcome
_ACTOR = Actor.system(because="sign-up")


def sign_up(
    *,
    email: str,
    password: str,
    name: str,
    company: str = "",
    tenant: str = "",
    site: str = "",
    address: str = "",
    network: str = "",
) -> None:
    """Creates user, tenant and site, or tells the owner of the address by mail; the caller cannot see which."""
    email = normal(email)
    passwords.check(password, User(email=email, name=name), field="password")
    found = judged(email=email, address=address, network=network)
    title = company or name
    asked = {"password": password, "name": name, "title": title, "tenant": tenant, "site": site}
    try:
        _make(found, email=email, address=address, network=network, **asked)
    except IntegrityError:  # somebody was quicker with the same address, which is known now
        _make(found, email=email, address=address, network=network, **asked)


@transaction.atomic
def _make(found: fraud.Assessment, *, email: str, address: str, network: str, tenant: str, **asked: str) -> None:
    known = User.objects.filter(email=email).exists()
    reached = f"{secrets.token_hex(16)}@sign-up.invalid" if known else email
    named = tenant or identifiers.derive(asked["title"], Tenant)
    user = _create(email=reached, tenant=named, pending=True, **asked)
    if known:
        _tell_owner(email)
    else:
        emit(VerificationWanted(subject_id=user.pk, label=user.email), actor=_ACTOR, tenant_id=user.home_tenant_id)
    outcome = Outcome.KNOWN if known else Outcome.CREATED
    fraud.record(found, email=email, address=address, network=network, outcome=outcome)


def judged(*, email: str, address: str, network: str) -> fraud.Assessment:
    """How the sign-up looks; one that is blocked is recorded and refused. Outside a transaction, so that it stays."""
    found = fraud.assess(email=email, network=network)
    if found.blocked:
        fraud.record(found, email=email, address=address, network=network, outcome=Outcome.BLOCKED)
        raise SignupBlocked
    return found


def sign_up_verified(found: fraud.Assessment, *, email: str, name: str, address: str, network: str) -> User:
    """Creates user, tenant and site for an address that a provider has verified: nothing waits for a mail."""
    title = name or email.partition("@")[0]
    tenant = identifiers.derive(title, Tenant)
    user = _create(email=email, password=None, name=name, title=title, tenant=tenant, site="", pending=False)
    fraud.record(found, email=email, address=address, network=network, outcome=Outcome.CREATED)
    return user


def abandoned() -> QuerySet[User]:
    """Who signed up long ago and never showed that the address was theirs, the oldest first."""
    before = timezone.now() - settings.SIGNUP_KEPT
    rows = User.objects.filter(pending=True, created_at__lt=before, home_tenant__status=Tenant.Status.PROVISIONING)
    return rows.order_by("created_at")


def _create(*, email: str, password: str | None, name: str, title: str, tenant: str, site: str, pending: bool) -> User:
    home = tenants.create(actor=_ACTOR, identifier=tenant, name=title, email=email, closed=pending)
    first = site or identifiers.derive(tenant, Site)
    sites.create(actor=_ACTOR, tenant_id=home.pk, identifier=first, name=title)
    user = users.create(actor=_ACTOR, email=email, password=password, name=name, tenant=home)
    user.pending = pending
    user.save(update_fields=["pending"])
    users.grant(actor=_ACTOR, user=user, tenant_id=home.pk, role="tenant_admin")
    return user


def _tell_owner(email: str) -> None:
    """Of two who signed up with an address that nobody has verified, neither's password counts.

    Otherwise the owner, confirming the own sign-up, would open the account with a stranger's password. The mail leads
    to a new one.
    """
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if user is None:  # it was deleted a moment ago
        return
    if user.pending:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    emit(SignupRepeated(subject_id=user.pk), actor=Actor.anonymous())
