"""What makes a signed token safe here, checked before anything is served.

simplejwt passes a token on its signature alone, in any tenant and after any sign-out. The session that each token
names closes that; without its table, or with another authentication class, the gap would be open and silent.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from apps.accounts.models import RefreshToken, Session


@register
def tokens_are_held_against_sessions(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    # simplejwt asks for SECRET_KEY as soon as it is imported; commands that sign nothing have none.
    from rest_framework.settings import api_settings

    from apps.accounts.authentication import BearerAuthentication
    from apps.core.viewsets import OperationViewSet

    classes = {tuple(api_settings.DEFAULT_AUTHENTICATION_CLASSES), tuple(OperationViewSet.authentication_classes)}
    if classes == {(BearerAuthentication,)}:
        return []
    return [
        Error("tokens must be read by BearerAuthentication alone: nothing else asks the session", id="cognitor.E002")
    ]


@register(Tags.database)
def the_tables_of_sessions_are_there(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    there = set(connection.introspection.table_names())
    missing = [model._meta.db_table for model in (Session, RefreshToken) if model._meta.db_table not in there]
    return [Error(f"the table {name} is missing: no token could be revoked", id="cognitor.E003") for name in missing]


@register
def providers_have_somewhere_to_lead_back_to(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SOCIALACCOUNT_PROVIDERS or settings.OAUTH_REDIRECT_URIS:
        return []
    named = ", ".join(sorted(settings.SOCIALACCOUNT_PROVIDERS))
    hint = "Set OAUTH_REDIRECT_URIS to the address of your client's page."
    return [Warning(f"not offered, as there is no address to lead back to: {named}", hint=hint, id="cognitor.W001")]
