from dataclasses import dataclass
from typing import ClassVar

from apps.core.events import Event

NOBODY = 0
"""`subject_id` where an address that was named is nobody's: the same row is written, and nothing follows."""


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class MembershipGranted(Event):
    subject: ClassVar[str] = "user"
    role: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    subject: ClassVar[str] = "user"
    session: str
    address: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    subject: ClassVar[str] = "user"
    session: str


@dataclass(frozen=True, kw_only=True)
class RefreshReused(Event):
    """A spent refresh token came back: somebody copied it, so its session was ended."""

    subject: ClassVar[str] = "user"
    session: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in was ended otherwise than by signing out there: `reason` is that of the session's row."""

    subject: ClassVar[str] = "user"
    session: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """`fields` names what was changed, not what it is now."""

    subject: ClassVar[str] = "user"
    fields: list[str]


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


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnabled(Event):
    """`ended` counts the other sessions that ended, since they were opened without it."""

    subject: ClassVar[str] = "user"
    ended: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorDisabled(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(Event):
    """Somebody else took it from a person who lost it; `ended` counts the sessions that ended with it."""

    subject: ClassVar[str] = "user"
    ended: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(Event):
    """A new set; those of the old one are void."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """`left` counts the codes that are still good."""

    subject: ClassVar[str] = "user"
    left: int


@dataclass(frozen=True, kw_only=True)
class VerificationWanted(Event):
    """The person at the address is to be asked whether it is theirs."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class EmailVerified(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(Event):
    """An identity at the provider opens the account from here on."""

    subject: ClassVar[str] = "user"
    provider: str


@dataclass(frozen=True, kw_only=True)
class IdentityUnlinked(Event):
    """The identity at the provider opens the account no more."""

    subject: ClassVar[str] = "user"
    provider: str


@dataclass(frozen=True, kw_only=True)
class SignupAbandoned(Event):
    """A sign-up whose address nobody verified in time was deleted, with all that it had made."""

    subject: ClassVar[str] = "tenant"


@dataclass(frozen=True, kw_only=True)
class SignupRepeated(Event):
    """Somebody signed up with the address of this account."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserInvited(Event):
    """Somebody was made a member; who has no password yet chooses one by the reset mail."""

    subject: ClassVar[str] = "user"
    role: str


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    subject: ClassVar[str] = "user"
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class MembershipRemoved(Event):
    """Without a site: all memberships in the tenant."""

    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserAnonymised(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserActivated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(Event):
    subject: ClassVar[str] = "user"


@dataclass(frozen=True, kw_only=True)
class RoleCreated(Event):
    subject: ClassVar[str] = "role"
    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    subject: ClassVar[str] = "role"
    codes: list[str]


@dataclass(frozen=True, kw_only=True)
class RoleDeleted(Event):
    subject: ClassVar[str] = "role"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountCreated(Event):
    subject: ClassVar[str] = "service_account"
    codes: list[str]
    sites: list[int]


@dataclass(frozen=True, kw_only=True)
class ServiceAccountChanged(Event):
    subject: ClassVar[str] = "service_account"
    codes: list[str]
    sites: list[int]


@dataclass(frozen=True, kw_only=True)
class ServiceAccountRotated(Event):
    subject: ClassVar[str] = "service_account"
    overlap_seconds: int


@dataclass(frozen=True, kw_only=True)
class ServiceAccountRevoked(Event):
    subject: ClassVar[str] = "service_account"
