"""The admin writes through the services that the API calls, and may no more than they allow."""

import io
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.accounts import selectors
from apps.accounts.models import Membership
from apps.content import services
from apps.content.models import Element, Post, PublicDocument, Translation
from apps.core.models import EventRow
from apps.core.tenancy import inside
from apps.media.models import Media
from tests.conftest import SignIn
from tests.filling import fill

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def form_of(client: Client, obj: Any) -> dict[str, Any]:
    """What a browser would send back."""
    page = client.get(f"/admin/content/{obj._meta.model_name}/{obj.pk}/change/")
    form = page.context["adminform"].form
    return {
        name: form[name].field.prepare_value(form[name].value()) or "" for name in form.fields if form[name].value()
    }


def change(client: Client, obj: Any, **fields: Any) -> Any:
    sent = {k: v for k, v in (form_of(client, obj) | fields).items() if v is not None}
    return client.post(f"/admin/content/{obj._meta.model_name}/{obj.pk}/change/", sent)


def test_a_viewer_cannot_change_anything(sign_in: SignIn, users: Any, site_a: Any) -> None:
    made = fill(users["alpha"]["tenant_admin"], site_a, "word")
    client, events = sign_in("viewer"), EventRow.objects.count()
    for label, obj in (
        ("content/post", made["post"]),
        ("content/element", made["element"]),
        ("media/media", made["media"]),
    ):
        assert client.post(f"/admin/{label}/{obj.pk}/change/", {"title": "x", "name": "x"}).status_code == 403
        assert client.post(f"/admin/{label}/{obj.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.post(f"/admin/{label}/add/", {"title": "x"}).status_code == 403
    client.post("/admin/content/post/", {"action": "unpublish_selected", "_selected_action": [made["post"].pk]})
    client.post(
        "/admin/content/post/", {"action": "delete_selected", "_selected_action": [made["post"].pk], "post": "yes"}
    )
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
    assert (
        client.post("/admin/content/post/add/", {"site": site_a.pk, "title": "Hé llo", "published": "on"}).status_code
        == 302
    )
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


def test_the_shared_log_of_django_stays_empty(sign_in: SignIn, users: Any, site_a: Any) -> None:
    post = fill(users["alpha"]["tenant_admin"], site_a, "word")["post"]
    change(sign_in("editor"), post, title="New title")
    assert LogEntry.objects.count() == 0


def test_a_translation_is_written_in_the_admin_from_the_page_of_its_document(
    sign_in: SignIn, users: Any, site_a: Any
) -> None:
    made = fill(users["alpha"]["tenant_admin"], site_a, "word")
    site_a.settings = {"locales": ["en", "fr"]}
    site_a.save()
    post, client = made["post"], sign_in("editor")
    page = client.get(f"/admin/content/post/{post.pk}/change/").content.decode()
    link = f"/admin/content/translation/add/?site={site_a.pk}&doc_type=post&doc_id={post.pk}&locale=fr"
    assert link.replace("&", "&amp;") in page
    assert "translated, not published" in page
    sent = {"site": site_a.pk, "doc_type": "post", "doc_id": post.pk, "locale": "fr", "title": "Bonjour"}
    assert client.post(link, sent | {"published": "on"}).status_code == 302
    with inside(site_a.tenant):
        found = Translation.objects.get(locale="fr")
        assert (found.members, found.published, found.doc_id) == ({"title": "Bonjour"}, True, post.pk)
        assert "Bonjour" in PublicDocument.objects.get(doc_type="post", locale="fr").body
    assert change(client, found, title="Salut", published=None).status_code == 302
    with inside(site_a.tenant):
        found.refresh_from_db()
        assert (found.members, found.published) == ({"title": "Salut"}, False)
        Translation.objects.filter(pk=found.pk).update(generation=uuid.uuid4())
    assert (
        "translated, not published, by a machine"
        in client.get(f"/admin/content/post/{post.pk}/change/").content.decode()
    )
    assert b"Salut" in client.get(f"/admin/content/translation/{found.pk}/change/").content
    listed = client.get("/admin/content/translation/?origin=machine").content.decode()
    assert (f"post {post.pk} fr" in listed, f"post {post.pk} de" in listed) == (True, False)
    refused = client.post(link, sent | {"locale": "no locale"})
    assert (refused.status_code, b"is not a locale" in refused.content) == (200, True)
    with inside(site_a.tenant):
        assert Translation.objects.count() == 2


def test_coverage_shows_what_is_missing_and_only_to_those_who_may_read(
    sign_in: SignIn, users: Any, site_a: Any
) -> None:
    fill(users["alpha"]["tenant_admin"], site_a, "word")
    address = "/admin/content/translation/coverage/"
    page = sign_in("viewer").get(f"{address}?doc_type=element&locale=de&state=missing").content.decode()
    assert "1 missing in de" in page
    assert "Element word" in page
    assert "Element word" not in sign_in("viewer", tenant="beta").get(address).content.decode()
