"""Passwords: what one must be, and changing it."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import errors, selectors
from apps.accounts.events import PasswordChanged
from apps.accounts.models import User
from apps.accounts.services import attempts, sessions
from apps.core import errors as core
from apps.core.actor import Actor
from apps.core.events import emit


def check(password: str, user: User, *, field: str) -> None:
    """Refuses what the configured validators refuse, each fault at `field`; `user` is whom it shall not resemble."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        raise core.Invalid(
            errors=[
                {"field": field, "message": message, "code": fault.code or "invalid"}
                for fault in error.error_list
                for message in fault.messages
            ]
        ) from None


def change(*, actor: Actor, current: str, new: str, network: str = "") -> None:
    """Changes the actor's own password; every other session of the person ends, in all tenants."""
    attempt = attempts.counted(actor.label, network)
    with transaction.atomic():
        user = selectors.oneself(actor)
        if not user.check_password(current):
            raise errors.WrongPassword
        attempt.right()
        check(new, user, field="new_password")
        user.set_password(new)
        user.save(update_fields=["password"])
        ended = sessions.end_all(user, reason="password", but=actor.session)
        emit(PasswordChanged(subject_id=user.pk, label=user.email, ended=ended), actor=actor)
