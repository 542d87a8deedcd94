"""Signing in with a provider: begun in a browser, and completed there with the code that the provider gave it.

An identity is known by its provider and subject, never by its address. An address only joins the two when both sides
have verified it; what a stranger prepared under it (a password, a session, a link by mail) is void before that.
"""

import datetime
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from apps.accounts import errors, selectors
from apps.accounts.events import IdentityLinked, IdentityUnlinked
from apps.accounts.models import OAuthState, OneTimeToken, User, normal
from apps.accounts.providers import identities, oauth
from apps.accounts.providers.oauth import Choice, Identity
from apps.accounts.services import fraud, recovery, sessions, signup
from apps.accounts.services.sessions import Grant
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotFound
from apps.core.events import emit

LIFE = datetime.timedelta(minutes=10)
CODE_LIFE = datetime.timedelta(minutes=5)
CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that was begun. `cookie` is for the browser alone, empty where the client has a nonce of its own."""

    authorization_url: str
    state: str
    cookie: str
    expires_in: int = int(LIFE.total_seconds())


@dataclass(frozen=True, slots=True)
class Linked:
    """An identity that opens an account; `name` is the provider's."""

    provider: str
    name: str
    linked_at: datetime.datetime


def providers() -> list[Choice]:
    return oauth.configured()


def begin(*, provider: str, redirect_uri: str = "", client_nonce: str = "") -> Begun:
    """Begins a sign-in that only the browser which holds the nonce, or else the cookie, can complete."""
    if provider not in {choice.id for choice in oauth.configured()}:
        raise NotFound
    allowed = [address.replace("{provider}", provider) for address in settings.OAUTH_REDIRECT_URIS]
    address = redirect_uri or allowed[0]
    if address not in allowed:
        raise errors.OAuthRedirectRefused
    cookie = "" if client_nonce else secrets.token_urlsafe(32)
    state, verifier, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    url = oauth.authorization_url(provider, redirect_uri=address, state=state, verifier=verifier, nonce=nonce)
    outdated().delete()
    OAuthState.objects.create(
        digest=_digest(state),
        provider=provider,
        verifier=verifier,
        nonce=nonce,
        client_nonce_digest=_binding(client_nonce, cookie),
        redirect_uri=address,
    )
    return Begun(url, state, cookie)


def outdated() -> QuerySet[OAuthState]:
    """What can be completed no more."""
    return OAuthState.objects.filter(created_at__lte=timezone.now() - LIFE - CODE_LIFE)


def complete(
    *,
    provider: str,
    state: str,
    code: str = "",
    client_nonce: str = "",
    cookie: str = "",
    otp: str = "",
    address: str = "",
    network: str = "",
    device: str = "",
) -> Grant:
    """Signs in whom the code is of: the owner of the identity, or of the verified address, or a new person.

    Who has a second factor sends `otp` too, with the code or in a call of its own: for five minutes and five tries
    it is remembered whom the provider vouched for, in the browser that began.
    """
    if provider not in {choice.id for choice in oauth.configured()}:
        raise NotFound
    binding, device_of = _binding(client_nonce, cookie), {"address": address, "network": network, "device": device}
    if not code:
        waiting = _tried(provider, state, binding)
        return _again_if_known(lambda: _open(waiting, otp=otp, **device_of))
    begun = _spent(provider, state, binding)
    found = oauth.identity(
        provider, code=code, redirect_uri=begun.redirect_uri, verifier=begun.verifier, nonce=begun.nonce
    )
    try:
        return _again_if_known(lambda: _sign_in(found, otp=otp, **device_of))
    except (errors.OtpRequired, errors.OtpWrong):
        OAuthState.objects.filter(pk=begun.pk).update(identity=asdict(found))
        raise


def _again_if_known(sign_in: Callable[[], Grant]) -> Grant:
    try:
        return sign_in()
    except IntegrityError:  # the same person was quicker elsewhere, and is known now
        return sign_in()


@transaction.atomic
def _open(waiting: OAuthState, *, otp: str, **device_of: str) -> Grant:
    """The sign-in of an identity that waits, which is forgotten with it: of parallel right codes one wins."""
    kept: Any = waiting.identity
    grant = _sign_in(Identity(**kept), otp=otp, **device_of)
    if not OAuthState.objects.filter(pk=waiting.pk, identity__isnull=False).update(identity=None):
        raise errors.OAuthStateRefused
    return grant


def _spent(provider: str, state: str, binding: str) -> OAuthState:
    """Uses the state up, before anything else is done with it; of parallel uses one wins."""
    now = timezone.now()
    rows = OAuthState.objects.filter(digest=_digest(state), provider=provider, client_nonce_digest=binding)
    if not rows.filter(used_at=None, created_at__gt=now - LIFE).update(used_at=now):
        raise errors.OAuthStateRefused
    return rows.get()


def _tried(provider: str, state: str, binding: str) -> OAuthState:
    """Uses up one of the tries of an identity that waits for a code, before the code is looked at."""
    rows = OAuthState.objects.filter(digest=_digest(state), provider=provider, client_nonce_digest=binding)
    since = timezone.now() - CODE_LIFE
    waiting = rows.filter(identity__isnull=False, used_at__gt=since, tries__lt=CODE_TRIES)
    if not waiting.update(tries=F("tries") + 1):
        raise errors.OAuthStateRefused
    return rows.get()


def _sign_in(found: Identity, *, otp: str, address: str, network: str, device: str) -> Grant:
    email, judged = normal(found.email), None
    if identities.owner_id(found) is None:
        if not found.verified or not email:
            raise errors.OAuthUnverified
        if not User.objects.filter(email=email).exists():
            judged = signup.judged(email=email, address=address, network=network)
    with transaction.atomic():
        user = _owner(found) or _joined(found, email) or _new(found, judged, email, address, network)
        return sessions.begin_for(user, otp=otp, address=address, network=network, device=device)


def _owner(found: Identity) -> User | None:
    owner = identities.owner_id(found)
    return None if owner is None else _active(User.objects.select_for_update(no_key=True).get(pk=owner))


def _joined(found: Identity, email: str) -> User | None:
    """The account of the address, from here on opened by the identity too; refused where that could be a stranger's."""
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if user is None:
        return None
    _active(user)
    if identities.owner_id(found) == user.pk:  # linked while this one waited for the row
        return user
    if user.pending:
        _void(user, found.name)
    elif user.email_verified_at is None or identities.has_another(user, found):
        raise errors.OAuthUnlinked
    _link(user, found)
    return user


def _void(user: User, name: str) -> None:
    """Whoever signed up never showed that the address is theirs: nothing of what they chose opens the account."""
    user.set_unusable_password()
    user.name = name
    user.save(update_fields=["password", "name"])
    sessions.end_all(user, reason="password")
    OneTimeToken.objects.filter(user=user).delete()
    identities.forget(user)
    recovery.mark_verified(user)


def _new(found: Identity, judged: fraud.Assessment | None, email: str, address: str, network: str) -> User:
    if judged is None:  # the account was there a moment ago
        raise errors.OAuthStateRefused
    user = signup.sign_up_verified(judged, email=email, name=found.name, address=address, network=network)
    recovery.mark_verified(user)
    _link(user, found)
    return user


def _link(user: User, found: Identity) -> None:
    identities.link(user, found)
    actor = Actor(kind="user", id=user.pk, label=user.email)
    event = IdentityLinked(subject_id=user.pk, label=user.email, provider=found.provider)
    emit(event, actor=actor, tenant_id=user.home_tenant_id)


def linked(*, actor: Actor) -> list[Linked]:
    """The person's own identities at providers."""
    if actor.kind != "user" or actor.id is None:
        raise Forbidden
    user = User.objects.get(pk=actor.id)
    return [Linked(provider, oauth.name_of(provider), at) for provider, at in identities.linked(user)]


@transaction.atomic
def unlink(*, actor: Actor, provider: str) -> None:
    """Takes away that an identity opens the actor's account; refused where nothing else would open it."""
    user = selectors.oneself(actor)
    there = [found for found, _ in identities.linked(user)]
    if provider not in there:
        raise NotFound
    if there == [provider] and not user.has_usable_password():
        raise errors.LastWayIn
    identities.unlink(user, provider)
    emit(IdentityUnlinked(subject_id=user.pk, label=user.email, provider=provider), actor=actor)


def _active(user: User) -> User:
    if not user.is_active:
        raise errors.OAuthInactive
    return user


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _binding(client_nonce: str, cookie: str) -> str:
    """A nonce does not pass for a cookie, nor a cookie for a nonce."""
    return _digest(f"nonce {client_nonce}" if client_nonce else f"cookie {cookie}")
