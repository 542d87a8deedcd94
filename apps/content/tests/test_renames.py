"""Renaming fields: the data goes along, whoever reads, writes or dies meanwhile; and back."""

import os
import signal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.content import schemas
from apps.content.models import Element, PublicDocument, Version
from apps.content.services import renaming
from apps.content.tests.factories import a_post, a_type, an_element, public
from apps.core.encoding import dumps, loads
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from conftest import Committed

pytestmark = pytest.mark.slow

TEXT = {"type": "string"}


def of(*names: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": dict.fromkeys(names, TEXT) | more}


def rename(client: Any, kind: dict[str, Any], schema: Any, renames: dict[str, str], site: str = "alpha-site") -> Any:
    return client.patch(f"/{site}/contenttypes/{kind['id']}", {"schema": schema, "renames": renames})


def run_job(answer: Any) -> Job:
    assert answer.status_code == 200, answer.json()
    jobs.run(answer.json()["impact"]["job_id"])
    job = Job.objects.get(pk=answer.json()["impact"]["job_id"])
    assert job.state == "succeeded", job.error
    return job


@pytest.mark.django_db
def test_data_is_read_under_the_new_name_at_once_and_stored_so_by_the_job(as_role: Any, api: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("first", "title", "last"))
    made = an_element(admin, kind, {"first": "1", "title": "T", "last": "3"}, published=True)
    admin.patch(f"/alpha-site/elements/{made['id']}?draft=true", {"data": {"title": "draft", "extra": 1}})
    answer = rename(admin, kind, of("first", "heading", "last"), {"title": "heading"})
    read = admin.get(f"/alpha-site/elements/{made['id']}")
    assert read.json()["data"] == {"heading": "draft", "extra": 1}
    job = run_job(answer)
    assert (job.result, job.done, job.total) == ({"elements": 1, "documents": 1}, 2, 2)
    with inside(site_a.tenant):
        row = Element.objects.get(pk=made["id"])
        assert row.source == '{"heading":"draft","extra":1}'
        assert list(row.query) == ["extra", "heading"]
        frozen = PublicDocument.objects.get(doc_id=made["id"])
        assert loads(frozen.source)["data"] == {"first": "1", "heading": "T", "last": "3"}
    assert list(public(api)[0]["data"].items()) == [("first", "1"), ("heading", "T"), ("last", "3")]
    after = admin.get(f"/alpha-site/elements/{made['id']}")
    assert (after.json(), after.headers["ETag"]) == (read.json(), read.headers["ETag"])


@pytest.mark.django_db
def test_the_etag_moves_with_the_names(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a"))
    path = f"/alpha-site/elements/{an_element(admin, kind, {'a': 'x'})['id']}"
    tag = admin.get(path).headers["ETag"]
    rename(admin, kind, of("b"), {"a": "b"})
    assert admin.get(path, headers={"If-None-Match": tag}).json()["data"] == {"b": "x"}
    assert admin.patch(path, {"data": {"a": "old"}}, headers={"If-Match": tag}).status_code == 412


@pytest.mark.django_db
def test_renaming_back_restores_every_text(as_role: Any, api: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a", "b"))
    datas = [{"b": "2", "z": 0, "a": "1"}, {"a": "1"}, {"other": [1.0, "ü"]}]
    ids = [an_element(admin, kind, data, published=True)["id"] for data in datas]

    def stored() -> Any:
        with inside(site_a.tenant):
            rows = Element.objects.filter(pk__in=ids).order_by("pk").values_list("source", "updated_at", "version")
            return list(rows), [row["data"] for row in public(api)]

    before = stored()
    run_job(rename(admin, kind, of("b", "a"), {"a": "b", "b": "a"}))
    assert stored()[0][0][0] == '{"a":"2","z":0,"b":"1"}'
    run_job(rename(admin, kind, of("a", "b"), {"a": "b", "b": "a"}))
    assert stored() == before


@pytest.mark.django_db
def test_writes_before_the_job_has_run_are_right(as_role: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema={**of("a"), "additionalProperties": False, "required": ["a"]})
    old, changed = (an_element(admin, kind, {"a": word}) for word in ("old", "changed"))
    answer = rename(admin, kind, {**of("b"), "additionalProperties": False, "required": ["b"]}, {"a": "b"})
    path = f"/alpha-site/elements/{changed['id']}"
    assert admin.patch(path, {"data": {"b": "new"}}).status_code == 200
    assert admin.patch(path, {"data": {"a": "refused"}}).status_code == 400
    # Without data in it a change keeps what is there, and publishing shows the new names.
    assert admin.patch(f"/alpha-site/elements/{old['id']}", {"tags": ["t"], "published": True}).status_code == 200
    fresh = an_element(admin, kind, {"b": "fresh"})
    run_job(answer)
    items = admin.get("/alpha-site/elements").json()["items"]
    assert [item["data"] for item in items] == [{"b": "old"}, {"b": "new"}, {"b": "fresh"}]
    assert [item["id"] for item in items] == [old["id"], changed["id"], fresh["id"]]
    with inside(site_a.tenant):
        assert not Element.objects.filter(query__has_key="a").exists()


@pytest.mark.django_db
def test_renames_one_after_the_other_meet_data_of_any_age(as_role: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a"))
    made = an_element(admin, kind, {"a": "1"})
    rename(admin, kind, of("b"), {"a": "b"})
    answer = rename(admin, kind, of("c"), {"b": "c"})
    assert admin.get(f"/alpha-site/elements/{made['id']}").json()["data"] == {"c": "1"}
    run_job(answer)
    assert admin.get(f"/alpha-site/elements/{made['id']}").json()["data"] == {"c": "1"}
    with inside(site_a.tenant):
        element = Element.objects.select_related("type").get(pk=made["id"])
        kept = Version.objects.get(doc_type="element", doc_id=made["id"], number=1)
        assert loads(kept.source)["data"] == {"a": "1"}
        element.apply(loads(kept.source))
        assert element.data == {"c": "1"}


@pytest.mark.django_db
def test_nested_fields_and_fields_of_blocks_are_renamed_where_they_stand(as_role: Any, site_a: Any) -> None:
    admin = as_role("site_admin")
    post = a_post(admin)

    def schema(blocks: str, story: str, street: str) -> Any:
        block = {"type": "object", "properties": {story: {"type": "integer", "format": "post_id"}}}
        return of(**{blocks: {"type": "array", "items": block}, "address": of(street)})

    kind = a_type(admin, schema=schema("blocks", "story", "street"))
    data = {"address": {"street": "S", "no": 1}, "blocks": [{"x": 1, "story": post["id"]}, {"x": 2}]}
    made = an_element(admin, kind, data)
    renames = {"blocks": "parts", "blocks[].story": "parts[].text", "address.street": "address.road"}
    answer = rename(admin, kind, schema("parts", "text", "road"), renames)
    assert answer.json()["impact"]["fields"]["renamed"] == {**renames, "blocks[]": "parts[]"}
    run_job(answer)
    assert admin.get(f"/alpha-site/elements/{made['id']}").json()["data"] == {
        "address": {"road": "S", "no": 1},
        "parts": [{"x": 1, "text": post["id"]}, {"x": 2}],
    }
    refused = admin.delete(f"/alpha-site/posts/{post['id']}").json()["detail"]["referrers"]
    assert refused == [{"doc_type": "element", "doc_id": made["id"], "field": "parts.0.text"}]


@pytest.mark.parametrize(
    ("renames", "field"),
    [
        ({"nothing": "b"}, "renames.nothing"),
        ({"a": "nothing"}, "renames.a"),
        ({"a": "a"}, "renames.a"),
        ({"a": "kept"}, "renames.a"),
        ({"a": "b", "deep.x": "b"}, "renames.deep.x"),
        ({"deep.x": "b"}, "renames.deep.x"),
        ({"kept": "b"}, "renames.kept"),
        ({"a.": "b"}, "renames.a."),
        ({"": "b"}, "renames."),
    ],
)
@pytest.mark.django_db
def test_a_rename_that_leads_nowhere_is_refused_and_changes_nothing(
    as_role: Any, renames: dict[str, str], field: str
) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a", "kept", deep=of("x")))
    answer = rename(admin, kind, of("b", "kept", deep=of("y")), renames)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert admin.get(f"/alpha-site/contenttypes/{kind['id']}").json() == kind
    path = f"/alpha-site/contenttypes/{kind['id']}"
    assert admin.patch(path, {"renames": {"a": "b"}}).status_code == 400
    assert Job.objects.filter(kind=renaming.KIND).count() == 0


@pytest.mark.django_db
def test_a_name_under_which_elements_hold_something_is_409_with_how_many(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a"))
    for data in ({"a": "1", "b": "undeclared"}, {"b": "undeclared"}, {"a": "2"}):
        an_element(admin, kind, data)
    path = f"/alpha-site/contenttypes/{kind['id']}"
    impact = admin.post(f"{path}/impact", {"schema": of("b"), "renames": {"a": "b"}}).json()
    assert impact["names_taken"] == {"b": 2}
    answer = rename(admin, kind, of("b"), {"a": "b"})
    assert (answer.status_code, answer.json()["code"]) == (409, "content.type.rename_taken")
    assert answer.json()["detail"]["fields"] == {"b": 2}
    assert admin.get(path).json() == kind


@pytest.mark.django_db
def test_without_renames_a_removed_fields_data_stays_in_the_elements(as_role: Any) -> None:
    admin = as_role("site_admin")
    kind = a_type(admin, schema=of("a"))
    made = an_element(admin, kind, {"a": "1"})
    answer = admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": of("b")})
    assert (answer.json()["impact"]["values_lost"], answer.json()["impact"]["job_id"]) == ({"a": 1}, None)
    assert admin.get(f"/alpha-site/elements/{made['id']}").json()["data"] == {"a": "1"}


def test_killed_in_the_midst_the_job_goes_on_where_it_was(
    committed: Committed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed twice, with kill -9: between two batches, and between freezing and what shows it."""
    client, site = committed.client, committed.site.identifier
    kind = a_type(client, site, schema=of("a", friend={"type": "integer", "format": "element_id"}))
    ids = [an_element(client, kind, {"a": str(n)}, site=site, published=True)["id"] for n in range(7)]
    shower = a_type(client, site, key="shower", schema=of(shown={"type": "integer", "format": "element_id"}))
    an_element(client, shower, {"shown": ids[0]}, site=site, published=True)
    schema = of("b", friend={"type": "integer", "format": "element_id"})
    job_id = rename(client, kind, schema, {"a": "b"}, site).json()["impact"]["job_id"]
    monkeypatch.setattr(renaming, "BATCH", 3)
    for steps in (2, 5):
        _die_in_job(job_id, after_steps=steps)
        Job.objects.filter(pk=job_id).update(lease_until="2020-01-01T00:00:00Z")
    read = client.get(f"/{site}/elements?type_id={kind['id']}").json()["items"]
    assert [item["data"] for item in read] == [{"b": str(n)} for n in range(7)]
    jobs.run(job_id)
    job = Job.objects.get(pk=job_id)
    assert (job.state, job.attempts, job.error) == ("succeeded", 3, None)
    with inside(committed.tenant):
        assert [loads(e.source) for e in Element.objects.filter(type_id=kind["id"]).order_by("pk")] == [
            {"b": str(n)} for n in range(7)
        ]
    shown = {row["id"]: row["data"] for row in client.get(f"/public/{site}/elements").json()}
    assert [shown[id] for id in ids] == [{"b": str(n)} for n in range(7)]
    assert {"b": "0"} in [row["shown"]["data"] for row in shown.values() if "shown" in row]


def _die_in_job(job_id: str, *, after_steps: int) -> None:
    """Runs the job in a process of its own that is killed at its so many-th step."""
    connection.close()
    child = os.fork()
    if child == 0:
        steps, step = 0, jobs.step

        def dying(*args: Any, **kwargs: Any) -> None:
            nonlocal steps
            steps += 1
            if steps == after_steps:
                os.kill(os.getpid(), signal.SIGKILL)
            step(*args, **kwargs)

        jobs.step = dying
        try:
            jobs.run(job_id)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


names = st.sampled_from(["a", "b", "c", "d", "e", "x"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.dictionaries(names, values), new=st.permutations(["b", "c", "d", "e", "x"]), used=st.integers(1, 5))
def test_renaming_and_renaming_back_is_no_change_of_any_text(data: Any, new: list[str], used: int) -> None:
    """Also of data that holds, undeclared, what the new names are, in lists and objects below renamed ones."""
    top = dict(list(zip(["a", "b", "c", "d", "e"], new, strict=True))[:used])
    there = {name: other for name, other in top.items() if name != other}
    below = {f"x[].{name}": f"{there.get('x', 'x')}[].{other}" for name, other in there.items()}
    # A name that a field below is renamed in is not given to another field in the same breath.
    renames = there | (below if "x" in there or "x" not in there.values() else {})
    text = dumps(data).decode()
    moved = schemas.renamed(loads(text), [renames])
    back = schemas.renamed(loads(dumps(moved)), [{new: old for old, new in renames.items()}])
    assert dumps(back).decode() == text
    assert len(moved) == len(data)
