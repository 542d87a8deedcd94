"""Tokens that are sent by mail: made where the mail is written, so that nothing else ever holds one."""

import datetime
import hashlib
import secrets

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.accounts.errors import LinkRefused
from apps.accounts.models import OneTimeToken, User

LIFE = datetime.timedelta(hours=1)
MOST_AT_ONCE = 5


def issue(user: User, purpose: OneTimeToken.Purpose) -> str | None:
    """A new token; None when the person was sent enough of them within the last hour."""
    now = timezone.now()
    mine = OneTimeToken.objects.filter(user=user, purpose=purpose)
    mine.filter(created_at__lte=now - LIFE).delete()
    if mine.count() >= MOST_AT_ONCE:
        return None
    token = secrets.token_urlsafe(32)
    OneTimeToken.objects.create(
        digest=_digest(token), user=user, purpose=purpose, fingerprint=_fingerprint(user), expires_at=now + LIFE
    )
    return token


def owner(token: str, purpose: OneTimeToken.Purpose) -> User:
    """Whose token it is, with the row locked. Inside a transaction; `spend` follows in it."""
    row = OneTimeToken.objects.filter(digest=_digest(token), purpose=purpose).first()
    user = row and User.objects.select_for_update(no_key=True).filter(pk=row.user_id, is_active=True).first()
    if not row or not user or not constant_time_compare(row.fingerprint, _fingerprint(user)):
        raise LinkRefused
    # Early, so that a faulty password is not judged for a dead link; `spend` decides.
    if row.used_at or row.expires_at <= timezone.now():
        raise LinkRefused
    return user


def spend(token: str) -> None:
    """Uses the token up; of parallel uses one wins."""
    now = timezone.now()
    fresh = OneTimeToken.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=now)
    if not fresh.update(used_at=now):
        raise LinkRefused


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fingerprint(user: User) -> str:
    state = f"{user.pk}\n{user.email}\n{user.password}"
    return salted_hmac("apps.accounts.one_time", state, algorithm="sha256").hexdigest()
