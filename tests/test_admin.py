"""The admin: who sees what, whose it is, and that it writes through services."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Template
from django.test import Client
from django.test.utils import _TestState
from PIL import Image

from apps.accounts import selectors
from apps.accounts.models import Membership, User
from apps.content import services
from apps.content.models import Element, Post, PublicDocument
from apps.core.backoffice import site as admin_site
from apps.core.models import EventRow, Job
from apps.core.services import due
from apps.core.tenancy import inside
from apps.media import services as media_services
from apps.media.models import Media
from apps.sites.models import Tenant
from tests import pair

pytestmark = pytest.mark.django_db

PAYLOADS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'-alert(1)-'",
    "{{7*7}}<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</pre><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)//<b onmouseover=alert(1)>",
)
MODELS = sorted(model._meta.label_lower for model in admin_site._registry)
SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(users: Any) -> SignIn:
    """`sign_in("editor", tenant="beta")`: a browser with the admin's session of that member."""

    def open_session(role: str, tenant: str = "alpha", **options: Any) -> Client:
        client = Client(**options)
        client.force_login(users[tenant][role])
        return client

    return open_session


@pytest.fixture
def platform_browser(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=pair.PLATFORM))
    return client


@pytest.fixture
def quick_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renders without noting every template with its context, which costs more than the rendering."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


def fill(user: User, place: Any, word: str) -> dict[str, Any]:
    """One of everything in the site, each with the word in all that people can write."""
    actor = selectors.actor_of(user, place.tenant_id)
    with inside(place.tenant):
        kind = services.types.create(
            actor=actor,
            site=place,
            name=f"Type {word}",
            identifier="thing",
            description=word,
            schema={"type": "object", "title": word, "properties": {"zeta": {}, "alpha": {}}},
        )
        data = {"zeta": word, "title": f"Element {word}", "alpha": [word]}
        element = services.elements.create(actor=actor, site=place, type_id=kind.pk, data=data, tags=[word[:90]])
        post = services.posts.create(
            actor=actor, site=place, title=f"Post {word}", content=f"# {word}", keywords=[word], published=True
        )
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
        upload = SimpleUploadedFile("teal.png", picture.getvalue())
        media = media_services.media.upload(
            actor=actor, site=place, upload=upload, name=f"Media {word}", alt_text=word, description=word
        )
        Job.objects.create(
            tenant_id=place.tenant_id, kind="demo", actor_kind="user", actor_id=user.pk, actor_label=word, error={"detail": word}
        )
        due.plan(tenant_id=place.tenant_id, kind="demo", subject=word[:100], at=post.created_at)
    return {"type": kind, "element": element, "post": post, "media": media}


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
        seen = role in ("site_admin", "tenant_admin") or app in ("content", "media") or label == "sites.site"
        platform_only = label in ("sites.tenant", "sites.schemastate")
        assert client.get(listing(label)).status_code == (200 if seen and not platform_only else 403), label
        pages = ["add/", f"{first_pk(label, site_a.tenant)}/change/"]
        if role in ("author", "tenant_admin"):
            pages += ["?q=word&o=1.-2", *(f"{first_pk(label, site_a.tenant)}/{page}/" for page in ("history", "delete"))]
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
        tenant_side = label.split(".")[0] in ("content", "media")
        assert response.status_code == (403 if tenant_side or label in _MEMBERS else 200), label
        assert b"PRIVATE" not in response.content, label


_MEMBERS = {"sites.site", "accounts.membership", "accounts.session"}


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


def test_the_shared_log_of_django_stays_empty(sign_in: SignIn, users: Any, site_a: Any) -> None:
    post = fill(users["alpha"]["tenant_admin"], site_a, "word")["post"]
    change(sign_in("editor"), post, title="New title")
    assert LogEntry.objects.count() == 0


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


# Writing


def form_of(client: Client, obj: Any) -> dict[str, Any]:
    """What a browser would send back."""
    page = client.get(f"/admin/content/{obj._meta.model_name}/{obj.pk}/change/")
    form = page.context["adminform"].form
    return {name: form[name].field.prepare_value(form[name].value()) or "" for name in form.fields if form[name].value()}


def change(client: Client, obj: Any, **fields: Any) -> Any:
    sent = {k: v for k, v in (form_of(client, obj) | fields).items() if v is not None}
    return client.post(f"/admin/content/{obj._meta.model_name}/{obj.pk}/change/", sent)


def test_a_viewer_cannot_change_anything(sign_in: SignIn, users: Any, site_a: Any) -> None:
    made = fill(users["alpha"]["tenant_admin"], site_a, "word")
    client, events = sign_in("viewer"), EventRow.objects.count()
    for label, obj in (("content/post", made["post"]), ("content/element", made["element"]), ("media/media", made["media"])):
        assert client.post(f"/admin/{label}/{obj.pk}/change/", {"title": "x", "name": "x"}).status_code == 403
        assert client.post(f"/admin/{label}/{obj.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.post(f"/admin/{label}/add/", {"title": "x"}).status_code == 403
    client.post("/admin/content/post/", {"action": "unpublish_selected", "_selected_action": [made["post"].pk]})
    client.post("/admin/content/post/", {"action": "delete_selected", "_selected_action": [made["post"].pk], "post": "yes"})
    assert EventRow.objects.count() == events
    with inside(site_a.tenant):
        assert Post.objects.get(pk=made["post"].pk).published


def test_a_draft_leaves_the_public_version_and_saving_moves_it(sign_in: SignIn, users: Any, site_a: Any) -> None:
    post, client = fill(users["alpha"]["tenant_admin"], site_a, "word")["post"], sign_in("editor")
    assert change(client, post, title="Only a draft", content_post_save_draft="1").status_code == 302
    with inside(site_a.tenant):
        public = PublicDocument.objects.get(doc_type="post", doc_id=post.pk)
        assert "Post word" in public.body
        assert Post.objects.get(pk=post.pk).has_draft
    assert change(client, post, title="For all").status_code == 302
    with inside(site_a.tenant):
        public.refresh_from_db()
        assert "For all" in public.body
        assert Post.objects.get(pk=post.pk).content == "# word"


def test_two_who_edit_at_once_do_not_overwrite_each_other(sign_in: SignIn, users: Any, site_a: Any) -> None:
    post, client = fill(users["alpha"]["tenant_admin"], site_a, "word")["post"], sign_in("editor")
    stale = form_of(client, post)
    assert change(client, post, title="First").status_code == 302
    response = client.post(f"/admin/content/post/{post.pk}/change/", stale | {"title": "Second"})
    assert response.status_code == 200
    assert b"The document was changed meanwhile" in response.content
    with inside(site_a.tenant):
        assert Post.objects.get(pk=post.pk).title == "First"


def test_data_keeps_the_order_of_its_keys(sign_in: SignIn, users: Any, site_a: Any) -> None:
    element, client = fill(users["alpha"]["tenant_admin"], site_a, "word")["element"], sign_in("editor")
    assert change(client, element, data='{"zeta": 1,\r\n "beta": 2, "alpha": 3}', published="on").status_code == 302
    with inside(site_a.tenant):
        element.refresh_from_db()
        assert element.source == '{"zeta":1,"beta":2,"alpha":3}'
        assert element.published


@pytest.mark.parametrize("data", ['{"zeta": ', "[1]", "NaN", '{"zeta": 1e999}'])
def test_data_that_is_no_object_comes_back_with_the_form(data: str, sign_in: SignIn, users: Any, site_a: Any) -> None:
    element, client = fill(users["alpha"]["tenant_admin"], site_a, "word")["element"], sign_in("editor")
    response = change(client, element, data=data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["data"]


def test_a_refusal_of_the_service_is_an_error_of_the_form(sign_in: SignIn, users: Any, site_a: Any) -> None:
    made, client = fill(users["alpha"]["tenant_admin"], site_a, "word"), sign_in("site_admin")
    add = {"site": site_a.pk, "title": "Again", "slug": made["post"].slug}
    response = client.post("/admin/content/post/add/", add)
    assert response.status_code == 200
    assert b"This slug is taken in this site and locale." in response.content
    bad = {"site": site_a.pk, "key": "other", "name": "Other", "schema": '{"type": "wrong"}'}
    response = client.post("/admin/content/contenttype/add/", bad)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["schema"]
    taken = client.post("/admin/sites/site/add/", {"name": "X", "identifier": "beta-site", "default_locale": "en"})
    assert taken.status_code == 200
    assert taken.context["adminform"].form.errors


def test_what_is_added_is_made_by_the_service(sign_in: SignIn, users: Any, site_a: Any) -> None:
    made, client = fill(users["alpha"]["tenant_admin"], site_a, "word"), sign_in("site_admin")
    assert client.post("/admin/content/post/add/", {"site": site_a.pk, "title": "Hé llo", "published": "on"}).status_code == 302
    element = {"site": site_a.pk, "type": made["type"].pk, "data": '{"zeta": 1}', "tags": "a, b"}
    assert client.post("/admin/content/element/add/", element).status_code == 302
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    upload = {"site": site_a.pk, "upload": SimpleUploadedFile("new.png", picture.getvalue())}
    assert client.post("/admin/media/media/add/", upload).status_code == 302
    not_a_picture = {"site": site_a.pk, "upload": SimpleUploadedFile("x.png", b"<html><script>alert(1)</script>")}
    assert client.post("/admin/media/media/add/", not_a_picture).status_code == 200
    new = {"name": "News", "identifier": "alpha-news", "default_locale": "en"}
    assert client.post("/admin/sites/site/add/", new).status_code == 302
    with inside(site_a.tenant):
        post = Post.objects.get(title="Hé llo")
        assert (post.published, post.site_id, post.author) == (True, site_a.pk, users["alpha"]["site_admin"])
        assert Element.objects.get(tags=["a", "b"]).data == {"zeta": 1}
        assert Media.objects.get(filename="new.png").width == 8
    names = set(EventRow.objects.filter(tenant_id=site_a.tenant_id).values_list("name", flat=True))
    assert {"content.post_published", "content.element_saved", "media.media_uploaded", "sites.site_created"} <= names


def test_an_author_changes_only_own_unpublished_work(sign_in: SignIn, users: Any, site_a: Any) -> None:
    made, client = fill(users["alpha"]["tenant_admin"], site_a, "word"), sign_in("author")
    assert client.post(f"/admin/content/post/{made['post'].pk}/change/", {"title": "x"}).status_code == 403
    assert client.post("/admin/content/post/add/", {"site": site_a.pk, "title": "Mine"}).status_code == 302
    with inside(site_a.tenant):
        mine = Post.objects.get(title="Mine")
    assert change(client, mine, title="Mine still").status_code == 302
    refused = change(client, mine, published="on")
    assert refused.status_code == 200
    with inside(site_a.tenant):
        mine.refresh_from_db()
        assert (mine.title, mine.published) == ("Mine still", False)


def test_nobody_changes_the_own_role(sign_in: SignIn, users: Any, tenant_a: Any) -> None:
    client = sign_in("tenant_admin")
    own = Membership.objects.get(user=users["alpha"]["tenant_admin"], tenant=tenant_a)
    other = Membership.objects.get(user=users["alpha"]["viewer"], tenant=tenant_a)
    assert client.post(f"/admin/accounts/membership/{own.pk}/change/", {"role": "viewer"}).status_code == 403
    assert client.post(f"/admin/accounts/membership/{other.pk}/change/", {"role": "author"}).status_code == 302
    other.refresh_from_db()
    assert other.role == "author"


def test_a_member_of_one_site_sees_that_site_only(sign_in: SignIn, users: Any, site_a: Any) -> None:
    from apps.sites.services import sites

    admin = users["alpha"]["tenant_admin"]
    actor = selectors.actor_of(admin, site_a.tenant_id)
    second = sites.create(actor=actor, identifier="alpha-second", name="Second")
    fill(admin, site_a, "FIRSTSITE")
    with inside(site_a.tenant):
        services.posts.create(actor=actor, site=second, title="SECONDSITE post")
    Membership.objects.filter(user=users["alpha"]["viewer"]).delete()
    Membership.objects.create(user=users["alpha"]["viewer"], tenant=site_a.tenant, site=second, role="editor")
    client = sign_in("viewer")
    body = client.get("/admin/content/post/").content.decode()
    assert "SECONDSITE post" in body
    assert "FIRSTSITE" not in body + client.get("/admin/").content.decode()
    assert client.post("/admin/content/post/add/", {"site": site_a.pk, "title": "Foreign"}).status_code == 200
    assert client.post("/admin/content/post/add/", {"site": second.pk, "title": "Own"}).status_code == 302


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


@pytest.mark.parametrize("label", ["content/post", "content/element", "content/contenttype", "media/media", "accounts/user"])
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
