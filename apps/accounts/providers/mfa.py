"""Second factors: allauth's authenticators behind our verbs. The caller holds the lock on the person's row.

allauth remembers used codes in a cache, for the current period only; here the row itself holds the last step that
was used (`step`), and no code of that step or an earlier one is good again. Secrets are sealed with a key derived
from `SECRET_KEY`, and read with those of `SECRET_KEY_FALLBACKS` too; each use seals them anew.
"""

import base64
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import structlog
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import constant_time_compare

from apps.accounts.errors import FactorUnreadable
from apps.accounts.models import User

_log = structlog.get_logger(__name__)
Method = Literal["otp", "recovery"]
_BEGUN_SECONDS = 15 * 60
_TOTP, _RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def _cipher() -> MultiFernet:
    """Seals with the present key, opens with the former ones too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class Sealed(DefaultMFAAdapter):
    """What allauth stores of secrets is encrypted."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret for an app, as text and as `otpauth:` address; `sealed` is what waits for the first code."""

    secret: str
    uri: str
    sealed: str


def enrol_begin(user: User) -> Enrolment:
    secret = totp.generate_totp_secret()
    adapter = get_adapter()
    return Enrolment(secret, adapter.build_totp_url(user, secret), adapter.encrypt(secret))


def enrol_resume(user: User, sealed: str) -> Enrolment | None:
    """What was begun, while it is young enough to be confirmed."""
    try:
        secret = _cipher().decrypt(sealed.encode(), ttl=_BEGUN_SECONDS).decode()
    except InvalidToken:
        return None
    return Enrolment(secret, get_adapter().build_totp_url(user, secret), sealed)


def enrol_confirm(user: User, enrolment: Enrolment, code: str) -> list[str] | None:
    """The recovery codes when the code is one of the enrolment's secret, which takes the place of any other."""
    step = _step(enrolment.secret, code)
    if step is None:
        return None
    disable(user)
    made = totp.TOTP.activate(user, enrolment.secret).instance
    made.data["step"] = step
    made.save(update_fields=["data"])
    return recovery_codes(user)


def verify(user: User, code: str) -> Method | None:
    """Uses up a code, of the app or for recovery, and says which it was; None when it is not good.

    `FactorUnreadable` when it might be good: the key that sealed the secret is not known here any more.
    """
    rows = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=user).order_by("pk")}
    app, rest = rows.get(_TOTP), rows.get(_RECOVERY)
    if app is None:
        return None
    given, is_readable = _plain(code), True
    try:
        step = _step(get_adapter().decrypt(app.data["secret"]), code)
    except InvalidToken:
        step, is_readable = None, False
    if step is not None:
        if step <= app.data.get("step", 0):
            return None
        app.data["step"] = step
        app.save(update_fields=["data"])
        app.record_usage()
        _seal_anew(user)
        return "otp"
    try:
        if rest is not None and given.isascii() and RecoveryCodes(rest).validate_code(given):
            _seal_anew(user)
            return "recovery"
    except InvalidToken:
        is_readable = False
    if not is_readable:
        _log.error("second_factor_unreadable", user=user.pk)
        raise FactorUnreadable
    return None


def _seal_anew(user: User) -> None:
    """With the present key, so that a former one is wanted no more once each person has signed in."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for row in Authenticator.objects.filter(user=user):
        name = "secret" if row.type == _TOTP else "seed"
        with suppress(InvalidToken):
            row.data[name] = _cipher().rotate(row.data[name].encode()).decode()
            row.save(update_fields=["data"])


def recovery_codes(user: User) -> list[str]:
    """A new set in place of the old one."""
    Authenticator.objects.filter(user=user, type=_RECOVERY).delete()
    return list(RecoveryCodes.activate(user).generate_codes())


def recovery_codes_left(user: User) -> int:
    """How many are good still; none of those that cannot be read."""
    rest = Authenticator.objects.filter(user=user, type=_RECOVERY).first()
    try:
        return len(RecoveryCodes(rest).get_unused_codes()) if rest else 0
    except InvalidToken:
        return 0


def disable(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()


def picture(uri: str) -> str:
    """The address as a QR code: SVG without a prologue, to stand in a page."""
    svg: str = get_adapter().build_totp_svg(uri)
    return svg[svg.index("<svg") :]


def _step(secret: str, code: str) -> int | None:
    """The step of time that the code belongs to, if it is near enough."""
    given = _plain(code)
    found = [
        step
        for step in totp.yield_hotp_counters_from_time()
        if constant_time_compare(totp.format_hotp_value(totp.hotp_value(secret, step)), given)
    ]
    return max(found, default=None) if len(given) == app_settings.TOTP_DIGITS else None


def _plain(code: str) -> str:
    return "".join(code.split())
