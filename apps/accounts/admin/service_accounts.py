"""Service accounts of the current tenant."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.admin.forms import ServiceAccountForm
from apps.accounts.models import ServiceAccount
from apps.core.backoffice import ActorModelAdmin, actor_of, site


@register(ServiceAccount, site=site)
class ServiceAccountAdmin(ActorModelAdmin):
    """Machine identities. The key is shown once, after it was made."""

    code_view = "service_accounts.read"
    code_add = code_change = code_delete = "service_accounts.write"
    tenant_lookup = "tenant_id"
    subject = "service_account"
    form = ServiceAccountForm
    list_display = ("name", "prefix", "expires_at", "last_used_at", "created_at")
    search_fields = ("name", "prefix")
    ordering = ("name",)
    fields = ("name", "codes", "sites", "expires_at", "addresses", ("prefix", "last_used_at", "created_at"))
    readonly_fields = ("prefix", "last_used_at", "created_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(revoked_at=None)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type("OwnForm", (form,), {"tenant_id": actor_of(request).tenant_id})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.fields})]

    def write(self, request: HttpRequest, obj: ServiceAccount, form: Any, change: bool) -> ServiceAccount:
        given = {name: form.cleaned_data[name] for name in ("name", "codes", "sites", "expires_at", "addresses")}
        given["sites"] = [int(pk) for pk in given["sites"]]
        actor = actor_of(request)
        if change:
            return services.service_accounts.change(actor=actor, account_id=obj.pk, **given)
        issued = services.service_accounts.create(actor=actor, **given)
        messages.warning(request, f"The key, shown this once: {issued.key}")
        return issued.account

    def erase(self, request: HttpRequest, obj: ServiceAccount) -> None:
        services.service_accounts.revoke(actor=actor_of(request), account_id=obj.pk)
