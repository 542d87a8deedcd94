from apps.core.refusal import Refusal


class WrongCredentials(Refusal):
    code, status, title = "auth.credentials", 401, "E-mail address or password is wrong."


class OtpRequired(Refusal):
    """The password was right. `methods`: what `otp` may be."""

    code, status, title = "auth.otp_required", 401, "This account takes a code besides the password; send it as `otp`."


class OtpWrong(Refusal):
    code, status, title = "auth.otp", 401, "This code is wrong, too old, or was used already."


class WrongCode(Refusal):
    code, status, title = "auth.code", 403, "This code is wrong, too old, or was used already."


class FactorNotBegun(Refusal):
    code, status, title = "auth.mfa.not_begun", 409, "Nothing waits for a code; begin again."


class FactorOff(Refusal):
    code, status, title = "auth.mfa.off", 409, "This account has no second factor."


class FactorUnreadable(Refusal):
    """The code may be right: what it would be held against was sealed with a key that this server has no more."""

    code, status, title = (
        "auth.mfa.unreadable",
        403,
        "The second factor of this account cannot be read any more; ask an administrator to reset it.",
    )


class FactorElsewhere(Refusal):
    code, status, title = (
        "users.factor_elsewhere",
        403,
        "This person's second factor guards more than this tenant; who runs the installation can reset it.",
    )


class FactorNeeded(Refusal):
    code, status, title = "auth.mfa.needed", 403, "A platform administrator keeps the second factor."


class RefreshRefused(Refusal):
    code, status, title = "auth.refresh", 401, "This refresh token is not valid; sign in again."


class NoTenant(Refusal):
    code, status, title = "auth.no_tenant", 403, "This account is not a member of that tenant."


class WrongPassword(Refusal):
    code, status, title = "auth.password", 403, "The current password is wrong."


class LinkRefused(Refusal):
    """Alike for one that never was, was used, is too old, or was overtaken by a new password."""

    code, status, title = "auth.link", 400, "This link is not valid any more; ask for a new one."


class SignupBlocked(Refusal):
    code, status, title = "auth.signup.blocked", 403, "This sign-up looks automated and was not taken."


class OAuthStateRefused(Refusal):
    """Alike for a state that never was, was used, is too old, or was begun by another browser or provider."""

    code, status, title = "auth.oauth.state", 400, "This sign-in was not begun here, or too long ago; begin again."


class OAuthRedirectRefused(Refusal):
    code, status, title = "auth.oauth.redirect", 400, "This is not an address that a sign-in may lead back to."


class OAuthFailed(Refusal):
    code, status, title = "auth.oauth.failed", 502, "The provider did not confirm the sign-in; begin again."


class OAuthUnverified(Refusal):
    code, status, title = "auth.oauth.unverified", 403, "The provider has not verified the e-mail address."


class OAuthUnlinked(Refusal):
    code, status, title = (
        "auth.oauth.unlinked",
        409,
        "The address has an account that this identity does not open; sign in with the password first.",
    )


class LastWayIn(Refusal):
    code, status, title = "auth.oauth.last", 409, "Nothing else opens this account; set a password first."


class OAuthInactive(Refusal):
    code, status, title = "auth.oauth.inactive", 401, "This account is deactivated."


class AboveOwn(Refusal):
    """`codes`: what the caller lacks."""

    code, status, title = "users.above_own", 403, "This takes permissions that you do not hold yourself."


class LastAdmin(Refusal):
    code, status, title = "users.last_admin", 409, "This is the last active administrator of the tenant."


class AlreadyMember(Refusal):
    code, status, title = "users.already_member", 409, "This address is a member here already."


class AddressTaken(Refusal):
    code, status, title = "users.address_taken", 409, "This address has an account already."


class RoleTaken(Refusal):
    code, status, title = "roles.taken", 409, "A role of this name exists already."


class RoleAssigned(Refusal):
    """`members`: how many memberships have it."""

    code, status, title = "roles.assigned", 409, "The role is assigned; give its members another one first."


class KeyInAddress(Refusal):
    code, status, title = "auth.key_in_address", 400, "A key belongs into the Authorization header, never an address."
