"""The second factor of a person: enrolling, showing it, new recovery codes, giving it up.

Every sentence holds the lock on the person's row, so that a code is used by one of parallel requests only.
Wrong codes are counted with wrong passwords.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from apps.accounts import errors, rights, selectors
from apps.accounts.events import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SecondFactorReset,
)
from apps.accounts.models import Membership, Session, User
from apps.accounts.providers import mfa
from apps.accounts.providers.mfa import Enrolment
from apps.accounts.services import attempts, members
from apps.core.actor import Actor
from apps.core.errors import Forbidden, NotFound
from apps.core.events import emit

METHODS = ["totp", "recovery_code"]


@dataclass(frozen=True, slots=True)
class State:
    """`required`: whether the person may not be without."""

    enabled: bool
    methods: list[str]
    recovery_codes_left: int
    required: bool


def state(*, actor: Actor) -> State:
    if actor.kind != "user" or actor.id is None:
        raise Forbidden
    user = User.objects.get(pk=actor.id)
    on = user.second_factor_at is not None
    left = mfa.recovery_codes_left(user) if on else 0
    return State(on, METHODS[: 2 if left else 1] if on else [], left, user.is_platform_admin)


def begin(*, actor: Actor, password: str, code: str = "", network: str = "") -> Enrolment:
    """Makes a secret that waits a quarter of an hour for its first code; until then nothing changes.

    Who has a factor already shows a code of it, and gets another in its place.
    """
    attempt = attempts.counted(actor.label, network)
    with transaction.atomic():
        user = selectors.oneself(actor)
        if not user.check_password(password):
            raise errors.WrongPassword
        if user.second_factor_at:
            _use(user, code, actor)
        attempt.right()
        enrolment = mfa.enrol_begin(user)
        user.second_factor_begun = enrolment.sealed
        user.save(update_fields=["second_factor_begun"])
        return enrolment


@transaction.atomic
def confirm(*, actor: Actor, code: str) -> list[str]:
    """Turns on what was begun and gives the recovery codes; every other session, opened without it, ends."""
    user = selectors.oneself(actor)
    enrolment = mfa.enrol_resume(user, user.second_factor_begun)
    if enrolment is None:
        raise errors.FactorNotBegun
    codes = mfa.enrol_confirm(user, enrolment, code)
    if codes is None:
        raise errors.WrongCode
    _set(user, on=True)
    others = Session.objects.filter(user=user, ended_at=None)
    if actor.session:
        mine = others.filter(pk=actor.session).select_for_update().first()
        if mine is not None and "otp" not in mine.amr:
            mine.amr = [*mine.amr, "otp"]
            mine.save(update_fields=["amr"])
        others = others.exclude(pk=actor.session)
    ended = others.update(ended_at=timezone.now(), end_reason="second_factor")
    emit(SecondFactorEnabled(subject_id=user.pk, label=user.email, ended=ended), actor=actor)
    return codes


def remake_codes(*, actor: Actor, code: str, network: str = "") -> list[str]:
    """A new set of recovery codes for a fresh code; those of the old set are void."""
    attempt = attempts.counted(actor.label, network)
    with transaction.atomic():
        user = selectors.oneself(actor)
        _on(user, attempt)
        _use(user, code, actor)
        attempt.right()
        codes = mfa.recovery_codes(user)
        emit(RecoveryCodesMade(subject_id=user.pk, label=user.email), actor=actor)
        return codes


def disable(*, actor: Actor, password: str, code: str, network: str = "") -> None:
    """Gives the factor up, for the password and a code. A platform administrator keeps it."""
    attempt = attempts.counted(actor.label, network)
    with transaction.atomic():
        user = selectors.oneself(actor)
        if user.is_platform_admin:
            attempt.right()
            raise errors.FactorNeeded
        _on(user, attempt)
        if not user.check_password(password):
            raise errors.WrongPassword
        _use(user, code, actor)
        attempt.right()
        mfa.disable(user)
        _set(user, on=False)
        emit(SecondFactorDisabled(subject_id=user.pk, label=user.email), actor=actor)


@transaction.atomic
def reset_member(*, actor: Actor, user_id: int) -> None:
    """Takes the factor from somebody else who lost it; all sessions of that person end, and a mail tells of it.

    Who looks after the installation's security may do so for anybody, a tenant for a member that is its alone: the
    factor guards whatever the person has. Nobody goes around the own one.
    """
    if actor.may("platform.security"):
        found = User.objects.filter(pk=user_id).first()
        if found is None:
            raise NotFound
    else:
        members.lock(actor)
        found = selectors.members.user_for(actor, user_id)
        rights.require_not_above(actor, selectors.members.rights_of(found, actor.tenant_id))
        elsewhere = Membership.objects.filter(user=found).exclude(tenant_id=actor.tenant_id)  # type: ignore[misc]
        if found.is_platform_admin or elsewhere.exists():
            raise errors.FactorElsewhere
    if found.pk == actor.id:
        raise Forbidden
    reset(actor=actor, user_id=found.pk)


@transaction.atomic
def reset(*, actor: Actor, user_id: int) -> int:
    """Takes the factor from a person who lost it, on the installation's word, and ends all sessions of it."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.second_factor_at is None:
        raise errors.FactorOff
    mfa.disable(user)
    _set(user, on=False)
    rows = Session.objects.filter(user=user, ended_at=None)
    ended = rows.update(ended_at=timezone.now(), end_reason="second_factor")
    emit(SecondFactorReset(subject_id=user.pk, label=user.email, ended=ended), actor=actor)
    transaction.on_commit(lambda: attempts.forget(user.email))
    return ended


def check(*, actor: Actor, code: str, network: str = "") -> None:
    """Uses up a code of the actor, who has shown the password already."""
    attempt = attempts.counted(actor.label, network)
    with transaction.atomic():
        _use(selectors.oneself(actor), code, actor)
        attempt.right()


def shown(user: User, code: str, *, tenant_id: int | None) -> list[str]:
    """What a sign-in shows besides the password, as `amr`; the caller holds the lock and has counted the attempt."""
    if not user.second_factor_at:
        return []
    if not code:
        raise errors.OtpRequired(methods=METHODS)
    try:
        return [_use(user, code, selectors.actor_of(user, tenant_id))]
    except errors.WrongCode:
        raise errors.OtpWrong from None


def _use(user: User, code: str, actor: Actor) -> str:
    method = mfa.verify(user, code)
    if method is None:
        raise errors.WrongCode
    if method == "recovery":
        left = mfa.recovery_codes_left(user)
        emit(RecoveryCodeUsed(subject_id=user.pk, label=user.email, left=left), actor=actor)
    return method


def _on(user: User, attempt: attempts.Attempt) -> None:
    if not user.second_factor_at:
        attempt.right()
        raise errors.FactorOff


def _set(user: User, *, on: bool) -> None:
    user.second_factor_at, user.second_factor_begun = timezone.now() if on else None, ""
    user.save(update_fields=["second_factor_at", "second_factor_begun"])
