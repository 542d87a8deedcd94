"""Sessions: signing in, staying signed in, changing the tenant, signing out.

Locks are taken in the order user, session: what ends all of a person's sessions holds the user's row, and so does
what begins one, so that none slips through.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts import errors, selectors, tokens
from apps.accounts.events import RefreshReused, SessionEnded, SignedIn, SignedOut
from apps.accounts.models import RefreshToken, Session, User
from apps.accounts.services import attempts, second_factor
from apps.core import errors as core
from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.events import emit
from apps.core.models import EventRow
from apps.sites.models import Tenant


@dataclass(frozen=True, slots=True)
class Grant:
    """What signing in gives; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105

    @property
    def expires_in(self) -> int:
        return int(settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"].total_seconds())


def login(
    *,
    email: str,
    password: str,
    otp: str = "",
    tenant: str = "",
    address: str = "",
    network: str = "",
    device: str = "",
) -> Grant:
    """Signs in with a password, for one tenant: the one asked for, or the user's home.

    Who has a second factor sends a code too; a wrong one is counted like a wrong password.
    """
    attempt = attempts.counted(email, network)
    user = authenticate(None, username=email, password=password)
    if not isinstance(user, User):
        raise errors.WrongCredentials
    if not otp:
        attempt.right()
    home = selectors.home_of(user, tenant)
    if home is None and (tenant or not user.is_platform_admin):
        raise errors.NoTenant
    with transaction.atomic():
        # A password that was changed since it was compared must not open a session after the others were ended.
        if not _locked(user.pk).filter(password=user.password, is_active=True).exists():
            raise errors.WrongCredentials
        user.refresh_from_db()  # under the lock: a factor may have come meanwhile
        shown = second_factor.shown(user, otp, tenant_id=home.pk if home else None)
        if otp:
            attempt.right()
        return _grant(_begin(user, home, address=address, device=device, amr=["pwd", *shown]))


def begin_for(user: User, *, otp: str = "", address: str = "", network: str = "", device: str = "") -> Grant:
    """Signs in whom a provider vouches for, to the home tenant; the caller holds the lock on the user's row.

    A provider does not stand for the second factor: who has one sends a code too, counted as with a password.
    """
    attempt = attempts.counted(user.email, network) if otp else None
    home = selectors.home_of(user)
    if home is None and not user.is_platform_admin:
        raise errors.NoTenant
    shown = second_factor.shown(user, otp, tenant_id=home.pk if home else None)
    if attempt:
        attempt.right()
    return _grant(_begin(user, home, address=address, device=device, amr=["oauth", *shown]))


def refresh(*, refresh_token: str, tenant: str = "", address: str = "", device: str = "") -> Grant:
    """Exchanges a refresh token for new tokens. Each is good for one use; a second use ends the session.

    With `tenant` the new tokens are for that tenant, of which the user must be a member: a new session takes the
    place of the old one, which ends. Of parallel uses exactly one wins: the row is spent by a conditional update.
    """
    claims = tokens.read_refresh(refresh_token)
    if claims is None:
        raise errors.RefreshRefused
    now = timezone.now()
    with transaction.atomic():
        user = _locked(claims.user_id).first()
        session = Session.objects.select_for_update().filter(pk=claims.session_id, user=user).first()
        if user is None or session is None:
            raise errors.RefreshRefused
        acting = selectors.actor_of_session(session.pk, claims.user_id, claims.tenant_id)
        mine = RefreshToken.objects.filter(digest=claims.digest, session=session)
        spent = mine.filter(used_at=None).update(used_at=now)
        if acting and spent:
            if tenant and (session.tenant is None or session.tenant.identifier != tenant):
                return _grant(_move(session, tenant, actor=acting, address=address, device=device))
            session.used_at, session.expires_at = now, now + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
            session.save(update_fields=["used_at", "expires_at"])
            return _grant(session)
        if mine.exists() and not spent and _end_family(session):
            event = RefreshReused(subject_id=user.pk, label=user.email, session=str(session.pk))
            emit(event, actor=selectors.actor_of(user, session.tenant_id, str(session.pk)))
    raise errors.RefreshRefused


@transaction.atomic
def logout(*, actor: Actor) -> None:
    """Ends the actor's session: its access and refresh tokens are dead from here on. A key has none."""
    if not actor.session:
        raise Forbidden
    session = Session.objects.select_for_update().get(pk=actor.session)
    _end(session, "logout")
    emit(SignedOut(subject_id=session.user_id, label=actor.label, session=actor.session), actor=actor)


@transaction.atomic
def revoke(*, actor: Actor, session_id: uuid.UUID) -> None:
    """Ends one of the person's own sessions, which may be the one that asks."""
    session = selectors.sessions_of(actor).select_for_update().filter(pk=session_id).first()
    if session is None:
        raise core.NotFound
    _end(session, "revoked")
    event = SessionEnded(subject_id=session.user_id, label=actor.label, session=str(session.pk), reason="revoked")
    emit(event, actor=actor)


@transaction.atomic
def end(*, actor: Actor, session_ids: Iterable[uuid.UUID]) -> int:
    """Ends sessions of members for the actor's tenant and returns how many of them were alive."""
    if not actor.may("users.write"):
        raise core.Forbidden
    here = Session.objects.filter(tenant_id=actor.tenant_id)  # type: ignore[misc]
    alive = here.filter(ended_at=None, expires_at__gt=timezone.now())
    rows = list(alive.select_for_update(of=("self",)).select_related("user").filter(pk__in=session_ids).order_by("pk"))
    for session in rows:
        _end(session, "ended")
        user = session.user
        emit(SessionEnded(subject_id=user.pk, label=user.email, session=str(session.pk), reason="ended"), actor=actor)
    return len(rows)


def end_all(user: User, *, reason: str, but: str = "") -> int:
    """Ends all of a person's sessions but one and returns how many; the caller holds the lock on the user's row."""
    rows = Session.objects.filter(user=user, ended_at=None)
    if but:
        rows = rows.exclude(pk=but)
    return rows.update(ended_at=timezone.now(), end_reason=reason)


def _locked(user_id: int) -> QuerySet[User]:
    return User.objects.select_for_update(no_key=True).filter(pk=user_id)


def _begin(
    user: User, tenant: Tenant | None, *, address: str, device: str, amr: list[str], origin: Session | None = None
) -> Session:
    session = Session.objects.create(
        user=user,
        tenant=tenant,
        address=address,
        device=device[:300],
        amr=amr,
        expires_at=timezone.now() + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
        origin_id=(origin.origin_id or origin.pk) if origin else None,
    )
    event = SignedIn(subject_id=user.pk, label=user.email, session=str(session.pk), address=address)
    emit(event, actor=selectors.actor_of(user, session.tenant_id, str(session.pk)))
    return session


def _move(session: Session, tenant: str, *, actor: Actor, address: str, device: str) -> Session:
    home = selectors.home_of(session.user, tenant)
    if home is None:
        raise errors.NoTenant  # what was done until here, the spending of the token included, is undone
    _end(session, "switched")
    event = SessionEnded(subject_id=session.user_id, label=actor.label, session=str(session.pk), reason="switched")
    emit(event, actor=actor)
    return _begin(session.user, home, address=address, device=device, amr=session.amr, origin=session)


def _end(session: Session, reason: str) -> None:
    session.ended_at, session.end_reason = timezone.now(), reason
    session.save(update_fields=["ended_at", "end_reason"])


def _end_family(session: Session) -> int:
    """Ends what lives of the sign-in that the session belongs to, whatever tenants it was changed to."""
    root = session.origin_id or session.pk
    family = Session.objects.filter(Q(pk=root) | Q(origin_id=root), ended_at=None)
    return family.update(ended_at=timezone.now(), end_reason="reuse")


def _grant(session: Session) -> Grant:
    token, digest = tokens.refresh(session)
    RefreshToken.objects.create(digest=digest, session=session)
    return Grant(access_token=tokens.access(session), refresh_token=token)


def end_of_tenant(event: EventRow) -> None:
    """Reaction: a tenant that was suspended or deleted has no sessions, so that none comes back to life with it."""
    rows = Session.objects.filter(tenant_id=event.subject_id, created_at__lte=event.created_at, ended_at=None)
    rows.update(ended_at=timezone.now(), end_reason="tenant")
