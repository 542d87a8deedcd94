"""Passwords, changed and forgotten."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event

NOBODY = 0
"""`subject_id` where an address that was named is nobody's: the same row is written, and nothing follows."""


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """`ended` counts the other sessions that ended with the old one."""

    subject: ClassVar[str] = "user"
    ended: int


@dataclass(frozen=True, kw_only=True)
class PasswordForgotten(Event):
    """Somebody asked for a mail with which to set a new password."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(Event):
    """`ended` counts the sessions that ended with the old password."""

    subject: ClassVar[str] = "user"
    ended: int
