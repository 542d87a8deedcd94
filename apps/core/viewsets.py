"""The base of all views: who, where, may they, how often; then the operation."""

from typing import Any, ClassVar

import structlog
from django.core.exceptions import ImproperlyConfigured
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from apps.core import clients, context, errors, ratelimit
from apps.core.actor import Actor
from apps.core.operation import PUBLIC, USER, Operation

CATEGORIES = {
    "auth": "authentication & access",
    "content": "content",
    "media": "media & generation",
    "users": "users & tenants",
    "billing": "billing & economics",
    "search": "search & analytics",
    "ops": "operations & security",
    "public": "public & agent runtime",
}


class OperationViewSet(ViewSet):
    """Actions are operations; one that is not declared with `@operation` cannot be routed.

    `category` is a key of `CATEGORIES`. `resolved` holds the path values that `enter` turned into objects.
    """

    category: ClassVar[str]
    resolved: dict[str, Any]

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        for name in (actions or {}).values():
            if not hasattr(getattr(cls, name), "operation"):
                raise ImproperlyConfigured(f"{cls.__name__}.{name} is routed but not declared with @operation")
        if cls.category not in CATEGORIES:
            raise ImproperlyConfigured(f"{cls.__name__}.category is not one of {', '.join(CATEGORIES)}")
        return super().as_view(actions, **initkwargs)

    @property
    def operation(self) -> Operation:
        declared: Operation = getattr(self, self.action).operation
        return declared

    def get_parsers(self) -> list[BaseParser]:
        # DRF asks for parsers before it sets `action`.
        action = getattr(self, "action", None) or self.action_map.get((self.request.method or "").lower(), "")
        declared = getattr(getattr(self, action, None), "operation", None)
        return [parser() for parser in (declared.parsers if declared else ()) or self.parser_classes]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not hasattr(getattr(self, self.action or "", None), "operation"):
            raise errors.MethodNotAllowed
        declared = self.operation
        context.current().operation = declared.id
        structlog.contextvars.bind_contextvars(operation=declared.id)
        # A public operation does not look at the token at all: an expired one is no token there.
        actor: Any = Actor.anonymous() if declared.allow == PUBLIC else request.auth
        if actor is None:
            raise errors.NotSignedIn
        request.actor = actor
        self.resolved = {}
        self.limits = self.throttle(request, actor, declared)
        self.enter(request, **kwargs)
        if declared.allow not in (PUBLIC, USER):
            self.authorise(actor, declared.allow)
        structlog.contextvars.bind_contextvars(tenant=actor.tenant_id, actor=actor.principal)

    def throttle(self, request: Request, actor: Actor, declared: Operation) -> dict[str, str]:
        who = clients.network(request) if actor.is_anonymous else f"t{actor.tenant_id}:{actor.principal}"
        return ratelimit.check(ratelimit.RATES[declared.rate], who)

    def enter(self, request: Request, **kwargs: Any) -> None:
        """Resolves the path's values and chooses the schema; views of tenants' data override this."""

    def authorise(self, actor: Actor, code: str) -> None:
        if not actor.may(code):
            raise errors.Forbidden

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in getattr(self, "limits", {}).items():
            response.headers.setdefault(name, value)
        return response
