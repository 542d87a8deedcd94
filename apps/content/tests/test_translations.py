"""Translations: what is taken, who may, and when the public sees it."""

import pytest

from apps.content import services
from apps.content.models import Post, PublicDocument, Reference, Slug, Translation
from apps.content.tests.factories import SCHEMA, a_post, a_translation, a_type, an_element, public
from apps.core.models import EventRow
from apps.core.tenancy import inside

pytestmark = pytest.mark.django_db


def at(doc_type: str, doc_id: int, locale: str = "") -> str:
    return f"/alpha-site/translations/{doc_type}/{doc_id}" + (f"/{locale}" if locale else "")


def told() -> list[str]:
    return list(EventRow.objects.filter(subject_type="translation").order_by("pk").values_list("name", flat=True))


def test_a_translation_is_made_then_replaced_and_absent_members_are_the_documents(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="Hello", content="Text", short_description="Short", published=True)
    made = editor.put(at("post", post["id"], "DE-at"), {"title": "Hallo", "slug": "hallo", "published": True})
    assert (made.status_code, made.json()["locale"], made.json()["state"]) == (201, "de-AT", "translated")
    assert made.json()["members"] == {"title": "Hallo", "slug": "hallo"}
    shown = public(api, f"posts/{post['id']}?locale=de-AT")
    assert shown == public(api, f"posts/{post['id']}") | {"title": "Hallo", "slug": "hallo", "locale": "de-AT"}
    again = editor.put(at("post", post["id"], "de-AT"), {"content": "Text auf Deutsch"})
    assert (again.status_code, again.json()["version"], again.json()["published"]) == (200, 2, True)
    shown = public(api, f"posts/{post['id']}?locale=de-AT")
    assert (shown["title"], shown["slug"], shown["content"]) == ("Hello", "hello", "Text auf Deutsch")
    assert editor.get(at("post", post["id"], "de-at")).json() == again.json()
    assert told() == ["content.translation_published"] * 2


def test_elements_are_translated_member_by_member_and_keep_their_keys(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin, schema={"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]})
    made = an_element(admin, kind, {"zeta": 1, "name": "House", "size": {"m": 2}}, published=True, tags=["a"])
    a_translation(admin, "element", made["id"], "de", data={"name": "Haus", "size": {"km": 3}}, published=True)
    own, shown = public(api)[0], public(api, "elements?locale=de")[0]
    assert list(shown) == list(own) == ["id", "type_identifier", "data", "updated_at", "tags"]
    assert list(shown["data"].items()) == [("zeta", 1), ("name", "Haus"), ("size", {"km": 3})]
    assert shown == own | {"data": shown["data"]}


@pytest.mark.parametrize(
    ("doc_type", "body", "field"),
    [
        ("element", {"data": {"name": 5}}, "data.name"),
        ("element", {"data": {"story": 999}}, "data.story"),
        ("element", {"title": "Of a post"}, "title"),
        ("element", {"tags": ["a"]}, "tags"),
        ("post", {"data": {"title": "x"}}, "data"),
        ("post", {"title": "x", "author_id": 1}, "author_id"),
        ("post", {"title": "x", "slug": "Not A Slug"}, "slug"),
        ("post", {"title": "x", "source_version": 7}, "source_version"),
        ("post", {"published": True}, ""),
        ("post", {}, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_document_is_400_and_nothing_is_kept(doc_type, body, field, as_role, site_a):
    admin = as_role("site_admin")
    made = a_post(admin) if doc_type == "post" else an_element(admin, a_type(admin))
    answer = admin.put(at(doc_type, made["id"], "de"), body)
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    with inside(site_a.tenant):
        assert (Translation.objects.count(), Reference.objects.filter(locale="de").count()) == (0, 0)
    assert told() == []


def test_what_the_document_lacks_of_its_schema_the_translation_may_not_lack_either(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    made = an_element(admin, kind, {"name": "A"})
    properties = SCHEMA["properties"] | {"must": {"type": "string"}}
    admin.patch(
        f"/alpha-site/contenttypes/{kind['id']}", {"schema": SCHEMA | {"properties": properties, "required": ["must"]}}
    )
    assert admin.put(at("element", made["id"], "de"), {"data": {"name": "B"}}).status_code == 400
    assert admin.put(at("element", made["id"], "de"), {"data": {"name": "B", "must": "x"}}).status_code == 201


@pytest.mark.parametrize("locale", ["de_AT", "1", "x", "de--at", "a" * 60])
def test_a_locale_that_is_none_is_400(locale, as_role):
    editor = as_role("editor")
    post = a_post(editor)
    assert editor.put(at("post", post["id"], locale), {"title": "x"}).status_code == 400


def test_other_kinds_and_foreign_ids_are_404(as_role, site_a):
    editor = as_role("editor")
    theirs = [a_post(as_role("editor", tenant="beta"), "beta-site") for _ in range(3)][-1]
    for where in (at("media", 1, "de"), at("post", theirs["id"], "de"), at("page", 10**15, "de")):
        assert editor.put(where, {"title": "x"}).status_code == 404
        assert editor.get(where).status_code == 404
    with inside(site_a.tenant):
        assert Translation.objects.count() == 0


def test_a_draft_translation_is_never_public_and_a_later_draft_stands_beside(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="Hello", published=True)
    path = f"posts/{post['id']}?locale=de"
    a_translation(editor, "post", post["id"], "de", title="SECRET", slug="geheim")
    assert public(api, path)["title"] == "Hello"
    assert api.get("/public/alpha-site/posts/geheim").status_code == 404
    assert "SECRET" not in str(public(api, "posts?locale=de"))
    assert editor.post(at("post", post["id"], "de") + "/publish").json()["published"] is True
    assert public(api, path)["title"] == "SECRET"
    draft = editor.put(at("post", post["id"], "de") + "?draft=true", {"title": "LATER"}).json()
    assert (draft["has_draft"], draft["members"]) == (True, {"title": "LATER"})
    assert public(api, path)["title"] == "SECRET"
    assert editor.put(at("post", post["id"], "de"), {"published": True}).json()["has_draft"] is False
    assert public(api, path)["title"] == "LATER"
    assert editor.post(at("post", post["id"], "de") + "/unpublish").json()["published"] is False
    assert public(api, path)["title"] == "Hello"


def test_of_a_draft_no_translation_is_public_until_it_is_itself(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="Hello")
    a_translation(editor, "post", post["id"], "de", title="Hallo", slug="hallo", published=True)
    for path in (f"posts/{post['id']}?locale=de", "posts/hallo", "posts/hallo?locale=de"):
        assert api.get(f"/public/alpha-site/{path}").status_code == 404
    assert public(api, "posts?locale=de") == []
    where = f"/alpha-site/posts/{post['id']}"
    editor.patch(where, {"published": True})
    assert public(api, "posts/hallo")["title"] == "Hallo"
    editor.patch(where, {"published": False})
    assert api.get("/public/alpha-site/posts/hallo").status_code == 404
    editor.patch(where, {"published": True})
    assert public(api, "posts?locale=de")[0]["title"] == "Hallo"
    editor.delete(where)
    assert api.get("/public/alpha-site/posts/hallo").status_code == 404


def test_an_author_translates_its_own_and_a_publisher_makes_it_public(as_role, api):
    author, editor = as_role("author"), as_role("editor")
    own, other = a_post(author, title="Own"), a_post(editor, title="Other", published=True)
    assert author.put(at("post", other["id"], "de"), {"title": "x"}).status_code == 403
    assert author.put(at("post", own["id"], "de"), {"title": "x", "published": True}).status_code == 403
    assert editor.get(at("post", own["id"], "de")).status_code == 404
    assert author.put(at("post", own["id"], "de"), {"title": "Eigenes"}).status_code == 201
    editor.patch(f"/alpha-site/posts/{own['id']}", {"published": True})
    assert author.put(at("post", own["id"], "de"), {"title": "Eigenes 2"}).status_code == 200
    assert editor.post(at("post", own["id"], "de") + "/publish").status_code == 200
    assert author.put(at("post", own["id"], "de"), {"title": "Vandal"}).status_code == 403
    assert author.delete(at("post", own["id"], "de")).status_code == 403
    assert public(api, f"posts/{own['id']}?locale=de")["title"] == "Eigenes 2"


def test_who_may_not_publish_writes_beside_the_public_text(as_role, api, monkeypatch):
    from apps.accounts.roles import ROLES

    editor = as_role("editor")
    post = a_post(editor, title="Hello", published=True)
    a_translation(editor, "post", post["id"], "de", title="Hallo", published=True)
    monkeypatch.setitem(ROLES, "editor", ROLES["editor"] - {"content.publish"})
    answer = editor.put(at("post", post["id"], "de"), {"title": "Servus"})
    assert (answer.status_code, answer.json()["has_draft"]) == (200, True)
    assert editor.put(at("post", post["id"], "de"), {"published": False}).status_code == 403
    assert public(api, f"posts/{post['id']}?locale=de")["title"] == "Hallo"


def test_another_text_makes_translations_outdated_and_the_same_again_fresh(as_role):
    editor = as_role("editor")
    post = a_post(editor, title="One")
    where = f"/alpha-site/posts/{post['id']}"
    first = a_translation(editor, "post", post["id"], "de", title="Eins")

    def state():
        return editor.get(at("post", post["id"], "de")).json()["state"]

    editor.patch(where, {"published": True})
    assert state() == "translated"
    editor.patch(where, {"title": "Two"})
    assert state() == "outdated"
    editor.patch(where, {"title": "One"})
    assert state() == "translated"
    version = editor.patch(where, {"title": "Two"}).json()["version"]
    stale = a_translation(editor, "post", post["id"], "de", title="Zwei?", source_version=first["source_version"])
    assert (stale["state"], stale["source_version"]) == ("outdated", 1)
    fresh = a_translation(editor, "post", post["id"], "de", title="Zwei")
    assert (fresh["state"], fresh["source_version"]) == ("translated", version)


def test_the_list_has_the_source_first_then_all_locales_with_their_freshness(as_role):
    admin = as_role("site_admin")
    admin.put("/alpha-site/locales", {"enabled": ["en", "de", "fr"]})
    post = a_post(admin, title="One", locale="en")
    a_translation(admin, "post", post["id"], "nl", title="Een", published=True)
    admin.patch(f"/alpha-site/posts/{post['id']}", {"title": "Two"})
    a_translation(admin, "post", post["id"], "de", title="Zwei")
    found = admin.get(at("post", post["id"])).json()
    assert [(row["locale"], row["state"], row["source_version"], row["published"]) for row in found["items"]] == [
        ("en", "source", None, False),
        ("de", "translated", 2, False),
        ("fr", "missing", None, False),
        ("nl", "outdated", 1, True),
    ]
    assert (found["total"], found["has_next"]) == (4, False)
    page = admin.get(at("post", post["id"]) + "?size=3&page=2").json()
    assert ([row["locale"] for row in page["items"]], page["total"]) == (["nl"], 4)


def test_a_document_and_its_translation_are_never_in_one_locale(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="Hello", locale="en", published=True)
    where = f"/alpha-site/posts/{post['id']}"
    assert editor.put(at("post", post["id"], "EN"), {"title": "x"}).json()["code"] == "content.translation.own_locale"
    a_translation(editor, "post", post["id"], "de", title="Hallo", published=True)
    answer = editor.patch(where, {"locale": "de"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.translation.own_locale")
    assert editor.get(where).json()["locale"] == "en"
    editor.patch(f"{where}?draft=true", {"locale": "fr"})
    assert editor.put(at("post", post["id"], "en"), {"title": "x"}).status_code == 409
    assert [p["title"] for p in public(api, "posts?locale=de")] == ["Hallo"]


def test_slugs_are_taken_by_locale_and_given_back(as_role, api):
    editor = as_role("editor")
    one, two = a_post(editor, title="One", published=True), a_post(editor, title="Two", published=True)
    a_translation(editor, "post", one["id"], "de", slug="eins", published=True)
    answer = editor.put(at("post", two["id"], "de"), {"slug": "eins"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.slug.taken")
    assert editor.put(at("post", two["id"], "fr"), {"slug": "eins", "published": True}).status_code == 201
    assert public(api, "posts/eins?locale=de")["id"] == one["id"]
    assert public(api, "posts/eins?locale=fr")["id"] == two["id"]
    assert editor.delete(at("post", one["id"], "de")).status_code == 204
    assert editor.put(at("post", two["id"], "de"), {"slug": "eins"}).status_code == 201


def test_a_deleted_translation_is_gone_from_everywhere(as_role, api, site_a):
    admin = as_role("site_admin")
    story = a_post(admin)
    made = an_element(admin, a_type(admin), published=True)
    a_translation(admin, "element", made["id"], "de", data={"name": "B", "story": story["id"]}, published=True)
    assert admin.delete(f"/alpha-site/posts/{story['id']}").status_code == 409
    assert admin.delete(at("element", made["id"], "de")).status_code == 204
    assert admin.delete(at("element", made["id"], "de")).status_code == 404
    assert public(api, "elements?locale=de") == public(api)
    with inside(site_a.tenant):
        assert PublicDocument.objects.filter(original=False).count() == 0
        assert Reference.objects.count() == 0
    assert admin.delete(f"/alpha-site/posts/{story['id']}").status_code == 204
    assert told()[-1] == "content.translation_deleted"


def test_a_translation_that_changed_meanwhile_is_412(as_role):
    editor = as_role("editor")
    post = a_post(editor)
    where = at("post", post["id"], "de")
    assert editor.put(where, {"title": "a"}, headers={"If-Match": '"x"'}).status_code == 412
    tag = editor.put(where, {"title": "a"}).headers["ETag"]
    assert editor.put(where, {"title": "b"}, headers={"If-Match": tag}).status_code == 200
    for call in (editor.put, editor.delete):
        assert call(where, {"title": "c"} if call == editor.put else "", headers={"If-Match": tag}).status_code == 412
    assert editor.get(where).json()["members"] == {"title": "b"}


def test_a_hundred_translations_are_enough(as_role, monkeypatch):
    monkeypatch.setattr(services.translations, "MOST", 1)
    editor = as_role("editor")
    post = a_post(editor)
    a_translation(editor, "post", post["id"], "de", title="a")
    answer = editor.put(at("post", post["id"], "fr"), {"title": "b"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.translation.limit")
    assert editor.put(at("post", post["id"], "de"), {"title": "b"}).status_code == 200


def test_a_document_out_of_the_trash_has_its_translations_with_free_slugs(as_role, api, site_a):
    editor = as_role("editor")
    one, two = a_post(editor, title="One", published=True), a_post(editor, title="Two", published=True)
    a_translation(editor, "post", one["id"], "de", slug="eins", published=True)
    editor.delete(f"/alpha-site/posts/{one['id']}")
    a_translation(editor, "post", two["id"], "de", slug="eins")
    with inside(site_a.tenant):
        post = Post.objects.get(pk=one["id"])
        services.translated.bring_back(post)
        Post.objects.filter(pk=post.pk).update(deleted_at=None)
        assert Slug.objects.get(doc_id=post.pk, locale="de", current=True).slug == "eins-2"
    editor.patch(f"/alpha-site/posts/{one['id']}", {"published": True})
    assert public(api, "posts/eins-2")["id"] == one["id"]


def test_translations_go_with_the_type_of_their_elements(as_role, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    made = an_element(admin, kind)
    a_translation(admin, "element", made["id"], "de", data={"name": "B"})
    admin.delete(f"/alpha-site/contenttypes/{kind['id']}?force=true")
    with inside(site_a.tenant):
        assert Translation.objects.count() == 0
