"""Signing up: a person, a tenant with its schema and a first site, in one go.

None of it can be used or seen until the mail's link shows that the address is the person's, so that neither a sign-in
nor the site tells whether the address was known. For an address that is known all is made likewise and undone: the
refusals are the same and so is the time.
"""

import secrets

from django.db import IntegrityError, transaction

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


class _Known(Exception):
    """The address has an account: what was made is undone."""


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
    try:
        with transaction.atomic():
            known = User.objects.filter(email=email).exists()
            title = company or name
            user = _create(
                email=f"{secrets.token_hex(16)}@sign-up.invalid" if known else email,
                password=password,
                name=name,
                title=title,
                tenant=tenant or identifiers.derive(title, Tenant),
                site=site,
                pending=True,
            )
            emit(VerificationWanted(subject_id=user.pk, label=user.email), actor=_ACTOR, tenant_id=user.home_tenant_id)
            if known:
                raise _Known
            fraud.record(found, email=email, address=address, network=network, outcome=Outcome.CREATED)
    except (_Known, IntegrityError):  # or somebody was quicker with the same address
        with transaction.atomic():
            _tell_owner(email)
            fraud.record(found, email=email, address=address, network=network, outcome=Outcome.KNOWN)


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
    user = User.objects.select_for_update(no_key=True).get(email=email)
    if user.pending:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    emit(SignupRepeated(subject_id=user.pk), actor=Actor.anonymous())
