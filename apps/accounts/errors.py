from apps.core.refusal import Refusal


class WrongCredentials(Refusal):
    code, status, title = "auth.credentials", 401, "E-mail address or password is wrong."


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
