"""The last look before a process serves."""

import structlog
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.checks import (
    providers_have_somewhere_to_lead_back_to,
    the_tables_of_sessions_are_there,
    tokens_are_held_against_sessions,
)
from apps.core.checks import every_api_view_is_an_operation

log = structlog.get_logger(__name__)


def refuse_what_is_unsafe() -> None:
    """Ends the start when a view is not a declared operation, or tokens would not be held against sessions.

    A web server does not run system checks by itself, and each of these would otherwise be silent.
    """
    checks = (every_api_view_is_an_operation, tokens_are_held_against_sessions, the_tables_of_sessions_are_there)
    if faults := [fault for check in checks for fault in check()]:
        raise ImproperlyConfigured("; ".join(str(fault.msg) for fault in faults))
    for warning in providers_have_somewhere_to_lead_back_to():
        log.warning("providers_not_offered", reason=str(warning.msg), hint=warning.hint)
