"""What anybody finds in a site, as clients have always been answered, and what nobody finds."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.content.services import refreezing
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element, at
from apps.core.models import Job
from apps.core.services import jobs
from apps.media.tests import factories as files
from apps.search.models import IndexedDocument
from apps.search.providers.postgres import Postgres
from apps.search.services import indexing
from apps.sites.models import Site
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

KEYS = [
    *("id", "doc_type", "title", "content", "description", "keywords", "created_at", "updated_at", "author_name"),
    *("score", "highlight", "filename", "media_type", "url", "content_type_identifier", "is_reference_match"),
]
Deliver = Callable[[], int]


def find(api: ApiClient, q: str, site: str = "alpha-site", **query: Any) -> Any:
    answer = api.get(f"/search/sites/{site}", {"q": q, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(api: ApiClient, q: str, **query: Any) -> list[str]:
    return [hit["title"] for hit in find(api, q, **query)["results"]]


def test_an_element_is_found_in_the_shape_that_clients_know(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver
) -> None:
    kind = a_type(as_role("site_admin"))
    data = {
        "name": "About compliance",
        "lines": ["A first line that\nis long", "short"],
        "text": "A longer sentence that is GDPR-compliant and long enough.",
        "deep": {"inner": "Inner text of some length"},
    }
    made = an_element(as_role("editor"), kind, data, published=True)
    deliver_events()
    answer = find(api, "GDPR", size=20, page=1, highlight="true", published_only="true", locale="de", stray="x")
    assert list(answer) == ["results", "total", "page", "size", "total_pages", "took"]
    assert (answer["total"], answer["page"], answer["size"], answer["total_pages"]) == (1, 1, 20, 1)
    (hit,) = answer["results"]
    assert list(hit) == KEYS
    assert isinstance(answer["took"], int)
    assert hit["score"] > 0
    assert hit | {"score": 0} == {
        "id": made["id"],
        "doc_type": "content_element",
        "title": "About compliance",
        "content": f"A first line that is long {data['text']} Inner text of some length",
        "description": "",
        "keywords": "",
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "author_name": "Twin editor",
        "score": 0,
        "highlight": {
            "content": [
                "line that is long A longer sentence that is <mark>GDPR</mark>-compliant and long enough. Inner "
                "text of some length"
            ]
        },
        "filename": None,
        "media_type": None,
        "url": None,
        "content_type_identifier": "card",
        "is_reference_match": False,
    }
    assert find(api, "GDPR", highlight="false")["results"][0]["highlight"] == {}
    assert api.get("/search/sites/alpha-site/?q=GDPR", HTTP_AUTHORIZATION="Bearer expired").json()["total"] == 1


def test_stems_accents_phrases_and_exclusions_are_understood_in_each_language(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver
) -> None:
    editor = as_role("editor")
    a_post(editor, title="Häuser am Müllersee", content="Wir bauen **Häuser** für alle.", locale="de", published=True)
    a_post(editor, title="Running gently", content="The runners were running along <the> rivers.", published=True)
    a_post(editor, title="Rivers", content="Gently they flow; nobody is running a mill.", published=True)
    deliver_events()
    german = ["Häuser am Müllersee"]
    for q in ("haus", "HÄUSER", "Hauser", "haeuser", "Muellersee", "häuser für", '"bauen Häuser"'):
        assert titles(api, q) == german, q
    assert titles(api, '"Häuser bauen"') == []
    assert titles(api, "runs river") == ["Running gently", "Rivers"]
    assert titles(api, "river -runner") == ["Rivers"]
    assert titles(api, "river unheard") == ["Rivers", "Running gently"]  # where none has all, some is enough
    assert titles(api, "mill unheard -rivers") == titles(api, '"running unheard" mill -gently') == []
    assert titles(api, '"running along"') == ["Running gently"]
    assert set(titles(api, "haus or mill")) == {*german, "Rivers"}
    assert titles(api, "-river") == titles(api, "") == titles(api, '" ( & | ! :* <->') == []
    (hit,) = find(api, "haus")["results"]
    assert hit["content"] == "Wir bauen Häuser für alle."
    assert hit["highlight"] == {
        "title": ["<mark>Häuser</mark> am Müllersee"],
        "content": ["Wir bauen <mark>Häuser</mark> für alle."],
    }


def test_fragments_are_short_and_escape_what_is_not_a_mark(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver
) -> None:
    text = (
        "word & <b>bold</b> " * 60 + "needle <script>alert(1)</script> " + 'again "quoted" words ' * 60 + "needles end"
    )
    kind = a_type(as_role("site_admin"))
    an_element(as_role("editor"), kind, {"name": "<i>Needle</i>", "text": text}, published=True)
    deliver_events()
    (hit,) = find(api, "needle")["results"]
    assert hit["highlight"]["title"] == ["&lt;i&gt;<mark>Needle</mark>&lt;/i&gt;"]
    first, last = hit["highlight"]["content"]
    assert "<mark>needle</mark> &lt;script&gt;" in first
    assert last.endswith("<mark>needles</mark> end")
    for piece in (first, last):
        assert 30 <= len(piece) <= 200
        assert "<" not in piece.replace("<mark>", "").replace("</mark>", "")


def test_what_is_not_public_is_never_found_nor_counted_nor_suggested(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, run_due: Callable[[], int]
) -> None:
    editor, now = as_role("editor"), timezone.now()
    post = a_post(editor, title="Wombat public", content="The old text.", published=True)
    a_post(editor, title="Wombat draft")
    later = (now + datetime.timedelta(hours=1)).isoformat()
    a_post(editor, title="Wombat scheduled", publish_at=later)
    expiring = a_post(editor, title="Wombat expiring", published=True)
    editor.post(f"/alpha-site/posts/{expiring['id']}/publish", {"unpublish_at": later})
    editor.patch(f"/alpha-site/posts/{post['id']}?draft=true", {"content": "A secretword beside."})
    deliver_events()

    def seen(q: str = "wombat", **more: Any) -> set[str]:
        answer = find(api, q, **more)
        assert answer["total"] == len(answer["results"])
        return {hit["title"] for hit in answer["results"]}

    assert seen() == seen(published_only="false") == {"Wombat public", "Wombat expiring"}
    assert seen("secretword") == set()
    suggested = api.get("/search/sites/alpha-site/suggest?q=womb").json()["suggestions"]
    assert suggested == ["Wombat public", "Wombat expiring"]
    with at(now + datetime.timedelta(hours=2)):
        run_due()
        deliver_events()
    assert seen() == {"Wombat public", "Wombat scheduled"}
    editor.post(f"/alpha-site/posts/{post['id']}/publish")
    deliver_events()
    assert seen("secretword") == {"Wombat public"}
    assert seen("old") == set()
    editor.post(f"/alpha-site/posts/{post['id']}/unpublish")
    deliver_events()
    assert seen() == {"Wombat scheduled"}
    editor.delete(f"/alpha-site/posts/{post['id']}")
    deliver_events()
    connection.set_tenant(Site.objects.get(identifier="alpha-site").tenant)
    assert not IndexedDocument.objects.filter(doc_type="post", doc_id=post["id"]).exists()


def test_a_suspended_site_and_another_tenants_are_not_searched(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any
) -> None:
    a_post(as_role("editor"), title="Numbat", published=True)
    a_post(as_role("editor", tenant="beta"), "beta-site", title="Numbat of beta", published=True)
    deliver_events()
    assert titles(api, "numbat") == ["Numbat"]
    connection.set_schema_to_public()
    assert [hit["title"] for hit in find(api, "numbat", site="beta-site")["results"]] == ["Numbat of beta"]
    connection.set_schema_to_public()
    Site.objects.filter(pk=site_a.pk).update(status="suspended")
    from apps.core.delivery import touch

    touch(f"site:{site_a.pk}")
    for path in ("?q=numbat", "/suggest?q=numbat"):
        assert api.get(f"/search/sites/alpha-site{path}").status_code == 404
    assert api.get("/search/sites/no-such-site?q=numbat").status_code == 404


def test_a_hit_behind_a_reference_says_so_and_follows_what_is_referred_to(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver
) -> None:
    editor = as_role("editor")
    post = a_post(editor, title="Quokka", content="On marsupials.", published=True)
    kind = a_type(as_role("site_admin"))
    card = an_element(editor, kind, {"name": "Card", "story": post["id"]}, published=True)
    page = a_page(editor, title="Shown", published=True, page_elements=[{"content_element_id": card["id"]}])
    deliver_events()
    found = find(api, "quokka")["results"]
    assert [(hit["doc_type"], hit["id"], hit["is_reference_match"]) for hit in found] == [
        ("post", post["id"], False),
        ("content_element", card["id"], True),
    ]
    assert found[1]["highlight"] == {}
    by_card = find(api, "card")["results"]
    assert [(hit["doc_type"], hit["is_reference_match"]) for hit in by_card] == [
        ("content_element", False),
        ("page", True),
    ]
    editor.patch(f"/alpha-site/posts/{post['id']}", {"title": "Wallaby"})
    deliver_events()
    assert find(api, "quokka")["total"] == 0
    assert {hit["id"] for hit in find(api, "wallaby")["results"]} == {post["id"], card["id"]}
    editor.post(f"/alpha-site/posts/{post['id']}/unpublish")
    deliver_events()
    assert find(api, "wallaby")["total"] == 0
    assert page["id"] in {hit["id"] for hit in find(api, "shown")["results"]}


def test_a_locale_prefers_and_drops_nothing(as_role: AsRole, api: ApiClient, deliver_events: Deliver) -> None:
    editor = as_role("editor")
    both = a_post(editor, title="Platypus facts", content="An animal.", published=True)
    a_translation(editor, "post", both["id"], "de", title="Platypus Wissen", content="Ein Tier.", published=True)
    a_translation(editor, "post", both["id"], "fr", title="Platypus en cours")
    a_post(editor, title="Platypus alone", published=True)
    deliver_events()
    assert set(titles(api, "platypus")) == {"Platypus facts", "Platypus alone"}
    assert set(titles(api, "platypus", locale="de-AT")) == {"Platypus Wissen", "Platypus alone"}
    assert set(titles(api, "platypus", locale="fr")) == {"Platypus facts", "Platypus alone"}
    assert titles(api, "animal", locale="de") == ["Platypus facts"]
    assert titles(api, "tiere", locale="de") == ["Platypus Wissen"]
    assert titles(api, "tiere") == []
    assert api.get("/search/sites/alpha-site?q=x&locale=not_a_locale").status_code == 400


def test_filters_narrow_and_refuse_what_they_do_not_know(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any, users: Any
) -> None:
    admin, editor = as_role("site_admin"), as_role("editor")
    card, tool = a_type(admin), a_type(admin, key="tool")
    data = {"name": "Echidna one", "category": "Animals"}
    one = an_element(editor, card, data, tags=["spiny", "small"], published=True)
    an_element(editor, tool, {"name": "Echidna two"}, tags=["spiny"], published=True)
    a_post(editor, title="Echidna three", keywords=["spiny"], short_description="Of spines.", published=True)
    files.make(site_a, author=users["alpha"]["editor"], name="echidna_photo.png", alt_text="An animal with spines")
    connection.set_schema_to_public()
    deliver_events()
    every = find(api, "echidna")["results"]
    assert {hit["doc_type"] for hit in every} == {"content_element", "post", "media"}
    (picture,) = (hit for hit in every if hit["doc_type"] == "media")
    assert (picture["content"], picture["media_type"]) == ("An animal with spines", "image/png")
    assert picture["url"].startswith("http://testserver/files/uploads/")
    assert picture["filename"]
    (post,) = (hit for hit in every if hit["doc_type"] == "post")
    assert (post["description"], post["keywords"]) == ("Of spines.", "spiny")
    assert titles(api, "echidna", content_type="alpha-site_card") == titles(api, "echidna", category="Animals")
    assert titles(api, "echidna", content_type="tool") == ["Echidna two"]
    assert titles(api, "echidna", tags="spiny,small") == ["Echidna one"]
    assert set(titles(api, "echidna", tags="spiny")) == {"Echidna one", "Echidna two", "Echidna three"}
    assert titles(api, "echidna", doc_type="post") == ["Echidna three"]
    day = one["updated_at"][:10]
    assert len(titles(api, "echidna", date_from=day, date_to=day)) == 4
    assert titles(api, "echidna", date_to="2020-01-01") == titles(api, "echidna", content_type="nothing") == []
    paged = [find(api, "echidna", size=3, page=page) for page in (1, 2, 3)]
    assert [len(answer["results"]) for answer in paged] == [3, 1, 0]
    assert [(answer["total"], answer["total_pages"]) for answer in paged] == [(4, 2)] * 3
    assert len({(hit["doc_type"], hit["id"]) for answer in paged for hit in answer["results"]}) == 4
    scores = [hit["score"] for hit in every]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    "query",
    ["size=0", "size=101", "page=0", "page=x", "doc_type=user", "date_from=yesterday", "date_to=2026-13-01",
     "mode=magic", "q=" + "a" * 401, "q=%00", "tags=" + ",".join(f"t{n}" for n in range(21))],
)  # fmt: skip
def test_a_query_that_is_out_of_bounds_is_400(query: str, api: ApiClient) -> None:
    assert api.get(f"/search/sites/alpha-site?{query}").status_code == 400


@pytest.mark.parametrize(
    "q",
    ["(" * 400, "a or " * 80, "-a " * 100, '"' * 399, "a:*&|!<->" * 40, "%_%" * 100, "x" * 400, "ß" * 399,
     "\u0301" * 300, "😀 " * 100, "' ; DROP TABLE search_indexeddocument --"],
)  # fmt: skip
def test_a_hostile_question_is_answered_like_any_other(
    q: str, api: ApiClient, as_role: AsRole, deliver_events: Deliver
) -> None:
    a_post(as_role("editor"), title="Something", published=True)
    deliver_events()
    answer = find(api, q, locale="de")
    assert (answer["total"], answer["took"] < 2000) == (0, True)
    assert api.get("/search/sites/alpha-site/suggest", {"q": q[:100]}).json() == {"suggestions": []}


def test_suggestions_complete_words_and_forgive_a_typing_error(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver
) -> None:
    editor = as_role("editor")
    a_post(editor, title="Documentation of the harbour", keywords=["Hafen", "Docks"], published=True)
    a_post(editor, title="The documentary", published=True)
    a_post(editor, title="Übersicht", locale="de", published=True)
    a_post(editor, title="Documents nobody sees")
    deliver_events()

    def suggested(q: str, **query: Any) -> list[str]:
        answer = api.get("/search/sites/alpha-site/suggest", {"q": q, "locale": "de", **query})
        assert list(answer.json()) == ["suggestions"]
        found: list[str] = answer.json()["suggestions"]
        return found

    assert suggested("docu") == ["Documentation of the harbour", "The documentary"]
    assert suggested("doc", limit=1) == suggested("doc", size=1) == ["Docks"]
    assert suggested("harb") == suggested("of the h") == ["Documentation of the harbour"]
    assert suggested("haf") == ["Hafen"]
    assert suggested("uber") == suggested("ÜB") == ["Übersicht"]
    assert suggested("documantation")[0] == "Documentation of the harbour"
    assert suggested("zzzzzz") == suggested("") == suggested("%") == []


def test_what_is_written_anew_while_it_is_searched_is_found_all_the_same(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = a_post(as_role("tenant_admin"), title="Saltmarsh", published=True)
    deliver_events()
    finding, begun = Postgres.find, iter([True])

    def slow(self: Postgres, *asked: Any) -> Any:
        found = finding(self, *asked)
        if next(begun, False):
            indexing.write([("post", post["id"])])
        return found

    monkeypatch.setattr(Postgres, "find", slow)
    found = find(api, "saltmarsh")
    assert (found["total"], [hit["id"] for hit in found["results"]]) == (1, [post["id"]])
    assert next(begun, None) is None


def test_a_deleted_type_takes_its_elements_out_and_many_referrers_become_a_job(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    admin, editor = as_role("site_admin"), as_role("editor")
    kind, post = a_type(admin), a_post(editor, title="Bilby", published=True)
    for number in range(2):
        an_element(editor, kind, {"name": f"Card {number}", "story": post["id"]}, published=True)
    deliver_events()
    editor.patch(f"/alpha-site/posts/{post['id']}", {"title": "Dunnart"})
    connection.set_schema_to_public()
    deliver_events()
    for job in Job.objects.filter(kind=indexing.REFERRERS, state="queued"):
        jobs.run(job.pk)
    assert (find(api, "bilby")["total"], find(api, "dunnart")["total"]) == (0, 3)
    assert admin.delete(f"/alpha-site/contenttypes/{kind['id']}?force=true").status_code == 204
    deliver_events()
    assert [hit["doc_type"] for hit in find(api, "dunnart")["results"]] == ["post"]
    assert find(api, "card")["total"] == 0


def test_a_field_that_is_called_title_from_now_on_is_the_title(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 1)
    admin, editor = as_role("site_admin"), as_role("editor")

    def schema(name: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: {"type": "string"}}}

    kind = a_type(admin, schema=schema("heading"))
    for number in range(2):
        an_element(editor, kind, {"heading": f"Quoll at number {number}"}, published=True)
    deliver_events()
    assert titles(api, "quoll") == ["", ""]
    path = f"/alpha-site/contenttypes/{kind['id']}"
    tenant_admin = as_role("tenant_admin")
    assert tenant_admin.patch(path, {"description": "no other schema"}).status_code == 200
    deliver_events()
    assert not Job.objects.filter(kind=indexing.OF_TYPE).exists()
    renamed = {"schema": schema("title"), "renames": {"heading": "title"}}
    assert tenant_admin.patch(path, renamed).status_code == 200
    deliver_events()
    jobs.run(Job.objects.get(kind=indexing.OF_TYPE, state="queued").pk)
    assert sorted(titles(api, "quoll")) == ["Quoll at number 0", "Quoll at number 1"]


def test_of_documents_that_change_together_the_one_that_many_show_becomes_a_job(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both of them are frozen and indexed in one transaction, so far as they are not."""
    editor = as_role("editor")
    kind = a_type(as_role("site_admin"))
    many, one = (a_post(editor, title=title, published=True) for title in ("Bilby", "Quoll"))
    for post in (many, many, one):
        an_element(editor, kind, {"name": "Card", "story": post["id"]}, published=True)
    deliver_events()
    monkeypatch.setattr(indexing, "BATCH", 1)
    monkeypatch.setattr(refreezing, "BATCH", 1)
    for post, title in ((many, "Dunnart"), (one, "Potoroo")):
        editor.patch(f"/alpha-site/posts/{post['id']}", {"title": title})
    connection.set_schema_to_public()
    deliver_events()
    assert (find(api, "dunnart")["total"], find(api, "potoroo")["total"]) == (1, 2)
    waiting = Job.objects.filter(kind__in=(indexing.REFERRERS, "content.refreeze"), state="queued").order_by("kind")
    assert [(job.kind, many["id"] in job.arguments.values()) for job in waiting] == [
        ("content.refreeze", True),
        (indexing.REFERRERS, True),
    ]
    for job in waiting:
        jobs.run(job.pk)
    assert find(api, "dunnart")["total"] == 3
    shown = api.get("/public/alpha-site/elements").json()
    assert sorted(card["data"]["story"]["title"] for card in shown) == ["Dunnart", "Dunnart", "Potoroo"]
