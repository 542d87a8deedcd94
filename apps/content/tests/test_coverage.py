"""How far a site is translated."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.content.tests.factories import a_post, a_translation, a_type, an_element
from apps.content.tests.test_delivery import statements

pytestmark = pytest.mark.django_db
PATH = "/alpha-site/translations/status"


@pytest.fixture
def admin(as_role):
    client = as_role("site_admin")
    client.put("/alpha-site/locales", {"enabled": ["en", "de"]})
    return client


def test_documents_are_counted_by_type_and_locale(admin):
    card, note = a_type(admin), a_type(admin, key="note")
    cards = [an_element(admin, card, {"name": str(n)}) for n in range(4)]
    an_element(admin, note, {"name": "N"}, locale="de")
    posts = [a_post(admin, title=str(n)) for n in range(3)]
    for made in cards[:2]:
        a_translation(admin, "element", made["id"], "de", data={"name": "x"})
    admin.patch(f"/alpha-site/elements/{cards[1]['id']}", {"data": {"name": "changed"}})
    a_translation(admin, "element", cards[3]["id"], "de", data={"name": "x"})
    admin.delete(f"/alpha-site/elements/{cards[3]['id']}")
    a_translation(admin, "post", posts[0]["id"], "fr", title="x")
    found = admin.get(PATH).json()
    rows = [tuple(row.values()) for row in found["coverage"]]
    assert found["documents"] is None
    # doc_type, type_id, type_identifier, locale, documents, source, translated, outdated, missing
    assert rows == [
        ("element", card["id"], "card", "en", 3, 3, 0, 0, 0),
        ("element", card["id"], "card", "de", 3, 0, 1, 1, 1),
        ("element", card["id"], "card", "fr", 3, 0, 0, 0, 3),
        ("element", note["id"], "note", "en", 1, 0, 0, 0, 1),
        ("element", note["id"], "note", "de", 1, 1, 0, 0, 0),
        ("element", note["id"], "note", "fr", 1, 0, 0, 0, 1),
        ("post", None, "", "en", 3, 3, 0, 0, 0),
        ("post", None, "", "de", 3, 0, 0, 0, 3),
        ("post", None, "", "fr", 3, 0, 1, 0, 2),
    ]
    assert {row["doc_type"] for row in admin.get(f"{PATH}?doc_type=post").json()["coverage"]} == {"post"}
    of_type = admin.get(f"{PATH}?type_id={note['id']}").json()["coverage"]
    assert [(row["type_id"], row["locale"]) for row in of_type] == [(note["id"], "en"), (note["id"], "de")]
    for state, ids in (("translated", [0]), ("outdated", [1]), ("missing", [2])):
        listed = admin.get(f"{PATH}?type_id={card['id']}&locale=DE&state={state}").json()["documents"]
        assert ([row["id"] for row in listed["items"]], listed["total"]) == ([cards[n]["id"] for n in ids], len(ids))
    page = admin.get(f"{PATH}?doc_type=post&locale=fr&state=missing&size=1&page=2").json()["documents"]
    assert page["items"] == [
        {"doc_type": "post", "id": posts[2]["id"], "label": "2", "locale": "en", "version": 1, "published": False}
    ]
    assert (page["total"], page["has_next"]) == (2, False)


@pytest.mark.parametrize(
    "query",
    [
        "state=missing",
        "state=missing&locale=de",
        "state=none",
        "doc_type=media",
        "locale=x_y",
        "size=501",
        "doc_type=post&type_id=1",
    ],
)
def test_what_cannot_be_listed_is_400(query, admin):
    assert admin.get(f"{PATH}?{query}").status_code == 400


def test_another_sites_documents_are_not_counted(as_role, admin):
    beta = as_role("site_admin", tenant="beta")
    a_post(beta, "beta-site")
    assert admin.get(PATH).json()["coverage"] == []


def test_it_costs_the_same_whatever_is_in_the_site(admin):
    counts = []
    for round_ in range(2):
        for number in range(3):
            kind = a_type(admin, key=f"kind-{round_}-{number}")
            made = an_element(admin, kind, {"name": "A"})
            post = a_post(admin)
            for locale in ("de", "fr"):
                a_translation(admin, "element", made["id"], locale, data={"name": locale})
                a_translation(admin, "post", post["id"], locale, title=locale)
        with CaptureQueriesContext(connection) as captured:
            admin.get(PATH)
        counts.append(len(statements(captured)))
    # session with user and tenant, memberships, site, two a kind, names of types
    assert counts == [9, 9], statements(captured)
