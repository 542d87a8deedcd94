"""Second factors of the tests' people, and the codes that their apps would show."""

import time
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from apps.accounts.providers import mfa


def enrol(user: Any) -> list[str]:
    """Gives the user a confirmed factor and returns the recovery codes."""
    begun = mfa.enrol_begin(user)
    made = mfa.enrol_confirm(user, begun, of(begun.secret))
    assert made
    user.second_factor_at = timezone.now()
    user.save(update_fields=["second_factor_at"])
    return made


def of(secret: str, ahead: int = 0) -> str:
    """What an app shows now, or `ahead` steps of half a minute later."""
    step = int(time.time()) // 30 + ahead
    return totp.format_hotp_value(totp.hotp_value(secret, step))


def fresh(user: Any) -> str:
    """A code that is good now, as if none of this minute had been used."""
    app = Authenticator.objects.get(user=user, type="totp")
    app.data["step"] = 0
    app.save(update_fields=["data"])
    return of(get_adapter().decrypt(app.data["secret"]))


def wrong(user: Any) -> str:
    """A code that is good at no moment near now."""
    secret = get_adapter().decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    near = {of(secret, ahead) for ahead in range(-3, 4)}
    return next(
        code
        for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777")
        if code not in near
    )


def left(user: Any) -> int:
    """How many recovery codes are good still."""
    return mfa.recovery_codes_left(user)
