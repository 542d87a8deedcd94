"""The admin: who sees what, and whose it is."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts import selectors
from apps.accounts.models import Membership, User
from apps.content import services
from apps.content.models import Element
from apps.core.backoffice import site as admin_site
from apps.core.models import EventRow, Job
from apps.core.tenancy import inside
from apps.sites.models import Tenant
from tests import pair
from tests.conftest import SignIn
from tests.filling import fill

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</pre><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)//<b onmouseover=alert(1)>",
)
MODELS = sorted(model._meta.label_lower for model in admin_site._registry)


def listing(label: str) -> str:
    return f"/admin/{label.replace('.', '/')}/"


def first_pk(label: str, tenant: Any) -> Any:
    """Some row of the model that belongs to the tenant."""
    model = next(model for model in admin_site._registry if model._meta.label_lower == label)
    names = {field.name for field in model._meta.fields}
    with inside(tenant):
        rows = model._default_manager.order_by("pk")
        rows = rows.filter(tenant_id=tenant.pk) if "tenant" in names or "tenant_id" in names else rows
        rows = rows.filter(memberships__tenant=tenant) if label == "accounts.user" else rows
        row = rows.first()
        return row.pk if row else None


# Every page, for every role


@pytest.mark.parametrize("role", pair.ROLES)
@pytest.mark.usefixtures("quick_pages")
def test_every_page_answers_every_role_with_a_page_or_a_refusal(
    role: str, sign_in: SignIn, users: Any, site_a: Any
) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, "word")
    client = sign_in(role)
    assert client.get("/admin/").status_code == 200
    for label in MODELS:
        app = label.split(".")[0]
        seen = role in ("site_admin", "tenant_admin") or app in ("content", "media", "websites")
        seen = seen or label in ("sites.site", "sites.domain")
        seen = seen or (role, label) == ("editor", "sites.prompt")
        platform_only = label in ("sites.tenant", "sites.schemastate", "billing.package", "billing.plan")
        platform_only = platform_only or label in ("billing.balance", "billing.costsetting") or app == "djstripe"
        seen = seen and (app != "billing" or role == "tenant_admin")
        seen = seen and (label != "accounts.serviceaccount" or role == "tenant_admin")
        assert client.get(listing(label)).status_code == (200 if seen and not platform_only else 403), label
        pages = ["add/", f"{first_pk(label, site_a.tenant)}/change/"]
        if role in ("author", "tenant_admin"):
            pages += [
                "?q=word&o=1.-2",
                *(f"{first_pk(label, site_a.tenant)}/{page}/" for page in ("history", "delete")),
            ]
        for page in pages:
            assert client.get(listing(label) + page).status_code in (200, 302, 403), (label, page)


@pytest.mark.usefixtures("quick_pages")
def test_a_platform_administrator_without_tenant_sees_nothing_of_tenants(
    platform_browser: Client, users: Any, site_a: Any
) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, "PRIVATE")
    assert platform_browser.get("/admin/").status_code == 200
    for label in MODELS:
        response = platform_browser.get(listing(label))
        tenant_side = label.split(".")[0] in ("content", "media", "search", "websites")
        assert response.status_code == (403 if tenant_side or label in _MEMBERS else 200), label
        assert b"PRIVATE" not in response.content, label


_MEMBERS = {
    "sites.site",
    "sites.domain",
    "sites.prompt",
    "accounts.membership",
    "accounts.session",
    "accounts.role",
    "accounts.serviceaccount",
}


def test_the_admin_asks_strangers_to_sign_in(client: Client) -> None:
    response = client.get("/admin/content/post/")
    assert response.status_code == 302
    assert response["Location"] == "/admin/login/?next=/admin/content/post/"
    assert b"Cognitor" in client.get("/admin/login/").content


def test_a_user_without_membership_is_not_let_in(client: Client, db: None) -> None:
    stranger = User.objects.create_user("nobody@nowhere.test", pair.PASSWORD)
    client.force_login(stranger)
    assert client.get("/admin/").status_code == 302


def test_signing_in_lands_on_the_dashboard_and_is_told(client: Client, users: Any) -> None:
    user = users["alpha"]["editor"]
    before = EventRow.objects.filter(name="accounts.signed_in").count()
    response = client.post("/admin/login/", {"username": user.email, "password": pair.PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert EventRow.objects.filter(name="accounts.signed_in").count() == before + 1
    assert b"Twin" in client.get("/admin/").content


def test_guessing_passwords_is_limited_as_on_the_api(client: Client, users: Any) -> None:
    wrong = {"username": users["alpha"]["editor"].email, "password": "wrong"}
    answers = [client.post("/admin/login/", wrong).status_code for _ in range(25)]
    assert answers.count(200) <= 21
    assert answers[-1] == 302
    assert b"Too many requests" in client.get("/admin/login/").content


def test_paths_without_a_slash_lead_to_the_page(client: Client, sign_in: SignIn) -> None:
    assert client.get("/admin")["Location"] == "/admin/"
    assert sign_in("editor").get("/admin/content/post?q=x")["Location"] == "/admin/content/post/?q=x"
    assert client.get("/admin/nothing-here/").status_code == 404


# Tenants apart


@pytest.mark.usefixtures("quick_pages")
def test_nothing_of_another_tenant_is_ever_shown(sign_in: SignIn, users: Any, site_a: Any, site_b: Any) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, pair.canary("alpha"))
    foreign = fill(users["beta"]["tenant_admin"], site_b, pair.canary("beta"))
    client = sign_in("tenant_admin")
    pages = ["/admin/", *map(listing, MODELS)]
    for label in MODELS:
        pages += [f"{listing(label)}?q=CANARY", f"{listing(label)}?site={site_b.pk}"]
        pk = first_pk(label, site_b.tenant)
        pages += [f"{listing(label)}{pk}/{page}/" for page in ("change", "history", "delete")]
    own = 0
    for page in pages:
        body = client.get(page, follow=True).content.decode()
        # An id of B's may be an id of A's as well; what is shown then is A's.
        assert pair.canary("beta") not in body, page
        assert "@beta.test" not in body, page
        own += pair.canary("alpha") in body
    assert own > 10
    assert foreign["element"].pk not in {row.pk for row in _elements(site_a)}


def _elements(place: Any) -> list[Element]:
    with inside(place.tenant):
        return list(Element.objects.all())


def test_history_reads_the_outbox_of_this_tenant_only(sign_in: SignIn, users: Any, site_a: Any, site_b: Any) -> None:
    mine = fill(users["alpha"]["tenant_admin"], site_a, "mine")
    fill(users["beta"]["tenant_admin"], site_b, "theirs")
    post = mine["post"]
    # The same kind and id in the other tenant.
    EventRow.objects.create(
        tenant_id=site_b.tenant_id,
        name="content.post_saved",
        subject_type="post",
        subject_id=post.pk,
        actor_kind="user",
        actor_label="SPY",
        data={},
    )
    body = sign_in("viewer").get(f"/admin/content/post/{post.pk}/history/").content.decode()
    assert "content.post_published" in body
    assert "SPY" not in body


def test_a_member_of_one_tenant_cannot_switch_to_another(sign_in: SignIn, tenant_b: Any) -> None:
    client = sign_in("tenant_admin")
    assert client.post(f"/admin/switch-tenant/{tenant_b.pk}/").status_code == 404
    assert "@beta.test" not in client.get("/admin/accounts/user/").content.decode()


def test_a_session_that_names_a_foreign_tenant_stays_at_home(sign_in: SignIn, tenant_b: Any) -> None:
    client = sign_in("tenant_admin")
    session = client.session
    session["admin_tenant"] = tenant_b.pk
    session.save()
    body = client.get("/admin/accounts/user/").content.decode()
    assert "@alpha.test" in body
    assert "@beta.test" not in body


def test_a_member_of_both_can_switch_and_has_each_role_there(sign_in: SignIn, users: Any, tenant_b: Any) -> None:
    Membership.objects.create(user=users["alpha"]["tenant_admin"], tenant=tenant_b, role="viewer")
    client = sign_in("tenant_admin")
    assert client.get("/admin/accounts/user/").status_code == 200
    assert client.post(f"/admin/switch-tenant/{tenant_b.pk}/").status_code == 302
    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get("/admin/content/post/add/").status_code == 403
    assert client.get("/admin/content/post/").status_code == 200
    assert not EventRow.objects.filter(name="sites.tenant_entered").exists()


def test_a_platform_administrator_entering_a_tenant_is_told_there(
    platform_browser: Client, users: Any, site_a: Any
) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, "word")
    assert platform_browser.post(f"/admin/switch-tenant/{site_a.tenant_id}/").status_code == 302
    told = EventRow.objects.get(name="sites.tenant_entered")
    assert (told.tenant_id, told.actor_label) == (site_a.tenant_id, f"{pair.PLATFORM} (platform admin)")
    assert b"Post word" in platform_browser.get("/admin/content/post/").content
    assert platform_browser.post("/admin/leave-tenant/").status_code == 302
    assert platform_browser.get("/admin/content/post/").status_code == 403


def test_the_switch_takes_no_get_and_no_post_without_csrf_token(sign_in: SignIn, tenant_a: Any) -> None:
    client = sign_in("tenant_admin", enforce_csrf_checks=True)
    assert client.get(f"/admin/switch-tenant/{tenant_a.pk}/").status_code == 405
    assert client.post(f"/admin/switch-tenant/{tenant_a.pk}/").status_code == 403
    assert "admin_tenant" not in client.session


@pytest.mark.parametrize("status", ["suspended", "deleting", "provisioning"])
def test_a_tenant_that_is_not_active_is_not_shown(status: str, sign_in: SignIn, users: Any, site_a: Any) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, "word")
    client = sign_in("tenant_admin")
    session = client.session
    session["admin_tenant"] = site_a.tenant_id
    session.save()
    Tenant.objects.filter(pk=site_a.tenant_id).update(status=status)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert b"This tenant is not active." in response.content
    assert client.get("/admin/content/post/").status_code == 403


def test_a_half_migrated_tenant_is_not_shown(sign_in: SignIn, site_a: Any) -> None:
    site_a.tenant.schema_state.delete()
    client = sign_in("tenant_admin")
    assert b"brought up to date" in client.get("/admin/").content
    assert client.get("/admin/content/post/").status_code == 403


def test_filters_that_are_not_offered_are_refused(sign_in: SignIn) -> None:
    client = sign_in("tenant_admin")
    for query in ("password__startswith=a", "home_tenant__name=x", "last_login__isnull=1"):
        response = client.get(f"/admin/accounts/user/?{query}")
        assert (response.status_code, response["Location"]) == (302, "/admin/accounts/user/")


# What people wrote is never markup


@pytest.mark.parametrize("payload", ["".join(PAYLOADS[:4]), "".join(PAYLOADS[4:])], ids=["first", "second"])
@pytest.mark.usefixtures("quick_pages")
def test_what_people_wrote_is_text_on_every_page(payload: str, sign_in: SignIn, users: Any, site_a: Any) -> None:
    User.objects.filter(pk=users["alpha"]["tenant_admin"].pk).update(name=payload)
    Tenant.objects.filter(pk=site_a.tenant_id).update(name=payload)
    site_a.name = payload
    site_a.save()
    made = fill(users["alpha"]["tenant_admin"], site_a, payload)
    client, viewer = sign_in("tenant_admin"), sign_in("viewer")
    pages = ["/admin/", *map(listing, MODELS)]
    labels = {"type": "contenttype", "element": "element", "post": "post"}
    for kind, obj in made.items():
        base = f"/admin/content/{labels[kind]}" if kind in labels else "/admin/media/media"
        pages += [f"{base}/{obj.pk}/{page}/" for page in ("change", "history", "delete")]
    job = Job.objects.get(tenant_id=site_a.tenant_id, kind="demo")
    pages += [f"/admin/core/job/{job.pk}/change/", "/admin/search/?s=po"]
    dangerous = ("<script>alert", "<img src=x", "<svg/onload", "<iframe srcdoc", "<b onmouseover", "'-alert(1)-'")
    shown = 0
    for page in pages:
        for browser in (client, viewer) if "/content/" in page else (client,):
            body = browser.get(page).content.decode()
            shown += "alert(1)" in body
            for part in dangerous:
                assert part not in body, (page, part)
    assert shown > 20


# Lists cost the same for one row and for many (each statement counts twice: the search path is set before it)


@pytest.mark.parametrize(
    "label", ["content/post", "content/element", "content/contenttype", "media/media", "accounts/user"]
)
def test_a_list_asks_no_more_for_more_rows(
    label: str, sign_in: SignIn, users: Any, site_a: Any, django_assert_max_num_queries: Any
) -> None:
    made = fill(users["alpha"]["tenant_admin"], site_a, "word")
    actor = selectors.actor_of(users["alpha"]["tenant_admin"], site_a.tenant_id)
    with inside(site_a.tenant):
        for number in range(12):
            services.posts.create(actor=actor, site=site_a, title=f"Post {number}")
            services.elements.create(actor=actor, site=site_a, type_id=made["type"].pk, data={"title": f"{number}"})
    client = sign_in("tenant_admin")
    with django_assert_max_num_queries(34):
        assert client.get(f"/admin/{label}/").status_code == 200
