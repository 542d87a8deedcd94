"""Mails to people: what follows the events of accounts.

Links begin with the configured origin, never with what a request said, and carry their token behind `#`, which no
browser sends along. Nothing that a stranger may have typed, such as a name, stands in a mail.
"""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from apps.accounts.events import IdentityLinked, SecondFactorReset
from apps.accounts.models import OneTimeToken, User
from apps.accounts.providers import oauth
from apps.accounts.services import one_time
from apps.core.models import EventRow

Purpose = OneTimeToken.Purpose


def send_reset(event: EventRow) -> None:
    """Reaction: the link for a new password, to one who has an account."""
    if user := _recipient(event):
        _with_link(user, Purpose.RESET, "Set a new password", "reset-password")


def send_verification(event: EventRow) -> None:
    """Reaction: the link that shows that the address is the person's, unless that was shown meanwhile."""
    user = _recipient(event)
    if user and user.email_verified_at is None:
        _with_link(user, Purpose.VERIFY, "Confirm your e-mail address", "verify-email")


def invite(event: EventRow) -> None:
    """Reaction: tells somebody of a new membership, with the link for a first password where there is none."""
    if user := _recipient(event):
        token = None if user.has_usable_password() else one_time.issue(user, Purpose.RESET)
        link = f"{settings.PUBLIC_BASE_URL}/account/reset-password#token={token}" if token else ""
        _send(user, "You are a member of a team", "invited", link=link)


def tell_of_new_password(event: EventRow) -> None:
    """Reaction: tells the owner, who may not be the one who did it."""
    if user := _recipient(event):
        _send(user, "Your password was changed", "changed", link=_forgotten())


def tell_of_signup(event: EventRow) -> None:
    """Reaction: tells the owner of an account that somebody signed up with its address, and how to get in.

    A few times an hour: what strangers do must not fill a mailbox.
    """
    before = EventRow.objects.filter(tenant_id=None, subject_type=event.subject_type, subject_id=event.subject_id)
    lately = before.filter(name=event.name, pk__lt=event.pk, created_at__gt=event.created_at - one_time.LIFE)
    user = _recipient(event)
    if user and lately.count() < one_time.MOST_AT_ONCE:
        _send(user, "You already have an account", "known", link=_forgotten())


def tell_of_second_factor(event: EventRow) -> None:
    """Reaction: tells the owner that signing in takes a code from here on."""
    if user := _recipient(event):
        _send(user, "Your account has a second factor now", "factor_on", link=_forgotten())


def tell_of_lost_factor(event: EventRow) -> None:
    """Reaction: tells the owner that signing in takes no code any more, and whether somebody else saw to that."""
    if user := _recipient(event):
        _send(
            user,
            "Your second factor was removed",
            "factor_off",
            link=_forgotten(),
            is_reset=event.name == SecondFactorReset.name,
        )


def tell_of_recovery_codes(event: EventRow) -> None:
    """Reaction: tells the owner that the recovery codes of before are void."""
    if user := _recipient(event):
        _send(user, "You have new recovery codes", "codes", link=_forgotten())


def tell_of_identity(event: EventRow) -> None:
    """Reaction: tells the owner by which account elsewhere the own one is opened now, or no more."""
    user = _recipient(event)
    if user and event.name == IdentityLinked.name:
        name = oauth.name_of(event.data["provider"])
        _send(user, f"You can sign in with {name} now", "linked", link=_forgotten(), provider=name)
    elif user:
        name = oauth.name_of(event.data["provider"])
        _send(user, f"You cannot sign in with {name} any more", "unlinked", link=_forgotten(), provider=name)


def _forgotten() -> str:
    return f"{settings.PUBLIC_BASE_URL}/account/forgot-password"


def _recipient(event: EventRow) -> User | None:
    return User.objects.filter(pk=event.subject_id, is_active=True).first()


def _with_link(user: User, purpose: Purpose, subject: str, page: str) -> None:
    if token := one_time.issue(user, purpose):
        _send(user, subject, purpose.value, link=f"{settings.PUBLIC_BASE_URL}/account/{page}#token={token}")


def _send(user: User, subject: str, template: str, **context: Any) -> None:
    body = render_to_string(f"mail/{template}.txt", {"origin": settings.PUBLIC_BASE_URL, **context})
    EmailMessage(subject, body, to=[user.email]).send()
