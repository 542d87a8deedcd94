"""Searching by meaning, where it is possible and where it is not."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from apps.ai.providers.local import embeddings
from apps.content.tests.factories import a_post, a_translation
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.search.providers.postgres import vectors
from apps.search.relevance import measuring
from apps.search.services import meanings, reindexing
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

Deliver = Callable[[], int]
NEAR = {"hound": "dog", "hund": "dog", "dogs": "dog", "kitten": "cat", "katze": "cat"}


class Words:
    """A model that knows a few words: a vector is which of them a text has, under the names of their meanings."""

    def passage(self, text: str) -> list[float]:
        found = {NEAR.get(word, word) for word in text.lower().replace("-", " ").split()}
        values = [1.0 if word in found else 0.0 for word in ("dog", "cat", "boat")] + [0.1] + [0.0] * 380
        length = sum(value * value for value in values) ** 0.5
        return [value / length for value in values]

    query = passage


@pytest.fixture
def meaning(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Switched on, with a small model in the place of the large one."""
    settings.SEARCH_SEMANTIC = True
    if vectors.missing():
        pytest.skip("this server has no pgvector")
    monkeypatch.setattr(embeddings, "_model", functools.cache(Words))
    meanings._of_question.cache_clear()
    yield
    meanings._of_question.cache_clear()


def run_jobs() -> None:
    connection.set_schema_to_public()
    for job in Job.objects.filter(kind=meanings.KIND, state="queued"):
        jobs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "succeeded", job.error


def titles(api: ApiClient, q: str, mode: str, **query: Any) -> list[str]:
    answer = api.get("/search/sites/alpha-site", {"q": q, "mode": mode, **query})
    assert answer.status_code == 200, answer.content
    return [hit["title"] for hit in answer.json()["results"]]


@pytest.mark.usefixtures("meaning")
def test_what_means_the_same_is_found_in_other_words_and_languages(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any
) -> None:
    editor = as_role("editor")
    post = a_post(editor, title="A dog", content="Loyal.", published=True)
    a_translation(editor, "post", post["id"], "de", title="Ein Hund", published=True)
    a_post(editor, title="A kitten", published=True)
    a_post(editor, title="A boat", published=True)
    a_post(editor, title="A hound in a draft")
    deliver_events()
    assert titles(api, "dog", "keyword") == ["A dog"]
    assert api.get("/search/sites/alpha-site?q=dog&mode=semantic").json()["code"] == "search.semantic.unavailable"
    run_jobs()
    assert titles(api, "hound", "keyword") == []
    assert titles(api, "hound", "semantic")[0] == titles(api, "hound", "hybrid")[0] == "A dog"
    assert titles(api, "katze", "hybrid")[0] == "A kitten"
    assert titles(api, "hound", "semantic", locale="de")[0] == "Ein Hund"
    assert set(titles(api, "hound", "semantic")) == {"A dog", "A kitten", "A boat"}
    assert "A boat" not in titles(api, "hound -boat", "semantic") + titles(api, "hound -boat", "hybrid")
    found = editor.get("/search/?q=hund&mode=semantic").json()
    assert (found["mode"], found["notice"], found["total"]) == ("semantic", "", 5)
    assert {hit["title"] for hit in found["items"][:3]} == {"A dog", "Ein Hund", "A hound in a draft"}
    assert sum(one["count"] for one in found["facets"]["doc_type"]) == 5
    told = as_role("site_admin").get("/search/stats").json()["semantic"]
    assert told == {"available": True, "reason": "", "embedded": 5, "waiting": 0}


@pytest.mark.usefixtures("meaning")
def test_vectors_follow_the_text_and_go_with_it(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, site_a: Any
) -> None:
    editor = as_role("editor")
    post = a_post(editor, title="A dog", published=True)
    deliver_events()
    assert Job.objects.filter(kind=meanings.KIND).count() == 1
    run_jobs()
    editor.patch(f"/alpha-site/posts/{post['id']}", {"title": "A cat"})
    deliver_events()
    run_jobs()
    assert titles(api, "kitten", "semantic") == ["A cat"]
    with inside(site_a.tenant):
        assert vectors.counts([site_a.pk]) == (1, 0)
        reindexing.rebuild(site_a)
        assert vectors.counts([site_a.pk]) == (1, 0)  # the same text keeps its vector
        assert vectors.sweep(site_a.pk) == 0
    assert titles(api, "kitten", "semantic") == ["A cat"]


def test_without_the_extension_words_are_found_and_meanings_are_refused_with_the_reason(
    as_role: AsRole, api: ApiClient, deliver_events: Deliver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEARCH_SEMANTIC = True
    why = "The database lacks the extension `vector` (pgvector)."
    monkeypatch.setattr(vectors, "missing", lambda: why)
    a_post(as_role("editor"), title="A dog", published=True)
    deliver_events()
    assert not Job.objects.filter(kind=meanings.KIND).exists()
    answer = api.get("/search/sites/alpha-site?q=dog&mode=semantic")
    assert (answer.status_code, answer.json()["code"]) == (501, "search.semantic.unavailable")
    assert answer.json()["detail"] == why
    assert titles(api, "dog", "hybrid") == titles(api, "dog", "keyword") == ["A dog"]
    found = as_role("editor").get("/search/?q=dog&mode=hybrid").json()
    assert (found["mode"], found["notice"]) == ("keyword", f"Searched by words alone. {why}")


@pytest.mark.slow
def test_both_together_answer_the_judged_questions_no_worse_than_either(settings: Any, site_a: Any) -> None:
    settings.SEARCH_SEMANTIC = True
    if vectors.missing():
        pytest.skip("this server has no pgvector")
    with inside(site_a.tenant):
        vectors.make()
        found = measuring.measure()["means"]
    assert found["hybrid"] >= max(found["keyword"], found["semantic"]), found
    assert found["keyword"] > 0.4
    assert found["hybrid"] > 0.8


def test_the_measure_is_one_for_the_best_order_and_less_for_any_other() -> None:
    grades = {"a": 3, "b": 1}
    assert measuring.ndcg(["a", "b", "c"], grades) == 1
    assert measuring.ndcg(["c"], grades) == 0
    assert 0 < measuring.ndcg(["b", "a"], grades) < measuring.ndcg(["a", "c", "b"], grades) < 1
    documents, questions = measuring.judged()
    names = {name for name, *_ in documents}
    assert (len(documents), len(questions)) == (60, 40)
    assert all(set(asked.grades) <= names and set(asked.grades.values()) <= {1, 2, 3} for asked in questions)
