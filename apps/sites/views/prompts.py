from functools import partial
from typing import Any

from rest_framework.request import Request

from apps.core import errors
from apps.core.actor import Actor
from apps.core.operation import operation
from apps.sites import prompts, selectors, services
from apps.sites.models import Prompt, Site
from apps.sites.serializers import PromptIn, PromptOut, PromptQuery
from apps.sites.viewsets import TenantViewSet

PLATFORM = "platform.agents"


_read = partial(
    operation, allow="prompts.read", rate="read", gives=PromptOut, query=PromptQuery, refuses=[errors.NotFound]
)
_write = partial(
    operation,
    allow="prompts.write",
    rate="write",
    takes=PromptIn,
    gives=PromptOut,
    query=PromptQuery,
    effects="rows",
    refuses=[errors.NotFound, errors.VersionMismatch],
)


class PromptsViewSet(TenantViewSet):
    """What agents are told, in layers: with `site` the site's, else the tenant's; or the platform's."""

    category = "auth"
    site: Site | None = None

    def enter(self, request: Request, **kwargs: Any) -> None:
        if request.actor.tenant_id is not None:
            super().enter(request, **kwargs)
        if identifier := request.query_params.get("site"):
            self.site = selectors.site_for(actor=request.actor, identifier=identifier)

    def authorise(self, actor: Actor, code: str) -> None:
        needed = code if actor.tenant_id is not None else PLATFORM
        if not actor.may(needed, self.site.pk if self.site else None):
            raise errors.Forbidden

    @_read("prompts_system_get")
    def system(self, request: Request) -> prompts.Layered:
        """The system prompt: the effective text, the layers it is made of, and the versions of the caller's layer."""
        return prompts.of(Prompt.Kind.SYSTEM, request.actor.tenant_id, self.site)

    @_write("prompts_system_put")
    def put_system(self, request: Request) -> prompts.Layered:
        """Adds a version of the system prompt's text in the caller's layer."""
        return self._put(request, Prompt.Kind.SYSTEM)

    @_read("prompts_transfer_get")
    def transfer(self, request: Request) -> prompts.Layered:
        """The hand-off prompt: when and to whom an agent transfers; layers and versions as with the system prompt."""
        return prompts.of(Prompt.Kind.TRANSFER, request.actor.tenant_id, self.site)

    @_write("prompts_transfer_put")
    def put_transfer(self, request: Request) -> prompts.Layered:
        """Adds a version of the hand-off prompt's text in the caller's layer."""
        return self._put(request, Prompt.Kind.TRANSFER)

    def _put(self, request: Request, kind: str) -> prompts.Layered:
        return services.prompts.put(
            actor=request.actor,
            kind=kind,
            site=self.site,
            text=request.valid["text"],
            if_match=request.headers.get("If-Match", ""),
        )
