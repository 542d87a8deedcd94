"""The search in the admin: tried in all modes, made anew with its progress, for those who look after it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.content.tests.factories import a_post
from apps.core import context
from apps.core.models import Job
from apps.core.services import jobs
from apps.search.services import reindexing
from conftest import AsRole, Users

pytestmark = pytest.mark.django_db

CONSOLE = "/admin/search/siteindex/console/"


def browser(users: Users, role: str, tenant: str = "alpha") -> Client:
    client = Client()
    client.force_login(users[tenant][role])
    return client


def test_a_question_is_answered_in_each_mode_with_all_but_the_marks_escaped(
    as_role: AsRole, users: Users, deliver_events: Callable[[], int], site_a: Any
) -> None:
    a_post(as_role("editor"), title="Avocet <b>", content="The avocet & <i>others</i> wade.", published=True)
    deliver_events()
    page = browser(users, "site_admin").get(CONSOLE, {"q": 'avocet"><script>'})
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script>avocet" not in text and "avocet&quot;&gt;&lt;script&gt;" in text  # noqa: PT018
    text = browser(users, "site_admin").get(CONSOLE, {"q": "avocet"}).content.decode()
    assert text.count("<mark>Avocet</mark> &lt;b&gt;") == 2  # by words, and by both, which are words here
    assert "The <mark>avocet</mark> &amp; others wade." in text
    assert "It is switched off (SEARCH_SEMANTIC)." in text
    assert "search" not in context.current().notes  # who tries it is not counted


def test_the_index_is_made_anew_by_a_button_that_shows_how_far_it_is(
    as_role: AsRole, users: Users, site_a: Any
) -> None:
    a_post(as_role("editor"), title="Ruff", published=True)
    client = browser(users, "site_admin")
    answer = client.post(f"{CONSOLE}reindex/", {"site": site_a.pk})
    connection.set_schema_to_public()
    job = Job.objects.get(kind=reindexing.KIND)
    assert answer["Location"] == f"{CONSOLE}?site={site_a.pk}&job={job.pk}"
    progress = f"{CONSOLE}jobs/{job.pk}/"
    assert f'data-progress="{progress}"' in client.get(answer["Location"]).content.decode()
    assert client.get(progress).json() == {"state": "queued", "done": 0, "total": None}
    connection.set_schema_to_public()
    jobs.run(job.pk)
    assert client.get(progress).json() == {"state": "succeeded", "done": 1, "total": 1}
    assert "1 public, 1 in work" in client.get("/admin/search/siteindex/").content.decode()
    assert browser(users, "site_admin", "beta").get(progress).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "author", "editor"])
def test_who_does_not_look_after_the_index_sees_and_starts_nothing(role: str, users: Users, site_a: Any) -> None:
    client = browser(users, role)
    assert client.get(CONSOLE).status_code == 403
    assert client.post(f"{CONSOLE}reindex/", {"site": site_a.pk}).status_code == 403
    assert not Job.objects.filter(kind=reindexing.KIND).exists()
