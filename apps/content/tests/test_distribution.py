"""Types brought from one site to many: each target for itself, in its own tenant."""

from typing import Any

import pytest

from apps.content.services import distribution
from apps.content.tests.factories import a_type, an_element
from apps.core.models import EventRow, Job
from apps.core.services import jobs

pytestmark = pytest.mark.django_db

PATH = "/admin/content-types/distribute"


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


BY = {"type": "integer", "format": "element_id", "x-type": "author"}
AUTHOR = of(name={"type": "string"}, best={"type": "integer", "format": "element_id", "x-type": "book"})


@pytest.fixture
def book(as_role: Any) -> dict[str, Any]:
    admin = as_role("site_admin")
    a_type(admin, key="author", schema=AUTHOR)
    a_type(admin, key="other")
    return a_type(admin, key="book", schema=of(by=BY))


def asked(book: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"source_site": "alpha-site", "type_ids": [book["id"]], "targets": {"sites": ["beta-site"]}, **more}


def outcomes(answer: Any) -> Any:
    assert answer.status_code == 200, answer.json()
    return {r["site"]: {t["identifier"]: t["result"] for t in r["types"]} for r in answer.json()["results"]}


def types_of(client: Any, site: str = "beta-site") -> dict[str, Any]:
    return {t["display_identifier"]: t for t in client.get(f"/{site}/contenttypes").json()}


def test_types_come_with_those_that_they_name_and_twice_is_once(
    book: Any, platform: Any, as_role: Any, tenant_b: Any, users: Any
) -> None:
    beta = as_role("site_admin", tenant="beta")
    assert outcomes(platform.post(PATH, asked(book))) == {"beta-site": {"author": "created", "book": "created"}}
    there = types_of(beta)
    assert {key: kind["schema"] for key, kind in there.items()} == {"author": AUTHOR, "book": of(by=BY)}
    told = EventRow.objects.filter(tenant_id=tenant_b.pk, name="content.type_distributed").order_by("pk")
    assert [(row.data["outcome"], row.data["source_site"], row.actor_kind) for row in told] == [
        ("created", "alpha-site", "user")
    ] * 2
    assert {row.actor_id for row in told} != {users["beta"]["site_admin"].pk}
    assert outcomes(platform.post(PATH, asked(book))) == {"beta-site": {"author": "unchanged", "book": "unchanged"}}
    assert types_of(beta) == there


def test_a_new_version_follows_and_what_was_changed_there_stays_unless_overwritten(
    book: Any, platform: Any, as_role: Any
) -> None:
    alpha, beta = as_role("site_admin"), as_role("site_admin", tenant="beta")
    platform.post(PATH, asked(book))
    newer, own = of(by=BY, year={"type": "integer"}), of(own={"type": "string"})
    alpha.patch(f"/alpha-site/contenttypes/{book['id']}", {"schema": newer})
    assert outcomes(platform.post(PATH, asked(book))) == {"beta-site": {"author": "unchanged", "book": "updated"}}
    assert types_of(beta)["book"]["schema"] == newer
    beta.patch(f"/beta-site/contenttypes/{types_of(beta)['book']['id']}", {"schema": own})
    assert outcomes(platform.post(PATH, asked(book))) == {"beta-site": {"author": "unchanged", "book": "diverged"}}
    assert types_of(beta)["book"]["schema"] == own
    assert outcomes(platform.post(PATH, asked(book, overwrite=True)))["beta-site"]["book"] == "updated"
    assert types_of(beta)["book"]["schema"] == newer


def test_a_type_that_was_there_before_is_not_overwritten(book: Any, platform: Any, as_role: Any) -> None:
    beta = as_role("site_admin", tenant="beta")
    own = a_type(beta, "beta-site", key="book", schema=of(own={"type": "string"}))
    assert outcomes(platform.post(PATH, asked(book)))["beta-site"] == {"author": "created", "book": "diverged"}
    assert types_of(beta)["book"] == own


def test_a_target_that_fails_says_why_gets_nothing_and_stops_no_other(
    book: Any, platform: Any, as_role: Any, site_a: Any
) -> None:
    beta = as_role("site_admin", tenant="beta")
    own = a_type(beta, "beta-site", key="book", schema=of(year={"type": "integer"}))
    for _ in range(2):
        an_element(beta, own, {"year": 1}, site="beta-site")
    alpha = as_role("site_admin")
    unique = of(by=BY, year={"type": "integer", "x-unique": True})
    alpha.patch(f"/alpha-site/contenttypes/{book['id']}", {"schema": unique})
    body = asked(book, overwrite=True, targets={"sites": ["no-such-site", "beta-site"]})
    results = platform.post(PATH, body).json()["results"]
    assert [(r["site"], r["result"], r["types"]) for r in results] == [
        ("no-such-site", "failed", []),
        ("beta-site", "failed", []),
    ]
    assert [r["reason"].split(":")[0] for r in results] == ["not_found", "content.type.doubles"]
    assert types_of(beta) == {"book": own}
    assert not EventRow.objects.filter(name="content.type_distributed").exists()


def test_tenants_stand_for_all_their_sites_and_the_source_is_no_target(book: Any, platform: Any, as_role: Any) -> None:
    body = asked(book, identifiers=["alpha-site_other"], type_ids=[], targets={"tenants": ["alpha", "beta"]})
    assert outcomes(platform.post(PATH, body)) == {"beta-site": {"other": "created"}}


def test_many_targets_become_a_job_that_may_be_done_twice(
    book: Any, platform: Any, as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distribution, "MOST_AT_ONCE", 0)
    answer = platform.post(PATH, asked(book)).json()
    assert answer["results"] == []
    beta = as_role("site_admin", tenant="beta")
    assert types_of(beta) == {}
    jobs.run(answer["job_id"])
    job = Job.objects.get(pk=answer["job_id"])
    assert (job.state, job.done, job.total) == ("succeeded", 1, 1)
    assert job.result
    assert [t["result"] for t in job.result["results"][0]["types"]] == ["created", "created"]
    assert platform.get(f"/jobs/{answer['job_id']}").json()["result"] == job.result
    assert beta.get(f"/jobs/{answer['job_id']}").status_code == 404
    assert [t["result"] for t in distribution.distribute_job(job)["results"][0]["types"]] == ["unchanged"] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"source_site": "no-such-site"},
        {"type_ids": [2**62]},
        {"type_ids": [-1]},
        {"type_ids": []},
        {"type_ids": [], "identifiers": ["nothing"]},
        {"targets": {}},
        {"targets": {"sites": ["alpha-site"]}},
        {"targets": {"tenants": ["no-such-tenant"]}},
        {"targets": {"sites": ["x" * 64]}},
    ],
)
def test_what_is_not_there_is_refused_before_anything_is_brought(
    book: Any, platform: Any, as_role: Any, changes: Any
) -> None:
    assert platform.post(PATH, asked(book, **changes)).status_code == 400
    assert types_of(as_role("site_admin", tenant="beta")) == {}


def test_no_member_of_a_tenant_may_bring_types_anywhere(book: Any, as_role: Any, api: Any) -> None:
    assert as_role("tenant_admin").post(PATH, asked(book)).status_code == 403
    assert api.post(PATH, asked(book)).status_code == 401
    assert types_of(as_role("site_admin", tenant="beta")) == {}
