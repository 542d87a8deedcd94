from apps.core.refusal import Refusal


class IdentifierTaken(Refusal):
    code, status, title = "sites.identifier.taken", 409, "This identifier is taken."


class IdentifierReserved(Refusal):
    code, status, title = "sites.identifier.reserved", 400, "This word begins addresses of the API and cannot be used."


class IdentifierMalformed(Refusal):
    code, status, title = (
        "sites.identifier.malformed",
        400,
        "An identifier has 2 to 63 lower-case letters, digits and single hyphens, and begins with a letter.",
    )


class TenantUnavailable(Refusal):
    code, status, title = "sites.tenant.unavailable", 503, "This tenant is being brought up to date; try again."


class ConfirmationMissing(Refusal):
    code, status, title = "sites.confirmation.missing", 400, "`confirm` must repeat the identifier."


class DomainTaken(Refusal):
    """`domain` is the name: another site has proven that it is its own."""

    code, status, title = "sites.domain.taken", 409, "This domain belongs to another site."


class HostUnknown(Refusal):
    code, status, title = "sites.host.unknown", 400, "Nothing is served at this host name."


class SiteExpiredAlready(Refusal):
    code, status, title = "sites.site.expired", 409, "The 30 days are over; what the site had is being deleted."


class SiteLimitReached(Refusal):
    code, status, title = "sites.limit.sites", 409, "The tenant has as many sites as it may have."


class ElementLimitReached(Refusal):
    """`limit` and `count`."""

    code, status, title = "sites.limit.elements", 409, "The tenant has as many elements as it may have."


class StorageLimitReached(Refusal):
    """`limit` and `count` in bytes."""

    code, status, title = "sites.limit.storage", 409, "The tenant's storage would be full."


class UserLimitReached(Refusal):
    """`limit` and `count`."""

    code, status, title = "sites.limit.users", 409, "The tenant has as many members as it may have."


class TenantUnsettled(Refusal):
    """`state` is the tenant's present status."""

    code, status, title = "sites.tenant.unsettled", 409, "The tenant cannot go from its state to this one."
