from apps.accounts.events.identities import IdentityLinked, IdentityUnlinked
from apps.accounts.events.memberships import MembershipGranted, MembershipRemoved
from apps.accounts.events.passwords import NOBODY, PasswordChanged, PasswordForgotten, PasswordReset
from apps.accounts.events.roles import RoleChanged, RoleCreated, RoleDeleted
from apps.accounts.events.second_factor import (
    RecoveryCodesMade,
    RecoveryCodeUsed,
    SecondFactorDisabled,
    SecondFactorEnabled,
    SecondFactorReset,
)
from apps.accounts.events.service_accounts import (
    ServiceAccountChanged,
    ServiceAccountCreated,
    ServiceAccountRevoked,
    ServiceAccountRotated,
)
from apps.accounts.events.sessions import RefreshReused, SessionEnded, SignedIn, SignedOut
from apps.accounts.events.signups import EmailVerified, SignupAbandoned, SignupRepeated, VerificationWanted
from apps.accounts.events.users import (
    ProfileChanged,
    UserActivated,
    UserAnonymised,
    UserChanged,
    UserCreated,
    UserDeactivated,
    UserInvited,
)

__all__ = [
    "EmailVerified",
    "IdentityLinked",
    "IdentityUnlinked",
    "MembershipGranted",
    "MembershipRemoved",
    "NOBODY",
    "PasswordChanged",
    "PasswordForgotten",
    "PasswordReset",
    "ProfileChanged",
    "RecoveryCodeUsed",
    "RecoveryCodesMade",
    "RefreshReused",
    "RoleChanged",
    "RoleCreated",
    "RoleDeleted",
    "SecondFactorDisabled",
    "SecondFactorEnabled",
    "SecondFactorReset",
    "ServiceAccountChanged",
    "ServiceAccountCreated",
    "ServiceAccountRevoked",
    "ServiceAccountRotated",
    "SessionEnded",
    "SignedIn",
    "SignedOut",
    "SignupAbandoned",
    "SignupRepeated",
    "UserActivated",
    "UserAnonymised",
    "UserChanged",
    "UserCreated",
    "UserDeactivated",
    "UserInvited",
    "VerificationWanted",
]
