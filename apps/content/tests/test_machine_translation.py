"""Translations that a model makes: drafts, in one transaction for all locales; what people wrote and marks stay."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.accounts.models import Membership, User
from apps.ai.errors import ProviderAway
from apps.ai.models import Generation
from apps.ai.providers.protocols import Output, Translate
from apps.billing import selectors as billing
from apps.billing.models import Hold
from apps.content.models import Translation
from apps.content.tests.factories import a_page, a_post, a_translation, a_type, an_element
from apps.core.models import EventRow
from apps.core.services import jobs
from apps.core.tenancy import inside
from conftest import AsRole, Users
from tests.client import ApiClient

pytestmark = pytest.mark.slow

MARKDOWN = """# Welcome {name}

The [garden](https://example.com/garden) is `not_code` **new**.

```sh
echo "the garden"
```

- the tea
- the bread
"""


@pytest.fixture(autouse=True)
def locales(as_role: AsRole, paid: None) -> None:
    answer = as_role("site_admin").put("/alpha-site/locales", {"default": "en", "enabled": ["en", "de", "fr", "it"]})
    assert answer.status_code == 200, answer.content


def path(doc: Any, doc_type: str = "post") -> str:
    return f"/alpha-site/translations/{doc_type}/{doc['id']}"


def generate(client: Any, doc: Any, locales: Any = "de", *, doc_type: str = "post", **more: Any) -> Any:
    body = {"locales": locales, "sync_mode": True} | more
    return client.post(f"{path(doc, doc_type)}/generate", body)


def upper(asked: Translate) -> Output:
    """Says the target and the text louder, marks as they are."""
    texts = tuple(f"{asked.target} {text}" for text in asked.texts)
    return Output(texts=texts, used={"characters": sum(map(len, asked.texts))})


def available(tenant: Any) -> int:
    return billing.available(tenant.pk)


def nothing_was_made(tenant: Any, credits: int = 50) -> None:
    with inside(tenant):
        assert not Translation.objects.exists()
    assert (available(tenant), Hold.objects.filter(tenant_id=tenant.pk, state="open").count()) == (credits, 0)


def test_a_german_draft_of_a_post_keeps_links_code_and_fields_and_says_that_a_machine_made_it(
    as_role: AsRole, tenant_a: Any, api: Any
) -> None:
    client = as_role("editor")
    post = a_post(client, title="The new garden", content=MARKDOWN, keywords=["tea", "bread"], published=True)
    answer = generate(client, post)
    assert (answer.status_code, answer.headers["X-Credits-Charged"]) == (200, "1")
    told = answer.json()
    assert told["results"] == [
        {"locale": "de", "outcome": "made", "reason": "missing", "version": 1, "untranslated": []}
    ]
    assert (told["model"], told["credits"], told["source_version"]) == ("local/glossary", 1, post["version"])
    found = client.get(f"{path(post)}/de").json()
    assert found["members"] == {
        "title": "Der neu Garten",
        "slug": "der-neu-garten",
        "content": """# Willkommen {name}

Der [Garten](https://example.com/garden) ist `not_code` **neu**.

```sh
echo "the garden"
```

- der Tee
- der Brot
""",
        "keywords": ["Tee", "Brot"],
    }
    assert (found["origin"], found["generation"], found["published"]) == ("machine", told["job_id"], False)
    assert (found["state"], found["source_version"]) == ("translated", post["version"])
    listed = {row["locale"]: row["origin"] for row in client.get(path(post)).json()["items"]}
    assert listed == {"en": None, "de": "machine", "fr": None, "it": None}
    assert api.get(f"/public/alpha-site/posts/{post['id']}?locale=de").json()["title"] == "The new garden"
    [event] = EventRow.objects.filter(name="content.translation_saved", tenant_id=tenant_a.pk)
    assert (event.actor_label, event.data["locale"]) == ("editor@alpha.test", "de")
    client.put(f"{path(post)}/de", {**found["members"], "published": True})
    assert client.get(f"{path(post)}/de").json()["origin"] == "machine", "published as it was"
    client.put(f"{path(post)}/de", {"title": "Der neue Garten"})
    edited = client.get(f"{path(post)}/de").json()
    assert (edited["origin"], edited["generation"]) == ("people", None)


def test_only_what_is_missing_or_outdated_is_made_and_what_people_wrote_stays(
    as_role: AsRole, tenant_a: Any, double: Callable[..., Any]
) -> None:
    provider = double("translation", upper)
    client = as_role("editor")
    post = a_post(client, title="One", content="Two", short_description="Three")
    a_translation(client, "post", post["id"], "it", title="Uno", slug="uno")
    generate(client, post, ["de", "fr"], model="double/one")
    client.put(f"{path(post)}/fr", {"title": "Un"})
    client.patch(f"/alpha-site/posts/{post['id']}", {"title": "One more", "short_description": None})
    client.put(f"{path(post)}/it", {"title": "Uno di piu", "slug": "uno"})
    before = available(tenant_a)
    told = generate(client, post, ["de", "fr", "it"], model="double/one").json()
    assert [(one["locale"], one["outcome"], one["reason"], one["version"]) for one in told["results"]] == [
        ("de", "made", "outdated", 2),
        ("fr", "kept", "edited", 2),
        ("it", "kept", "fresh", 2),
    ]
    members = client.get(f"{path(post)}/de").json()["members"]
    assert members == {"title": "de One more", "content": "de Two", "slug": "de-one"}, "the address that it had"
    assert available(tenant_a) == before - 1
    asked = len(provider.asked)
    assert generate(client, post, ["de", "fr"], model="double/one").json() == {
        "source_version": 2,
        "results": [
            {"locale": "de", "outcome": "kept", "reason": "fresh", "version": 2, "untranslated": []},
            {"locale": "fr", "outcome": "kept", "reason": "edited", "version": 2, "untranslated": []},
        ],
        "model": None,
        "credits": 0,
        "job_id": None,
    }
    assert (len(provider.asked), available(tenant_a)) == (asked, before - 1)
    over = generate(client, post, ["it"], overwrite=True, fields=["content"], model="double/one").json()
    assert over["results"][0]["reason"] == "overwritten"
    members = client.get(f"{path(post)}/it").json()["members"]
    assert members == {"title": "Uno di piu", "slug": "uno", "content": "it Two"}


def test_of_an_element_texts_for_people_are_sent_and_nothing_else(as_role: AsRole, double: Callable[..., Any]) -> None:
    provider = double("translation", upper)
    client, text = as_role("editor"), {"type": "string"}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {**text, "maxLength": 12},
            "sku": {**text, "x-unique": True},
            "kind": {**text, "enum": ["tea", "wine"]},
            "page": {**text, "format": "uri"},
            "body": {**text, "format": "html"},
            "note": {**text, "x-ui": {"widget": "markdown"}},
            "steps": {
                "type": "array",
                "items": {"type": "object", "properties": {"text": text, "n": {"type": "integer"}}},
            },
            "story": {"type": "integer", "format": "post_id"},
        },
    }
    post = a_post(client)
    data = {
        "name": "Tea", "sku": "GREEN TEA", "kind": "tea", "page": "https://example.com", "story": post["id"],
        "body": '<p class="a">Fresh</p>', "note": "*Mild*",
        "steps": [{"text": "Warm it", "n": 1}, {"text": "#fff", "n": 2}],
    }  # fmt: skip
    element = an_element(client, a_type(as_role("site_admin"), key="tea", schema=schema), data)
    told = generate(client, element, ["de"], doc_type="element", model="double/one").json()
    assert [(asked.format, list(asked.texts), asked.source) for asked in provider.asked] == [
        ("html", ['<p class="a">Fresh</p>'], "en"),
        ("markdown", ["*Mild*"], "en"),
        ("text", ["Tea", "Warm it"], "en"),
    ]
    assert told["results"][0]["outcome"] == "made"
    assert client.get(f"{path(element, 'element')}/de").json()["members"] == {
        "data": {
            "name": "de Tea",
            "body": 'de <p class="a">Fresh</p>',
            "note": "de *Mild*",
            "steps": [{"text": "de Warm it", "n": 1}, {"text": "#fff", "n": 2}],
        }
    }
    client.patch(f"/alpha-site/elements/{element['id']}", {"data": data | {"name": "Green leaves"}})
    told = generate(client, element, ["fr"], doc_type="element", model="double/one").json()
    assert told["results"] == [
        {"locale": "fr", "outcome": "made", "reason": "missing", "version": 1, "untranslated": ["name"]}
    ], "longer than the type takes"
    assert "name" not in client.get(f"{path(element, 'element')}/fr").json()["members"]["data"]


def test_of_a_page_title_description_and_the_words_of_its_seo_are_translated(
    as_role: AsRole, double: Callable[..., Any]
) -> None:
    double("translation", upper)
    client = as_role("editor")
    seo = {"title": "Tea", "description": "", "canonical": "https://example.com", "robots": "noindex"}
    page = a_page(client, title="Our tea", description="Leaves", seo=seo)
    assert generate(client, page, doc_type="page", model="double/one").status_code == 200
    assert client.get(f"{path(page, 'page')}/de").json()["members"] == {
        "title": "de Our tea", "description": "de Leaves", "slug": "de-our-tea", "seo": {"title": "de Tea"}
    }  # fmt: skip


def test_a_text_whose_marks_the_model_changed_is_asked_again_and_then_left_out(
    as_role: AsRole, double: Callable[..., Any]
) -> None:
    def careless(asked: Translate) -> Output:
        texts = tuple(text.replace("{name}", "{Name}").replace("example.com/a", "b") for text in asked.texts)
        return Output(texts=texts, used={"characters": 10})

    provider = double("translation", careless)
    client = as_role("editor")
    post = a_post(client, title="Hello {name}", content="One [two](https://example.com/a).\n\nThree", keywords=["four"])
    told = generate(client, post, model="double/one").json()
    assert told["results"][0]["untranslated"] == ["content", "title"]
    assert client.get(f"{path(post)}/de").json()["members"] == {"keywords": ["four"]}
    assert [list(asked.texts) for asked in provider.asked] == [
        ["One [two](https://example.com/a).", "Three"],
        ["One [two](https://example.com/a)."],
        ["Hello {name}", "four"],
        ["Hello {name}"],
    ]


def test_what_changed_while_the_model_was_at_work_is_not_lost(
    as_role: AsRole, tenant_a: Any, double: Callable[..., Any]
) -> None:
    client = as_role("editor")
    post = a_post(client, title="One", content="Two")

    def slow(asked: Translate) -> Output:
        if asked.target == "fr":
            client.patch(f"/alpha-site/posts/{post['id']}", {"content": "Two and a half"})
            client.put(f"{path(post)}/fr", {"title": "Un"})
            connection.set_tenant(tenant_a)
        return upper(asked)

    double("translation", slow)
    told = generate(client, post, ["de", "fr"], model="double/one").json()
    assert [(one["outcome"], one["reason"]) for one in told["results"]] == [("made", "missing"), ("kept", "changed")]
    assert client.get(f"{path(post)}/fr").json()["members"] == {"title": "Un"}
    german = client.get(f"{path(post)}/de").json()
    assert (german["state"], german["source_version"]) == ("outdated", 1)
    assert german["members"]["content"] == "de Two"
    with inside(tenant_a):
        Translation.objects.all().delete()
    before, only = available(tenant_a), generate(client, post, ["fr"], model="double/one")
    assert (only.status_code, only.json()["code"]) == (409, "content.translation.nothing_made")
    assert available(tenant_a) == before


def test_who_may_not_write_any_more_when_the_model_is_done_leaves_nothing_and_pays_nothing(
    as_role: AsRole, tenant_a: Any, users: Users, double: Callable[..., Any]
) -> None:
    client = as_role("editor")
    post = a_post(client, title="One")

    def lose(asked: Translate) -> Output:
        Membership.objects.filter(user=users["alpha"]["editor"]).update(role="viewer")
        return upper(asked)

    double("translation", lose)
    assert generate(client, post, model="double/one").status_code == 403
    nothing_was_made(tenant_a)


def test_a_published_translation_gets_a_draft_beside_it(as_role: AsRole, api: Any, double: Callable[..., Any]) -> None:
    double("translation", upper)
    client = as_role("editor")
    post = a_post(client, title="One", published=True)
    a_translation(client, "post", post["id"], "de", title="Eins", published=True)
    generate(client, post, overwrite=True, model="double/one")
    found = client.get(f"{path(post)}/de").json()
    assert (found["published"], found["has_draft"], found["members"]["title"]) == (True, True, "de One")
    assert api.get(f"/public/alpha-site/posts/{post['id']}?locale=de").json()["title"] == "Eins"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"locales": ["de", "es"]}, "locales.1"),
        ({"locales": "en"}, "locales.0"),
        ({"locales": []}, "locales"),
        ({"locales": ["no locale"]}, "locales.0"),
        ({}, "locales"),
        ({"locales": ["de"], "fields": ["slug"]}, "fields.0"),
    ],
)
def test_what_cannot_be_translated_is_400_before_anything_is_held(
    body: Any, field: str, as_role: AsRole, tenant_a: Any
) -> None:
    post = a_post(as_role("editor"), title="One")
    answer = as_role("editor").post(f"{path(post)}/generate", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert not Generation.objects.exists()
    nothing_was_made(tenant_a)


def test_who_may_not_change_the_translation_is_403_and_nothing_is_held(
    as_role: AsRole, users: Any, tenant_a: Any
) -> None:
    post = a_post(as_role("editor"), title="One")
    as_role("tenant_admin").post("/roles", {"name": "reader", "codes": ["ai.generate", "content.read"]})
    person = as_role("tenant_admin").post("/users", {"email": "reader@alpha.test", "role": "reader"}).json()["id"]
    for client in (ApiClient().login(User.objects.get(pk=person)), as_role("author"), as_role("viewer")):
        assert generate(client, post).status_code == 403
    assert generate(as_role("author"), {"id": post["id"] + 99}).status_code == 404
    nothing_was_made(tenant_a)
    own = a_post(as_role("author"), title="Mine")
    assert generate(as_role("author"), own).json()["results"][0]["outcome"] == "made"


def test_too_few_credits_are_402_and_nothing_has_begun(as_role: AsRole, tenant_a: Any) -> None:
    post = a_post(as_role("editor"), title="One", content="The sea. " * 3_000)
    answer = generate(as_role("editor"), post, ["de", "fr"])
    assert (answer.status_code, answer.json()["detail"]["needed"]) == (402, 55)
    nothing_was_made(tenant_a)
    answer = generate(as_role("editor"), a_post(as_role("editor"), content="The sea. " * 9_000), ["de", "fr"])
    assert (answer.status_code, answer.json()["detail"]["limit"]) == (422, "characters")
    nothing_was_made(tenant_a)


def test_a_provider_that_fails_at_the_second_locale_costs_nothing_and_leaves_nothing(
    as_role: AsRole, tenant_a: Any, double: Callable[..., Any]
) -> None:
    def work(asked: Translate) -> Output:
        if asked.target == "fr":
            raise ProviderAway(again=False)
        return upper(asked)

    double("translation", work)
    answer = generate(as_role("editor"), a_post(as_role("editor")), ["de", "fr"], model="double/one")
    assert (answer.status_code, answer.json()["code"]) == (503, "ai.provider.away")
    nothing_was_made(tenant_a)


def test_by_default_it_is_a_job_whose_progress_is_told_and_the_key_makes_it_one(
    as_role: AsRole, tenant_a: Any, double: Callable[..., Any]
) -> None:
    provider = double("translation", upper, characters=200)
    client = as_role("editor")
    post = a_post(client, title="One", content="\n\n".join(["The sea is calm. " * 8] * 4))
    body = {"locales": ["de", "fr"], "model": "double/one"}
    one, two = (client.post(f"{path(post)}/generate", body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (one.status_code, one.json()) == (202, two.json())
    assert one.json()["state"] == "queued"
    jobs.run(one.json()["id"])
    found = client.get(one.headers["Location"]).json()
    assert (found["state"], found["task"], found["operation"]) == ("succeeded", "translation", "translations_generate")
    assert [row["outcome"] for row in found["result"]["results"]] == ["made", "made"]
    assert found["charged"] == found["held"] == 2
    assert available(tenant_a) == 48
    assert [len(asked.texts) for asked in provider.asked] == [1, 1, 1, 1, 1] * 2, "four paragraphs and the title"
    with inside(tenant_a):
        assert Translation.objects.filter(generation=one.json()["id"]).count() == 2
