"""Documents read in a locale: by whom, in which of their languages, in which order, at what cost."""

import secrets
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.content.models import PublicDocument
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element, public
from apps.content.tests.test_delivery import statements
from apps.core.tenancy import inside
from apps.sites import locales

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
ANY: dict[str, Any] = {"type": "object"}


def test_a_reader_gets_the_first_language_of_its_chain_and_every_document(as_role, api):
    admin = as_role("site_admin")
    admin.put("/alpha-site/locales", {"default": "en", "enabled": ["en", "de"], "fallback": {"de-AT": ["de-CH"]}})
    written = [("plain", "en"), ("swiss", "en"), ("german", "de"), ("french", "fr"), ("japanese", "ja")]
    posts = [a_post(admin, title=title, locale=locale, published=True) for title, locale in written]
    for number, locale in ((1, "de-CH"), (1, "de"), (2, "en"), (3, "en"), (3, "it")):
        title = f"{written[number][0]} {locale}"
        a_translation(admin, "post", posts[number]["id"], locale, title=title, published=True)
    shown = {
        locale: [(post["title"], post["locale"]) for post in public(api, f"posts?locale={locale}")]
        for locale in ("de-at", "it", "en", "ko")
    }
    plain, japanese, english = ("plain", "en"), ("japanese", "ja"), ("german en", "en")
    french = ("french en", "en")
    assert shown["de-at"] == [japanese, french, ("german", "de"), ("swiss de-CH", "de-CH"), plain]
    assert shown["it"] == [japanese, ("french it", "it"), english, ("swiss", "en"), plain]
    assert shown["en"] == shown["ko"] == [japanese, french, english, ("swiss", "en"), plain]
    assert [post["locale"] for post in public(api, "posts")] == ["ja", "fr", "de", "en", "en"]
    for locale, found in shown.items():
        mine = admin.get(f"/alpha-site/posts?locale={locale}&sort=-id").json()
        assert ([(post["title"], post["locale"]) for post in mine["items"]], mine["total"]) == (found, 5)
        one = admin.get(f"/alpha-site/posts/{posts[3]['id']}?locale={locale}").json()
        assert (one["title"], one["locale"]) == found[1]


def test_a_translation_moves_neither_the_public_time_nor_the_order(as_role, api):
    editor = as_role("editor")
    one, two = a_post(editor, title="One", published=True), a_post(editor, title="Two", published=True)
    before = public(api, "posts")
    a_translation(editor, "post", one["id"], "de", title="Eins", published=True)
    assert public(api, "posts") == before
    shown = public(api, "posts?locale=de")
    assert [(post["title"], post["updated_at"]) for post in shown] == [
        ("Two", before[0]["updated_at"]),
        ("Eins", before[1]["updated_at"]),
    ]
    editor.patch(f"/alpha-site/posts/{one['id']}", {"content": "New"})
    for path in ("posts", "posts?locale=de"):
        times = [post["updated_at"] for post in public(api, path)]
        assert times == sorted(times, reverse=True)
        assert [post["id"] for post in public(api, path)] == [one["id"], two["id"]]


def test_a_change_of_the_source_shows_through_where_the_translation_says_nothing(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="One", content="old", published=True)
    a_translation(editor, "post", post["id"], "de", title="Eins", published=True)
    editor.patch(f"/alpha-site/posts/{post['id']}?draft=true", {"content": "draft"})
    assert public(api, f"posts/{post['id']}?locale=de")["content"] == "old"
    editor.patch(f"/alpha-site/posts/{post['id']}", {"content": "new"})
    shown = public(api, f"posts/{post['id']}?locale=de")
    assert (shown["title"], shown["content"]) == ("Eins", "new")


def test_what_a_translated_document_shows_is_translated_where_it_can_be(as_role, api, deliver_events):
    admin = as_role("site_admin")
    story = a_post(admin, title="Story", published=True)
    made = an_element(admin, a_type(admin), {"name": "A", "story": story["id"]}, published=True)
    a_translation(admin, "element", made["id"], "de", data={"name": "B"}, published=True)

    def titles():
        deliver_events()
        return [public(api, f"elements{query}")[0]["data"]["story"]["title"] for query in ("?locale=de", "")]

    assert titles() == ["Story", "Story"]
    a_translation(admin, "post", story["id"], "de", title="Geschichte")
    assert titles() == ["Story", "Story"]
    where = f"/alpha-site/translations/post/{story['id']}/de"
    admin.post(f"{where}/publish")
    assert titles() == ["Geschichte", "Story"]
    admin.put(where, {"title": "Neue Geschichte"})
    assert titles() == ["Neue Geschichte", "Story"]
    admin.post(f"{where}/unpublish")
    assert titles() == ["Story", "Story"]
    admin.put(where, {"published": True})
    assert titles() == ["Neue Geschichte", "Story"]
    admin.delete(where)
    assert titles() == ["Story", "Story"]


def test_a_reference_of_a_translation_alone_is_shown_and_followed(as_role, api, deliver_events):
    admin = as_role("site_admin")
    story = a_post(admin, title="Story", published=True)
    made = an_element(admin, a_type(admin), {"name": "A"}, published=True)
    a_translation(admin, "element", made["id"], "de", data={"story": story["id"]}, published=True)
    assert public(api, "elements?locale=de")[0]["data"]["story"]["title"] == "Story"
    admin.patch(f"/alpha-site/posts/{story['id']}", {"title": "New"})
    deliver_events()
    assert public(api, "elements?locale=de")[0]["data"]["story"]["title"] == "New"
    admin.delete(f"/alpha-site/posts/{story['id']}?force=true")
    deliver_events()
    assert public(api, "elements?locale=de")[0]["data"] == {"name": "A", "story": None}


def test_a_slug_leads_to_its_document_in_the_readers_locale(as_role, api):
    editor = as_role("editor")
    post = a_post(editor, title="Hello", published=True)
    a_translation(editor, "post", post["id"], "de", title="Hallo", slug="hallo", published=True)
    titles = {
        path: public(api, f"posts/{path}")["title"]
        for path in ("hello", "hallo", "hello?locale=de", "hallo?locale=en", "hallo?locale=fr", "hello?locale=de-AT")
    }
    assert titles == {
        "hello": "Hello",
        "hallo": "Hallo",
        "hello?locale=de": "Hallo",
        "hallo?locale=en": "Hello",
        "hallo?locale=fr": "Hello",
        "hello?locale=de-AT": "Hallo",
    }


def test_below_a_page_whose_translation_has_no_slug_its_own_stands_in_the_path(as_role, api):
    admin = as_role("tenant_admin")
    top = a_page(admin, title="Top", slug="top", published=True)
    below = a_page(admin, title="Below", slug="below", parent_id=top["id"], published=True)
    a_translation(admin, "page", top["id"], "de", title="Oben", published=True)
    a_translation(admin, "page", below["id"], "de", title="Unten", slug="unten", published=True)
    assert {page["path"] for page in public(api, "pages?locale=de")} == {"/top", "/top/unten"}


def test_lists_are_filtered_by_the_locale_of_the_source_and_never_by_that_of_the_reader(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    for locale in ("en", "de"):
        a_post(admin, title=locale, locale=locale)
        an_element(admin, kind, {"name": locale}, locale=locale)
    for noun in ("posts", "elements"):
        assert admin.get(f"/alpha-site/{noun}?locale=de").json()["total"] == 2
        found = admin.get(f"/alpha-site/{noun}?source_locale=DE").json()["items"]
        assert [item["locale"] for item in found] == ["de"]
        assert admin.get(f"/alpha-site/{noun}?locale=de_AT").status_code == 400


def test_a_document_in_another_locale_has_another_tag_with_which_it_cannot_be_overwritten(as_role):
    admin = as_role("site_admin")
    post = a_post(admin, title="Hello")
    where = f"/alpha-site/posts/{post['id']}"
    tag = admin.get(f"{where}?locale=de").headers["ETag"]
    a_translation(admin, "post", post["id"], "de", title="Hallo")
    answer = admin.get(f"{where}?locale=de", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["title"]) == (200, "Hallo")
    stale = admin.patch(where, {"title": "Hallo"}, headers={"If-Match": answer.headers["ETag"]})
    assert stale.status_code == 412
    assert admin.get(where).json()["title"] == "Hello"


def test_a_malformed_locale_is_400_in_public_and_an_empty_one_is_none(as_role, api):
    a_post(as_role("editor"), published=True)
    assert api.get("/public/alpha-site/posts?locale=de_AT").status_code == 400
    assert public(api, "posts?locale=") == public(api, "posts")


def test_reading_in_a_locale_costs_one_statement_more_to_writers_and_none_to_the_public(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    for number in range(4):
        made = an_element(admin, kind, {"name": str(number)}, published=True)
        for locale in ("de", "fr"):
            a_translation(admin, "element", made["id"], locale, data={"name": locale}, published=True)
    post = a_post(admin, title="One", published=True)
    a_translation(admin, "post", post["id"], "de", slug="eins", published=True)
    counts = {}
    for client, path in (
        (api, "/public/alpha-site/elements?locale=de-AT"),
        (api, f"/public/alpha-site/elements/{made['id']}?locale=de-AT"),
        (api, "/public/alpha-site/posts?locale=de-AT"),
        (api, "/public/alpha-site/posts/eins?locale=de-AT"),
        (admin, "/alpha-site/elements?locale=de-AT"),
        (admin, f"/alpha-site/posts/{post['id']}?locale=de-AT"),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts[path.split("?")[0]] = len(statements(captured))
    assert list(counts.values()) == [2, 2, 2, 2, 5, 4], counts


LOCALES = ["en", "de", "de-AT", "fr"]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3)  # a body with a NUL is refused
VALUES = st.dictionaries(st.sampled_from("abcd"), st.integers(-(2**63), 2**63 - 1) | WORDS | st.none(), max_size=4)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    source=VALUES,
    own=st.sampled_from(LOCALES),
    changed=VALUES,
    overlays=st.dictionaries(st.sampled_from(LOCALES), st.tuples(VALUES, st.booleans()), max_size=4),
    reader=st.sampled_from([*LOCALES, "it"]),
)
def test_the_public_sees_the_source_under_the_translation_of_its_chain(
    as_role, api, site_a, source, own, changed, overlays, reader
):
    admin = as_role("site_admin")
    kind = a_type(admin, key=f"kind-{secrets.token_hex(8)}", schema=ANY)
    made = an_element(admin, kind, source or {"a": 1}, locale=own, published=True)
    expected: dict[str, Any] = {}
    for locale, (members, published) in overlays.items():
        if locale != own:
            a_translation(admin, "element", made["id"], locale, data=members, published=published)
            if published:
                expected[locale] = members
    admin.patch(f"/alpha-site/elements/{made['id']}", {"data": changed})
    chosen = next((tag for tag in locales.chain(site_a, reader) if tag == own or tag in expected), own)
    shown = public(api, f"elements/{made['id']}?locale={reader}")["data"]
    assert list(shown.items()) == list((changed | expected.get(chosen, {})).items())
    with inside(site_a.tenant):
        rows = PublicDocument.objects.filter(doc_id=made["id"], doc_type="element")
        assert set(rows.values_list("locale", flat=True)) == {own, *expected}
