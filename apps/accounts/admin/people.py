"""People and their memberships in the current tenant."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import register
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest
from unfold.decorators import action, display

from apps.accounts import services
from apps.accounts.admin.forms import MembershipForm
from apps.accounts.models import Membership, User
from apps.core.backoffice import ActorModelAdmin, ReadOnlyAdmin, actor_of, events_of, site
from apps.core.refusal import Refusal


@register(User, site=site)
class UserAdmin(ReadOnlyAdmin):
    """People with a membership in the tenant; outside of any, for a platform admin, all."""

    code_view = "users.read"
    platform_code = "platform.tenants"
    subject = "user"
    list_display = ("email", "name", "is_active", "roles", "second_factor", "last_login", "created_at")
    search_fields = ("email", "name")
    list_filter = ("is_active",)
    ordering = ("email",)
    fields = (
        ("email", "name"),
        ("is_active", "roles"),
        ("email_verified_at", "pending"),
        ("second_factor_at", "last_login"),
        "created_at",
    )
    readonly_fields = (
        "email",
        "name",
        "is_active",
        "roles",
        "email_verified_at",
        "pending",
        "second_factor_at",
        "created_at",
        "last_login",
    )
    actions = ("reset_second_factor",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        tenant_id = actor_of(request).tenant_id
        if tenant_id is None:
            return rows
        here = Membership.objects.filter(tenant_id=tenant_id, user=OuterRef("pk"))
        found = rows.filter(Exists(here))
        return found.prefetch_related(_memberships(tenant_id))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request, "users.write") or self.allowed(request, "platform.security")

    @action(description="Reset second factor", permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """One by one, so that one who is refused keeps nobody else from it."""
        for user in queryset.order_by("email"):
            try:
                services.second_factor.reset_member(actor=actor_of(request), user_id=user.pk)
            except Refusal as refusal:
                messages.error(request, f"{user.email}: {refusal.message}")
            else:
                messages.success(request, f"{user.email} signs in without a code now, and was told by mail.")

    @display(description="second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return user.second_factor_at is not None

    @display(description="roles")
    def roles(self, user: User) -> str:
        here = getattr(user, "memberships_here", [])
        return ", ".join(f"{m.role_name} ({m.site.name})" if m.site else m.role_name for m in here) or "–"


def _memberships(tenant_id: int) -> Any:
    rows = Membership.objects.filter(tenant_id=tenant_id).select_related("site", "custom_role").order_by("pk")
    return Prefetch("memberships", queryset=rows, to_attr="memberships_here")


@register(Membership, site=site)
class MembershipAdmin(ActorModelAdmin):
    """Roles in the tenant. One's own cannot be changed: nobody raises or locks out oneself."""

    code_view = "users.read"
    code_change = "users.write"
    tenant_lookup = "tenant_id"
    form = MembershipForm
    list_display = ("member", "role_name", "where", "is_active", "created_at")
    list_select_related = ("user", "site", "custom_role")
    search_fields = ("user__email", "user__name")
    list_filter = ("role", "is_active")
    ordering = ("user__email",)
    fields = (("member", "where"), "role", ("is_active", "created_at"))
    readonly_fields = ("member", "where", "is_active", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and obj.user_id == actor_of(request).id
        return super().has_change_permission(request, obj) and not own

    @display(description="member", ordering="user__email")
    def member(self, obj: Membership) -> str:
        return obj.user.email

    @display(description="where")
    def where(self, obj: Membership) -> str:
        return obj.site.name if obj.site else "all sites"

    def write(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> Membership:
        actor, role = actor_of(request), form.cleaned_data["role"]
        if obj.site:
            services.members.assign(actor=actor, site=obj.site, user_id=obj.user_id, role=role)
        else:
            services.members.change(actor=actor, user_id=obj.user_id, role=role)
        return Membership.objects.get(pk=obj.pk)

    def history_rows(self, request: HttpRequest, obj: Membership) -> Any:
        return events_of(actor_of(request)).filter(subject_type="user", subject_id=obj.user_id)
