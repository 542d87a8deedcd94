"""Sessions: signing in, staying signed in, signing out."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone

from apps.accounts import errors, selectors, tokens
from apps.accounts.events import RefreshReused, SignedIn, SignedOut
from apps.accounts.models import RefreshToken, Session, User
from apps.core.actor import Actor
from apps.core.errors import Forbidden
from apps.core.events import emit


@dataclass(frozen=True, slots=True)
class Grant:
    """What signing in gives; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105

    @property
    def expires_in(self) -> int:
        return int(settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"].total_seconds())


def login(*, email: str, password: str, tenant: str = "", address: str = "", device: str = "") -> Grant:
    """Signs in with a password, for one tenant: the one asked for, or the user's home."""
    user = authenticate(None, username=email, password=password)
    if not isinstance(user, User):
        raise errors.WrongCredentials
    home = selectors.home_of(user, tenant)
    if home is None and (tenant or not user.is_platform_admin):
        raise errors.NoTenant
    with transaction.atomic():
        session = Session.objects.create(
            user=user,
            tenant=home,
            address=address,
            device=device[:300],
            expires_at=timezone.now() + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"],
        )
        actor = selectors.actor_of(user, session.tenant_id, str(session.pk))
        event = SignedIn(subject_id=user.pk, label=user.email, session=str(session.pk), address=address)
        emit(event, actor=actor)
        return _grant(session)


def refresh(*, refresh_token: str) -> Grant:
    """Exchanges a refresh token for new tokens. Each is good for one use; a second use ends the session.

    Of parallel uses exactly one wins: the row is spent by a conditional update.
    """
    claims = tokens.read_refresh(refresh_token)
    if claims is None:
        raise errors.RefreshRefused
    now = timezone.now()
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(pk=claims.session_id).first()
        found = session and selectors.actor_of_session(session.pk, claims.user_id, claims.tenant_id)
        spent = RefreshToken.objects.filter(digest=claims.digest, session=session, used_at=None).update(used_at=now)
        if session is not None and found and spent:
            session.used_at, session.expires_at = now, now + settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"]
            session.save(update_fields=["used_at", "expires_at"])
            return _grant(session)
        if session is not None and found and RefreshToken.objects.filter(digest=claims.digest).exists():
            _end(session, "reuse")
            event = RefreshReused(subject_id=session.user_id, label=found[1].label, session=str(session.pk))
            emit(event, actor=found[1])
    raise errors.RefreshRefused


@transaction.atomic
def logout(*, actor: Actor) -> None:
    """Ends the actor's session: its access and refresh tokens are dead from here on. A key has none."""
    if not actor.session:
        raise Forbidden
    session = Session.objects.select_for_update().get(pk=actor.session)
    _end(session, "logout")
    emit(SignedOut(subject_id=session.user_id, label=actor.label, session=actor.session), actor=actor)


def _end(session: Session, reason: str) -> None:
    session.ended_at, session.end_reason = timezone.now(), reason
    session.save(update_fields=["ended_at", "end_reason"])


def _grant(session: Session) -> Grant:
    token, digest = tokens.refresh(session)
    RefreshToken.objects.create(digest=digest, session=session)
    return Grant(access_token=tokens.access(session), refresh_token=token)
