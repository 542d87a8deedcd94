"""Tenants, their schemas' state, and sites; and what admins of sites' content share."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, register
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from apps.core.backoffice import ActorModelAdmin, ReadOnlyAdmin, actor_of, json_block, quoted, site, valid
from apps.core.models import EventRow
from apps.core.refusal import Refusal
from apps.sites import selectors, services, settings
from apps.sites.admin_forms import SiteForm
from apps.sites.models import Domain, Prompt, SchemaState, Site, Tenant
from apps.sites.serializers import SitePatch, TenantIn


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


def told(request: HttpRequest, obj: Any, done: str, service: Any, **arguments: Any) -> None:
    """Calls a service for one row of a list and says how it went."""
    try:
        service(actor=actor_of(request), **arguments)
        messages.success(request, f"{obj}: {done}.")
    except Refusal as refusal:
        messages.error(request, f"{obj}: {refusal.message}")


@register(Site, site=site)
class SiteAdmin(ActorModelAdmin):
    """Sites of the tenant, deleted ones too, as long as they can be restored."""

    code_view = "sites.read"
    code_add = code_change = code_delete = "sites.write"
    tenant_lookup = "tenant_id"
    site_lookup = "pk"
    subject = "site"
    list_display = ("name", "identifier", "default_locale", "shown_status", "created_at")
    search_fields = ("name", "identifier")
    list_filter = ("status",)
    ordering = ("identifier",)
    form = SiteForm
    add_fieldsets = ((None, {"fields": (("name", "identifier"), "description", "default_locale")}),)
    actions = ("restore_selected",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        own = ("document", "etag") if self.has_change_permission(request, obj) else ("shown_settings",)
        rows = (("name", "identifier"), "description", "shown_domains", ("shown_status", "created_at", "deleted_at"))
        return ((None, {"fields": (*rows, *own)}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("shown_domains", "shown_status", "shown_settings")
        return ("identifier", "created_at", "deleted_at", *shown) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status != Site.Status.DELETING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status != Site.Status.DELETING)

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, self.code_delete, obj)

    @display(
        description="status",
        ordering="status",
        label={"active": "success", "suspended": "danger", "deleting": "danger"},
    )
    def shown_status(self, obj: Site) -> str:
        return obj.status

    @display(description="domains")
    def shown_domains(self, obj: Site) -> str:
        rows = selectors.with_state(obj.domains.all()).order_by("position", "id")
        return ", ".join(f"{row.domain} ({row.state})" for row in rows) or "–"

    @display(description="settings")
    def shown_settings(self, obj: Site) -> str:
        return json_block(settings.of(obj).document)

    def write(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> Site:
        actor, data = actor_of(request), form.cleaned_data
        if not change:
            taken = {name: data[name] for name in ("identifier", "name", "description", "default_locale")}
            return services.sites.create(actor=actor, **taken)
        changes = {name: data[name] for name in ("name", "description") if name in form.changed_data}
        tag = quoted(data["etag"])
        if changes:
            changed = services.sites.update(
                actor=actor, identifier=obj.identifier, changes=valid(SitePatch, changes), if_match=tag
            )
            tag = quoted(changed.etag)
        if "document" in form.changed_data:
            services.settings.put(actor=actor, identifier=obj.identifier, document=data["document"], if_match=tag)
        return selectors.site_for(actor=actor, identifier=obj.identifier)

    def erase(self, request: HttpRequest, obj: Site) -> None:
        """The page that asks whether one is sure stands for the identifier that clients repeat."""
        services.sites.delete(actor=actor_of(request), identifier=obj.identifier, confirm=obj.identifier)

    @action(description="Restore", permissions=["restore"])
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset.filter(status=Site.Status.DELETING):
            if self.has_restore_permission(request, obj):
                told(request, obj, "restored", services.sites.restore, site_id=obj.pk)


@register(Domain, site=site)
class DomainAdmin(ReadOnlyAdmin):
    """Host names that the tenant's sites claim in their settings, and whether they have proven them."""

    code_view = "sites.read"
    tenant_lookup = "tenant_id"
    site_lookup = "site_id"
    subject = "domain"
    list_display = ("domain", "site", "shown_state", "shown_outcome", "checked_at", "expires_at")
    list_select_related = ("site",)
    list_filter = (SiteFilter,)
    search_fields = ("domain",)
    ordering = ("domain", "id")
    fields = (
        "domain",
        ("site", "shown_state"),
        "record_name",
        "record_value",
        "shown_outcome",
        ("checked_at", "missing_since"),
        ("verified_at", "expires_at"),
    )
    readonly_fields = ("shown_state", "shown_outcome", "record_name", "record_value")
    actions = ("check_selected",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return selectors.with_state(super().get_queryset(request).exclude(site__status=Site.Status.DELETING))

    def has_check_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, "sites.write", obj)

    @display(description="state", label={"verified": "success", "unverified": "warning", "taken": "danger"})
    def shown_state(self, obj: Domain) -> str:
        return obj.state

    @display(description="last check")
    def shown_outcome(self, obj: Domain) -> str:
        return obj.get_outcome_display() if obj.outcome else "–"

    @display(description="name of the TXT record")
    def record_name(self, obj: Domain) -> str:
        return obj.record["name"]

    @display(description="its value")
    def record_value(self, obj: Domain) -> str:
        return obj.record["value"]

    @action(description="Check now", permissions=["check"])
    def check_selected(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            if self.has_check_permission(request, obj):
                done = "is being checked, look again in a moment"
                told(request, obj, done, services.domains.check_soon, site=obj.site, domain_id=obj.pk)


@register(Prompt, site=site)
class PromptAdmin(ReadOnlyAdmin):
    """Versions of the tenant's and its sites' prompts, to look at."""

    code_view = "prompts.read"
    tenant_lookup = "tenant_id"
    site_lookup = "site_id"
    subject = "prompt"
    list_display = ("kind", "shown_layer", "site", "number", "created_at")
    list_select_related = ("site",)
    list_filter = ("kind", SiteFilter)
    search_fields = ("text",)
    ordering = ("-created_at", "-id")
    fields = (("kind", "shown_layer", "site"), ("number", "created_at"), "text")
    readonly_fields = ("shown_layer",)

    @display(description="layer")
    def shown_layer(self, obj: Prompt) -> str:
        return obj.layer


@register(Tenant, site=site)
class TenantAdmin(ActorModelAdmin):
    """All tenants of the installation, for those who run it."""

    code_view = "platform.tenants"
    code_add = code_delete = "platform.tenants"
    list_display = ("name", "identifier", "shown_status", "schema", "created_at")
    list_select_related = ("schema_state",)
    search_fields = ("name", "identifier", "email")
    list_filter = ("status",)
    ordering = ("identifier",)
    fields = (
        ("name", "identifier"),
        ("email", "status"),
        ("plan", "shown_limits"),
        ("schema_name", "schema"),
        ("uid", "created_at"),
    )
    add_fieldsets = ((None, {"fields": (("name", "identifier"), "email")}),)
    readonly_fields = ("created_at", "schema_name", "schema", "shown_limits", "uid")
    actions = ("suspend_selected", "resume_selected")
    change_form_outer_before_template = "admin/tenant_life.html"
    delete_confirmation_template = "admin/delete_tenant.html"

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
        taken = valid(TenantIn, {name: form.cleaned_data[name] for name in ("identifier", "name", "email")})
        return services.tenants.create(actor=actor_of(request), **taken)

    @display(description="limits")
    def shown_limits(self, obj: Tenant) -> str:
        return json_block(obj.effective_limits)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.status != Tenant.Status.DELETING)

    def get_actions(self, request: HttpRequest) -> Any:
        """One at a time: whoever deletes a tenant types its identifier."""
        return {name: one for name, one in super().get_actions(request).items() if name != "delete_selected"}

    def erase(self, request: HttpRequest, obj: Tenant) -> None:
        confirm = request.POST.get("confirm", "")
        services.tenants.delete(actor=actor_of(request), tenant_id=obj.pk, confirm=confirm)

    def get_urls(self) -> list[Any]:
        def view(deed: Any) -> Any:
            return require_POST(self.admin_site.admin_view(deed))

        return [
            path("<id:tenant_id>/restore/", view(self.restore), name="sites_tenant_restore"),
            path("<id:tenant_id>/archive/", view(self.archive), name="sites_tenant_archive"),
            *super().get_urls(),
        ]

    def restore(self, request: HttpRequest, tenant_id: int) -> HttpResponse:
        return self._do(request, tenant_id, "restored", services.tenants.restore)

    def archive(self, request: HttpRequest, tenant_id: int) -> HttpResponse:
        return self._do(request, tenant_id, "its archive is being written", services.tenants.archive)

    def history_rows(self, request: HttpRequest, obj: Tenant) -> Any:
        """What became of the tenant itself, as its own history tells it."""
        return EventRow.objects.filter(tenant_id=obj.pk, subject_type="tenant", subject_id=obj.pk).order_by("-id")

    def _do(self, request: HttpRequest, tenant_id: int, done: str, service: Any) -> HttpResponse:
        if not self.allowed(request, self.code_delete):
            raise PermissionDenied
        told(request, selectors.tenant_for(tenant_id), done, service, tenant_id=tenant_id)
        return HttpResponseRedirect(reverse("admin:sites_tenant_change", args=[tenant_id]))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        if tenant := kwargs.get("obj"):
            context["life"] = {
                "ends_at": services.tenants.ends_at(tenant),
                "archives": services.tenants.last_archives(tenant),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def has_suspend_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, self.code_view, obj)

    @action(description="Suspend", permissions=["suspend"])
    def suspend_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "suspended", "suspended")

    @action(description="Resume", permissions=["suspend"])
    def resume_selected(self, request: HttpRequest, queryset: Any) -> None:
        self._each(request, queryset, "active", "resumed")

    def _each(self, request: HttpRequest, queryset: Any, status: str, done: str) -> None:
        for obj in queryset.exclude(status=status):
            told(request, obj, done, services.tenants.update, tenant_id=obj.pk, changes={"status": status})


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
