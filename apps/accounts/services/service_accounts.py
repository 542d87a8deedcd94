"""Service accounts: machines that sign in with a key."""

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts import keys, rights
from apps.accounts.errors import WrongCredentials
from apps.accounts.events import (
    ServiceAccountChanged,
    ServiceAccountCreated,
    ServiceAccountRevoked,
    ServiceAccountRotated,
)
from apps.accounts.models import ServiceAccount
from apps.accounts.selectors import service_accounts as selectors
from apps.core import errors
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.models import Site, Tenant

NOTED_EVERY = datetime.timedelta(minutes=1)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Issued:
    """A service account with its key, which is told this once."""

    account: ServiceAccount
    key: str


@dataclass(frozen=True, slots=True)
class KeyGrant:
    """What `client_credentials` gives: the key itself, so that what ends the key ends the token."""

    access_token: str
    expires_in: int
    refresh_token: None = None
    token_type: str = "bearer"  # noqa: S105


@transaction.atomic
def create(
    *,
    actor: Actor,
    name: str,
    codes: Sequence[str],
    sites: Sequence[int] = (),
    expires_at: datetime.datetime | None = None,
    addresses: Sequence[str] = (),
) -> Issued:
    """Makes a machine identity with codes that the actor holds itself: in the tenant, or on the sites named."""
    prefix = keys.new_prefix()
    key, digest = keys.new(prefix)
    account = ServiceAccount(
        tenant_id=actor.tenant_id,  # type: ignore[misc]
        name=name,
        prefix=prefix,
        digest=digest,
        created_by_id=actor.id if actor.kind == "user" else None,
        expires_at=_to_come(expires_at),
        addresses=networks(addresses),
        codes=rights.known(codes),
        site_ids=_own_sites(actor, sites),
    )
    _require(actor, account)
    account.save()
    emit(ServiceAccountCreated(**_about(account)), actor=actor)
    return Issued(account, key)


@transaction.atomic
def change(*, actor: Actor, account_id: int, **changes: Any) -> ServiceAccount:
    """Changes `name`, `codes`, `sites`, `expires_at`, `addresses`; not those of an account that is above the actor."""
    account = selectors.service_account_for(actor, account_id, lock=True)
    _require(actor, account)
    account.name = changes.get("name", account.name)
    if "codes" in changes:
        account.codes = rights.known(changes["codes"])
    if "sites" in changes:
        account.site_ids = _own_sites(actor, changes["sites"])
    if "expires_at" in changes:
        account.expires_at = _to_come(changes["expires_at"])
    if "addresses" in changes:
        account.addresses = networks(changes["addresses"])
    _require(actor, account)
    account.save(update_fields=["name", "codes", "site_ids", "expires_at", "addresses"])
    emit(ServiceAccountChanged(**_about(account)), actor=actor)
    return account


@transaction.atomic
def rotate(*, actor: Actor, account_id: int, overlap_seconds: int = 0) -> Issued:
    """A new key; the one before it holds for `overlap_seconds` more, any older one no longer."""
    account = selectors.service_account_for(actor, account_id, lock=True)
    _require(actor, account)
    account.previous_digest = account.digest if overlap_seconds else ""
    account.previous_until = timezone.now() + datetime.timedelta(seconds=overlap_seconds) if overlap_seconds else None
    key, account.digest = keys.new(account.prefix)
    account.save(update_fields=["digest", "previous_digest", "previous_until"])
    event = ServiceAccountRotated(subject_id=account.pk, label=account.name, overlap_seconds=overlap_seconds)
    emit(event, actor=actor)
    return Issued(account, key)


@transaction.atomic
def revoke(*, actor: Actor, account_id: int) -> None:
    """Ends an account for good, at once, be it above the actor: this takes, and gives nothing."""
    account = selectors.service_account_for(actor, account_id, lock=True)
    account.revoked_at = timezone.now()
    account.save(update_fields=["revoked_at"])
    emit(ServiceAccountRevoked(subject_id=account.pk, label=account.name), actor=actor)


def login(*, client_id: str, key: str, address: str) -> KeyGrant:
    """Takes prefix and key; `expires_in` is an hour, or what the key has left, after which one asks again."""
    account = account_of_key(key, address) if keys.prefix_of(key) == client_id else None
    if account is None:
        raise WrongCredentials("Client id or secret is wrong.")
    left = (account.expires_at - timezone.now()).total_seconds() if account.expires_at else HOUR
    return KeyGrant(access_token=key, expires_in=int(max(0, min(HOUR, left))))


def account_of_key(raw: str, address: str) -> ServiceAccount | None:
    """The account, if the key holds now and may come from that address; None whatever is wrong. Notes the use."""
    prefix = keys.prefix_of(raw)
    account = prefix and ServiceAccount.objects.select_related("tenant").filter(prefix=prefix).first()
    if not account:
        return None
    now, given = timezone.now(), keys.digest(raw)
    overlaps = account.previous_until is not None and account.previous_until > now
    holds = keys.same(given, account.digest) or (overlaps and keys.same(given, account.previous_digest))
    if not holds or not account.lives(now) or account.tenant.status != Tenant.Status.ACTIVE:
        return None
    if account.addresses and not _within(address, account.addresses):
        return None
    # Conditional, so that of many requests at once one writes.
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    if account.last_used_at is None or account.last_used_at < now - NOTED_EVERY:
        ServiceAccount.objects.filter(stale, pk=account.pk).update(last_used_at=now)
    return account


def actor_of_key(raw: str, address: str) -> Actor | None:
    """The account as an actor with what its key gives now."""
    account = account_of_key(raw, address)
    return None if account is None else actor_of_account(account)


def actor_of_account(account: ServiceAccount) -> Actor:
    """What the account may, if it lives."""
    codes = frozenset(account.codes)
    return Actor(
        kind="service",
        id=account.pk,
        label=account.name,
        tenant_id=account.tenant_id,
        codes=frozenset() if account.site_ids else codes,
        site_codes={site_id: codes for site_id in account.site_ids},
    )


def networks(texts: Sequence[str]) -> list[str]:
    """Addresses and networks as they are kept: `10.0.0.7` is `10.0.0.7/32`; 400 for what is none."""
    found = []
    for text in texts:
        try:
            found.append(str(ipaddress.ip_network(text.strip(), strict=False)))
        except ValueError:
            fault = {"field": "addresses", "message": f"{text} is no address or network.", "code": "invalid"}
            raise errors.Invalid(errors=[fault]) from None
    return found


def _within(address: str, allowed: Sequence[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in allowed)


def _to_come(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment is not None and moment <= timezone.now():
        raise errors.Invalid(errors=[{"field": "expires_at", "message": "This is past.", "code": "past"}])
    return moment


def _own_sites(actor: Actor, sites: Sequence[int]) -> list[int]:
    """The ids in order and once; one that is not a site of the actor's tenant is 400 like one that does not exist."""
    wanted = sorted(set(sites))
    found = set(Site.objects.filter(tenant_id=actor.tenant_id, pk__in=wanted).values_list("pk", flat=True))  # type: ignore[misc]
    if set(wanted) - found:
        raise errors.Invalid(errors=[{"field": "sites", "message": "There is no such site.", "code": "unknown"}])
    return wanted


def _require(actor: Actor, account: ServiceAccount) -> None:
    places: list[int | None] = [*account.site_ids] or [None]
    for site_id in places:
        rights.require(actor, account.codes, site_id)


def _about(account: ServiceAccount) -> dict[str, Any]:
    return {
        "subject_id": account.pk,
        "label": account.name,
        "codes": account.codes,
        "sites": account.site_ids,
    }
