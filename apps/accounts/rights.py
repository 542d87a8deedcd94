"""Who may give what to whom: nobody grants a code that it lacks, and nobody changes who holds more."""

from collections.abc import Iterable

from apps.accounts import permissions
from apps.accounts.errors import AboveOwn
from apps.core import errors
from apps.core.actor import Actor


def require(actor: Actor, codes: Iterable[str], site_id: int | None = None) -> None:
    """Refuses unless the actor holds all of the codes, in its tenant or on the site."""
    lacking = sorted(code for code in codes if not actor.may(code, site_id))
    if lacking:
        raise AboveOwn(codes=lacking)


def require_not_above(actor: Actor, other: Actor, site_id: int | None = None) -> None:
    """Refuses unless the actor holds all that the other holds in the tenant; with a site: all it holds there."""
    theirs = frozenset(code for code in other.codes if not code.startswith("platform."))
    if site_id is not None:
        return require(actor, theirs | other.site_codes.get(site_id, frozenset()), site_id)
    require(actor, theirs)
    for pk, codes in other.site_codes.items():
        require(actor, codes, pk)


def known(codes: Iterable[str]) -> list[str]:
    """The codes in order and once; 400 for one that no tenant can give."""
    found = sorted(set(codes))
    if unknown := [code for code in found if code not in permissions.grantable()]:
        message = "This permission does not exist or is not a tenant's to give."
        raise errors.Invalid(
            errors=[{"field": "codes", "message": f"{message} ({code})", "code": "unknown"} for code in unknown]
        )
    return found
