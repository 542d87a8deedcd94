"""Tenants, their schemas' state, and sites; and what admins of sites' content share."""

from typing import Any

from django.contrib.admin import SimpleListFilter, register
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import HttpRequest
from unfold.decorators import display

from apps.core.backoffice import ActorModelAdmin, ReadOnlyAdmin, actor_of, site
from apps.sites import selectors, services
from apps.sites.models import SchemaState, Site, Tenant


class SiteFilter(SimpleListFilter):
    """By site; offers the sites that exist for the actor, since the table holds those of all tenants."""

    title, parameter_name = "site", "site"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(selectors.sites_of(actor_of(request)).values_list("pk", "name"))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = str(self.value() or "")
        return queryset.filter(site_id=int(value)) if value.isdigit() and len(value) < 19 else queryset


class SiteSideAdmin(ActorModelAdmin):
    """A table in the tenant's schema whose rows belong to a site."""

    tenant_side = True
    site_lookup = "site_id"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "site":
            kwargs["queryset"] = self.sites(request)
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)
            first = kwargs["queryset"].first()
            if field is not None and first is not None:
                field.initial = first.pk
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the buttons that add or change the related row."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return _bare(field) if field is not None else None

    def sites(self, request: HttpRequest) -> Any:
        """Sites on which the actor may add."""
        actor = actor_of(request)
        rows = selectors.sites_of(actor)
        if self.code_add and not actor.may(self.code_add):
            rows = rows.filter(pk__in=[pk for pk in actor.site_codes if actor.may(self.code_add, pk)])
        return rows


def _bare(field: Any) -> Any:
    if isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


@register(Site, site=site)
class SiteAdmin(ActorModelAdmin):
    """Sites of the tenant. A new one is made here; there is no service yet that changes one."""

    code_view = "sites.read"
    code_add = "sites.write"
    tenant_lookup = "tenant_id"
    site_lookup = "pk"
    subject = "site"
    list_display = ("name", "identifier", "default_locale", "shown_status", "created_at")
    search_fields = ("name", "identifier")
    list_filter = ("status",)
    ordering = ("identifier",)
    fields = (("name", "identifier"), "description", ("default_locale", "cache_seconds"), ("status", "created_at"))
    add_fieldsets = ((None, {"fields": (("name", "identifier"), "description", "default_locale")}),)
    readonly_fields = ("created_at",)

    @display(description="status", ordering="status", label={"active": "success", "suspended": "danger"})
    def shown_status(self, obj: Site) -> str:
        return obj.status

    def write(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> Site:
        data = form.cleaned_data
        return services.sites.create(
            actor=actor_of(request),
            identifier=data["identifier"],
            name=data["name"],
            description=data["description"],
            default_locale=data["default_locale"],
        )


@register(Tenant, site=site)
class TenantAdmin(ActorModelAdmin):
    """All tenants of the installation, for those who run it."""

    code_view = "platform.tenants"
    code_add = "platform.tenants"
    list_display = ("name", "identifier", "shown_status", "schema", "created_at")
    list_select_related = ("schema_state",)
    search_fields = ("name", "identifier", "email")
    list_filter = ("status",)
    ordering = ("identifier",)
    fields = (("name", "identifier"), ("email", "status"), ("schema_name", "schema"), ("uid", "created_at"))
    add_fieldsets = ((None, {"fields": (("name", "identifier"), "email")}),)
    readonly_fields = ("created_at", "schema_name", "schema", "uid")
    change_form_outer_before_template = "admin/enter_tenant.html"

    @display(
        description="status",
        ordering="status",
        label={"active": "success", "provisioning": "info", "suspended": "warning", "deleting": "danger"},
    )
    def shown_status(self, obj: Tenant) -> str:
        return obj.status

    @display(
        description="schema", label={"current": "success", "running": "info", "failed": "danger", "none": "danger"}
    )
    def schema(self, obj: Tenant) -> str:
        state: SchemaState | None = getattr(obj, "schema_state", None)
        return state.state if state else "none"

    def write(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> Tenant:
        data = form.cleaned_data
        return services.tenants.create(
            actor=actor_of(request), identifier=data["identifier"], name=data["name"], email=data["email"]
        )


@register(SchemaState, site=site)
class SchemaStateAdmin(ReadOnlyAdmin):
    """Which migrations each tenant's schema holds."""

    code_view = "platform.tenants"
    list_display = ("tenant", "state", "migrations", "updated_at", "error")
    list_select_related = ("tenant",)
    list_filter = ("state",)
    search_fields = ("tenant__identifier", "tenant__name")
    ordering = ("tenant__identifier",)

    @display(description="migrations")
    def migrations(self, obj: SchemaState) -> int:
        return len(obj.applied)
