"""Finding back into an account by mail, and showing that an address is one's own.

Asking does the same work for an address that is nobody's: one look, one event. Token and mail are made by a reaction.
"""

from django.db import transaction
from django.utils import timezone

from apps.accounts.events import NOBODY, EmailVerified, PasswordForgotten, PasswordReset, VerificationWanted
from apps.accounts.models import OneTimeToken, User, normal
from apps.accounts.services import attempts, one_time, passwords, sessions
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.services import tenants

Purpose = OneTimeToken.Purpose


@transaction.atomic
def forget(*, email: str) -> None:
    """Asks for a link for a new password, on behalf of whoever reads the mail."""
    user = User.objects.filter(email=normal(email), is_active=True).first()
    emit(PasswordForgotten(subject_id=user.pk if user else NOBODY), actor=Actor.anonymous())


@transaction.atomic
def resend(*, email: str) -> None:
    """Asks for another verification link, for an address that is not verified yet."""
    user = User.objects.filter(email=normal(email), is_active=True, email_verified_at=None).first()
    emit(VerificationWanted(subject_id=user.pk if user else NOBODY), actor=Actor.anonymous())


@transaction.atomic
def reset(*, token: str, password: str) -> None:
    """Sets a new password and ends all sessions. That the mail was read shows that the address is the person's.

    A second factor stays, and is asked for at the next sign-in.
    """
    user = one_time.owner(token, Purpose.RESET)
    passwords.check(password, user, field="password")
    one_time.spend(token)
    user.set_password(password)
    user.save(update_fields=["password"])
    ended = sessions.end_all(user, reason="password")
    mark_verified(user)
    event = PasswordReset(subject_id=user.pk, label=user.email, ended=ended)
    emit(event, actor=_as(user), tenant_id=user.home_tenant_id)
    if not user.second_factor_at:  # else a mailbox would buy more guesses at the code
        transaction.on_commit(lambda: attempts.forget(user.email))


@transaction.atomic
def verify(*, token: str) -> None:
    """Takes the token as proof that the address is the person's: one who signed up may sign in from here on."""
    user = one_time.owner(token, Purpose.VERIFY)
    one_time.spend(token)
    mark_verified(user)


def mark_verified(user: User) -> None:
    """The address was shown to be the person's: what waited for that opens. The caller holds the lock on the row."""
    if user.pending:
        user.pending = False
        user.save(update_fields=["pending"])
        if user.home_tenant_id is not None:
            tenants.open_up(actor=_as(user), tenant_id=user.home_tenant_id)
    if user.email_verified_at is None:
        user.email_verified_at = timezone.now()
        user.save(update_fields=["email_verified_at"])
        event = EmailVerified(subject_id=user.pk, label=user.email)
        emit(event, actor=_as(user), tenant_id=user.home_tenant_id)


def _as(user: User) -> Actor:
    return Actor(kind="user", id=user.pk, label=user.email)
