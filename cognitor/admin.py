"""The admin as a whole: which tenant a request is in, the switch between tenants, navigation and dashboard."""

import dataclasses
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, path, resolve, reverse
from django.views.decorators.http import require_POST

from apps.accounts import selectors as accounts
from apps.accounts.models import User
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.accounts.services import attempts
from apps.analytics import admin as analytics
from apps.core import clients, context, errors, ratelimit
from apps.core.actor import Actor
from apps.core.backoffice import actor_of, site
from apps.core.events import emit
from apps.core.problems import refusal_of
from apps.core.refusal import Refusal
from apps.sites import selectors as sites
from apps.sites.errors import TenantUnavailable
from apps.sites.events import TenantEntered
from apps.sites.models import Tenant
from cognitor import outbox, own_password, second_step
from cognitor.dashboard import counts, last_events, open_jobs

SESSION_KEY = "admin_tenant"
SHOWN_TENANTS = 12
Next = Callable[[HttpRequest], HttpResponse]


class AdminTenant:
    """Gives a request to the admin's own pages its actor and its tenant; leaves every other request alone.

    `PublicSchema`, further out, takes the connection back to the shared schema whatever happens in between.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.method == "GET" and request.path_info.startswith("/admin"):
            return self._with_slash(request) or response
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.resolver_match.app_name != "admin":
            return None
        context.current().operation = "admin"
        request.tenant, request.tenant_notice = None, ""
        request.actor = Actor.anonymous()
        user = request.user
        if user.is_authenticated and user.is_active and user.is_staff:
            if step := second_step.missing(request):
                return None if request.resolver_match.url_name in second_step.OPEN else HttpResponseRedirect(step)
            enter(request)
        structlog.contextvars.bind_contextvars(
            operation="admin", tenant=request.actor.tenant_id, actor=request.actor.principal
        )
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal as a page for people. What is no refusal is a bug: 500, as everywhere."""
        if getattr(request.resolver_match, "app_name", "") != "admin":
            return None
        refusal = refusal_of(exception)
        if refusal is None:
            return None
        connection.set_schema_to_public()
        request.tenant = None  # type: ignore[attr-defined]
        page = {**site.each_context(request), "title": refusal.title, "refusal": refusal}
        response = TemplateResponse(request, "admin/refused.html", page, status=refusal.status, headers=refusal.headers)
        return response.render()

    def _with_slash(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info.endswith("/"):
            return None
        try:
            match = resolve(request.path_info + "/")
        except Resolver404:
            return None
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return HttpResponseRedirect(f"{request.path}/{query}") if match.app_name == "admin" else None


def enter(request: Any) -> None:
    """Chooses the tenant: the one switched to, else the user's home; none when it cannot be served now."""
    user: User = request.user
    chosen = request.session.get(SESSION_KEY)
    actor = actor_in(user, chosen) if isinstance(chosen, int) else None
    if actor is None:
        home = accounts.home_of(user)
        actor = accounts.actor_of(user, home.pk if home else None)
    request.actor = actor
    if actor.tenant_id is None:
        return
    try:
        tenant = sites.tenant_by_id(actor.tenant_id)
    except (errors.NotFound, TenantUnavailable) as refusal:
        request.actor = accounts.actor_of(user, None)
        reason = refusal.title if isinstance(refusal, TenantUnavailable) else "This tenant is not active."
        request.tenant_notice = f"{reason} Nothing of it is shown."
        return
    request.tenant = tenant
    connection.set_tenant(tenant)


def actor_in(user: User, tenant_id: int) -> Actor | None:
    """The user in that tenant: as the member that it is, or as a platform administrator who is none; else None."""
    actor = accounts.actor_of(user, tenant_id)
    if actor.site_codes or actor.codes - PLATFORM_ADMIN:
        return actor
    if not actor.may("platform.tenants"):
        return None
    codes = actor.codes | ROLES["tenant_admin"]
    return dataclasses.replace(actor, codes=codes, label=f"{actor.label} (platform admin)", because="platform admin")


@require_POST
def switch_tenant(request: Any, tenant_id: int) -> HttpResponse:
    """Goes over to another tenant. That of a platform administrator into a tenant not its own is told there."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    actor = actor_in(request.user, tenant_id) if tenant else None
    if tenant is None or actor is None:
        raise errors.NotFound
    connection.set_schema_to_public()
    if actor.because and request.session.get(SESSION_KEY) != tenant_id:
        with transaction.atomic():
            emit(TenantEntered(subject_id=tenant.pk, label=tenant.name), actor=actor, tenant_id=tenant.pk)
    request.session[SESSION_KEY] = tenant_id
    return HttpResponseRedirect(reverse("admin:index"))


@require_POST
def leave_tenant(request: Any) -> HttpResponse:
    """Back to the home tenant, or to the installation."""
    request.session.pop(SESSION_KEY, None)
    return HttpResponseRedirect(reverse("admin:index"))


def login(request: Any, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The sign-in page, with the API's limit on attempts; who has a second factor is led on to show it."""
    if request.method != "POST":
        return site.login(request, extra_context)
    try:
        ratelimit.check(ratelimit.RATES["login"], clients.network(request))
        attempt = attempts.counted(request.POST.get("username", ""), clients.network(request))
    except Refusal as refusal:
        messages.error(request, refusal.title)
        return HttpResponseRedirect(request.get_full_path())
    response: HttpResponse = site.login(request, extra_context)
    if response.status_code == 302 and request.user.is_authenticated:
        attempt.right()
        if second_step.missing(request):
            return second_step.lead(request, response)
        second_step.tell(request)
    return response


def urls() -> tuple[list[Any], str, str]:
    """The admin's routes, for `path("admin/", admin.urls())`."""
    own = [
        path("switch-tenant/<id:tenant_id>/", site.admin_view(switch_tenant), name="switch_tenant"),
        path("leave-tenant/", site.admin_view(leave_tenant), name="leave_tenant"),
        path("login/", login, name="login"),
        path("password_change/", site.admin_view(own_password.change, cacheable=False), name="password_change"),
        path("analytics/", site.admin_view(analytics.dashboard), name="analytics"),
        path("mails/", site.admin_view(outbox.mails), name="mails"),
        path("second-factor/", second_step.show, name="second_factor"),
        path("second-factor/enrol/", second_step.enrol, name="second_factor_enrol"),
    ]
    return [*own, *site.get_urls()], "admin", site.name


def environment(request: Any) -> list[str] | None:
    """The current tenant, in the header of every page."""
    if actor_of(request).is_anonymous:
        return None
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return ["No tenant", "warning"]
    return [tenant.name, "danger" if actor_of(request).because else "info"]


def subheader(request: Any) -> str:
    tenant = getattr(request, "tenant", None)
    return tenant.name if tenant else "Installation"


def tenant_choices(request: Any) -> list[dict[str, Any]]:
    """Where the user can go: the tenants of its memberships, for a platform administrator the first of all."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return []
    platform = actor.may("platform.tenants")
    rows = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("name", "pk")
    if not platform:
        rows = rows.filter(memberships__user_id=actor.id).distinct()
    found = [
        {
            "title": tenant.name,
            "icon": "check" if tenant.pk == actor.tenant_id else "apartment",
            "link": reverse("admin:switch_tenant", args=[tenant.pk]),
        }
        for tenant in rows[:SHOWN_TENANTS]
    ]
    if platform:
        found.append({"title": "Leave the tenant", "icon": "logout", "link": reverse("admin:leave_tenant")})
    return found


_NAVIGATION: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Content",
        (
            ("content.post", "Posts", "article"),
            ("content.page", "Pages", "account_tree"),
            ("content.element", "Elements", "widgets"),
            ("content.translation", "Translations", "translate"),
            ("content.contenttype", "Content types", "schema"),
            ("media.media", "Media", "perm_media"),
            ("media.folder", "Folders", "folder"),
            ("ai.generation", "Generations", "auto_awesome"),
            ("search.siteindex", "Search index", "manage_search"),
            ("websites.website", "Websites", "web"),
        ),
    ),
    (
        "Tenant",
        (
            ("sites.site", "Sites", "language"),
            ("sites.domain", "Domains", "dns"),
            ("accounts.user", "People", "group"),
            ("accounts.membership", "Memberships", "badge"),
            ("accounts.role", "Roles", "shield_person"),
            ("accounts.serviceaccount", "Service accounts", "key"),
            ("accounts.session", "Sessions", "devices"),
        ),
    ),
    (
        "Billing",
        (
            ("billing.transaction", "Ledger", "receipt_long"),
            ("billing.balance", "Credits", "toll"),
            ("billing.costsetting", "Prices", "sell"),
            ("billing.subscription", "Subscriptions", "autorenew"),
            ("billing.payment", "Payments", "payments"),
            ("billing.dispute", "Disputes", "gavel"),
            ("billing.invoice", "Invoices", "receipt_long"),
            ("billing.plan", "Plans", "loyalty"),
            ("billing.package", "Packages", "shopping_bag"),
        ),
    ),
    (
        "Stripe",
        (
            ("djstripe.customer", "Customers", "person"),
            ("djstripe.paymentintent", "Payment intents", "payments"),
            ("djstripe.charge", "Charges", "credit_card"),
            ("djstripe.refund", "Refunds", "undo"),
            ("djstripe.dispute", "Disputes", "gavel"),
            ("djstripe.session", "Checkouts", "shopping_cart"),
            ("djstripe.paymentmethod", "Payment methods", "wallet"),
            ("djstripe.setupintent", "Setup intents", "key"),
            ("djstripe.subscription", "Subscriptions", "autorenew"),
            ("djstripe.invoice", "Invoices", "receipt_long"),
            ("djstripe.product", "Products", "inventory_2"),
            ("djstripe.price", "Prices", "sell"),
        ),
    ),
    (
        "Operations",
        (
            ("core.eventrow", "History", "history"),
            ("core.job", "Jobs", "work_history"),
            ("core.due", "Planned", "event_upcoming"),
        ),
    ),
    ("Installation", (("sites.tenant", "Tenants", "apartment"), ("sites.schemastate", "Schemas", "database"))),
)


def navigation(request: Any) -> list[dict[str, Any]]:
    """The sidebar: what the actor may see, in the order in which it is used."""
    registered = {model._meta.label_lower: admin for model, admin in site._registry.items()}
    dashboard = {"title": "Dashboard", "icon": "space_dashboard", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"title": "", "items": [dashboard]}]
    for title, entries in _NAVIGATION:
        items = [
            {"title": name, "icon": icon, "link": reverse(f"admin:{label.replace('.', '_')}_changelist")}
            for label, name, icon in entries
            if label in registered and registered[label].has_view_permission(request)
        ]
        if title == "Content" and any(item["title"] == "Translations" for item in items):
            items.append(
                {"title": "Coverage", "icon": "grid_on", "link": reverse("admin:content_translation_coverage")}
            )
        if title == "Tenant" and analytics.may_see(request):
            items.insert(0, {"title": "Analytics", "icon": "monitoring", "link": reverse("admin:analytics")})
        if title == "Content" and any(item["title"] == "Search index" for item in items):
            items.append({"title": "Search console", "icon": "search", "link": reverse("admin:search_console")})
        if title == "Billing" and actor_of(request).tenant_id is None and items:
            items.append({"title": "Revenue", "icon": "bar_chart", "link": reverse("admin:billing_payment_revenue")})
        if items:
            groups.append({"title": title, "items": items, "separator": True})
    if actor_of(request).may("platform.ops") and settings.EMAIL_BACKEND == outbox.FOLDER_BACKEND:
        groups[-1]["items"].append({"title": "Mails", "icon": "mail", "link": reverse("admin:mails")})
    return groups


def dashboard(request: Any, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page shows: of the current tenant, or of the installation."""
    return context | {
        "title": "Dashboard",
        "tenant": getattr(request, "tenant", None),
        "tenant_notice": getattr(request, "tenant_notice", ""),
        "counts": counts(request),
        "events": last_events(request),
        "jobs": open_jobs(request),
    }
