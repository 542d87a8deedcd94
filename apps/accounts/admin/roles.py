"""Roles of the current tenant."""

from typing import Any

from django.contrib.admin import register
from django.http import HttpRequest
from unfold.decorators import display

from apps.accounts import services
from apps.accounts.admin.forms import RoleForm
from apps.accounts.models import Role
from apps.accounts.serializers.people import RoleIn
from apps.core.backoffice import ActorModelAdmin, actor_of, site, valid


@register(Role, site=site)
class RoleAdmin(ActorModelAdmin):
    """The tenant's own roles; the built-in ones are not rows."""

    code_view = "users.read"
    code_add = code_change = code_delete = "roles.write"
    tenant_lookup = "tenant_id"
    subject = "role"
    form = RoleForm
    list_display = ("name", "title", "codes_shown", "updated_at")
    search_fields = ("name", "title")
    ordering = ("name",)
    fields = (("name", "title"), "codes")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name",) if obj else ()

    @display(description="codes")
    def codes_shown(self, obj: Role) -> str:
        return ", ".join(obj.codes) or "–"

    def write(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> Role:
        given, actor = form.cleaned_data, actor_of(request)
        if change:
            found: Role = services.roles.change(actor=actor, role_id=obj.pk, title=given["title"], codes=given["codes"])
            return found
        made: Role = services.roles.create(actor=actor, **valid(RoleIn, given))
        return made

    def erase(self, request: HttpRequest, obj: Role) -> None:
        services.roles.delete(actor=actor_of(request), role_id=obj.pk)
