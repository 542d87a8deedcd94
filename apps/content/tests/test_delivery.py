import datetime
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.content.models import PublicDocument
from apps.content.tests.factories import SCHEMA, a_post, a_type, an_element, public
from apps.core.encoding import stamp
from apps.core.models import Job
from apps.core.services import jobs
from apps.core.tenancy import inside
from apps.media.tests.factories import make

pytestmark = pytest.mark.django_db


def statements(captured: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without the search path that each cursor sets."""
    return [q["sql"] for q in captured if not q["sql"].startswith("SET search_path")]


def test_the_row_has_exactly_the_keys_that_clients_rely_on_in_their_order(as_role, api):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), {"zeta": 1, "name": "Ü"}, published=True, tags=["a"])
    answer = api.get("/public/alpha-site/elements?type=alpha-site_card&limit=500")
    updated = admin.get(f"/alpha-site/elements/{made['id']}").json()["updated_at"]
    expected = (
        f'[{{"id":{made["id"]},"type_identifier":"card","data":{{"zeta":1,"name":"Ü"}},'
        f'"updated_at":"{updated}","tags":["a"]}}]'
    )
    assert answer.content == expected.encode()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_whole_second_keeps_its_six_digits(as_role, api, site_a):
    assert stamp(datetime.datetime(2026, 4, 24, 11, 13, 10, tzinfo=datetime.UTC)) == "2026-04-24T11:13:10.000000Z"


def test_references_are_resolved_by_format_and_not_by_name(as_role, api, site_a):
    admin = as_role("site_admin")
    post = a_post(admin, title="T", content="C", short_description=None, keywords=["a", "b"], published=True)
    kind = a_type(admin)
    friend = an_element(admin, kind, {"name": "F", "story": post["id"]}, published=True)
    data = {"name": "A", "story": post["id"], "friend": friend["id"], "more": [post["id"]], "post_id": post["id"]}
    an_element(admin, kind, data, published=True)
    inlined = {"title": "T", "content": "C", "short_description": None, "keywords": "a,b"}
    row = public(api, "elements?limit=1")[0]
    assert list(row["data"]["story"]) == ["title", "content", "short_description", "keywords"]
    assert row["data"] == {
        "name": "A",
        "story": inlined,
        "friend": {"id": friend["id"], "type_identifier": "card", "data": {"name": "F", "story": post["id"]}},
        "more": [inlined],
        "post_id": post["id"],
    }


def test_a_reference_to_what_is_not_public_is_null_until_it_is(as_role, api, deliver_events):
    admin = as_role("site_admin")
    post = a_post(admin, title="T")
    an_element(admin, a_type(admin), {"name": "A", "story": post["id"]}, published=True)
    assert public(api)[0]["data"]["story"] is None
    before = public(api)[0]["updated_at"]
    admin.patch(f"/alpha-site/posts/{post['id']}", {"published": True})
    deliver_events()
    assert public(api)[0]["data"]["story"]["title"] == "T"
    admin.patch(f"/alpha-site/posts/{post['id']}", {"title": "U"})
    deliver_events()
    assert public(api)[0]["data"]["story"]["title"] == "U"
    admin.patch(f"/alpha-site/posts/{post['id']}?draft=true", {"title": "V"})
    deliver_events()
    assert public(api)[0]["data"]["story"]["title"] == "U"
    admin.delete(f"/alpha-site/posts/{post['id']}?force=true")
    deliver_events()
    assert public(api)[0]["data"]["story"] is None
    assert public(api)[0]["updated_at"] == before


def test_a_format_that_comes_with_a_new_schema_shows_in_what_is_published(as_role, api, deliver_events, site_a):
    admin = as_role("site_admin")
    post = a_post(admin, title="T", published=True)
    kind = a_type(admin)
    an_element(admin, kind, {"name": "A", "post_id": post["id"]}, published=True)
    properties = {**SCHEMA["properties"], "post_id": {"type": "integer", "format": "post_id"}}
    admin.patch(f"/alpha-site/contenttypes/{kind['id']}", {"schema": {**SCHEMA, "properties": properties}})
    deliver_events()
    job = Job.objects.get(kind="content.refreeze")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.total) == ("succeeded", {"documents": 1}, 1, 1)
    assert public(api)[0]["data"]["post_id"]["title"] == "T"


def test_newest_change_comes_first_then_the_highest_id(as_role, api, site_a):
    admin = as_role("site_admin")
    kind = a_type(admin)
    ids = [an_element(admin, kind, {"name": str(n)}, published=True)["id"] for n in range(4)]
    with inside(site_a.tenant):
        PublicDocument.objects.filter(doc_id__in=ids[1:3]).update(updated_at=timezone.now())
    assert [row["id"] for row in public(api)] == [ids[2], ids[1], ids[3], ids[0]]
    assert [row["id"] for row in public(api, "elements?limit=2&skip=1")] == [ids[1], ids[3]]


def test_unknown_types_are_empty_and_unknown_sites_404(api):
    assert public(api, "elements?type=no-such-type") == []
    assert api.get("/public/no-such-site-at-all/elements").status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "skip=-1", "limit=" + "9" * 37, "limit=x"])
def test_bounds_are_held(api, query):
    assert api.get(f"/public/alpha-site/elements?{query}").status_code == 400


def test_stray_parameters_and_tokens_change_nothing(as_role, api):
    admin = as_role("site_admin")
    an_element(admin, a_type(admin), published=True)
    plain = api.get("/public/alpha-site/elements").content
    stray = api.get(
        "/public/alpha-site/elements/?category=a&tag=b&data__name=x",
        headers={"Authorization": "Bearer x", "Content-Type": "application/json"},
    )
    assert (stray.status_code, stray.content) == (200, plain)


def test_a_preflight_is_answered_for_any_origin(api):
    answer = api.options(
        "/public/alpha-site/elements",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"},
    )
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_etag_gives_304_until_the_content_changes(as_role, api):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin), published=True)
    for path in ("/public/alpha-site/elements", f"/public/alpha-site/elements/{made['id']}"):
        tag = api.get(path).headers["ETag"]
        unchanged = api.get(path, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["ETag"]) == (304, b"", tag)
        admin.patch(f"/alpha-site/elements/{made['id']}", {"data": {"name": path}})
        assert api.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_draft_is_404_by_every_way_in(as_role, api):
    admin = as_role("site_admin")
    made = an_element(admin, a_type(admin))
    assert api.get(f"/public/alpha-site/elements/{made['id']}").status_code == 404
    assert public(api) == []


def test_another_tenants_documents_are_never_shown(as_role, api):
    beta = as_role("site_admin", tenant="beta")
    an_element(beta, a_type(beta, site="beta-site"), {"name": "CANARY-BETA"}, site="beta-site", published=True)
    assert public(api) == []
    assert "CANARY-BETA" in str(public(api, site="beta-site"))


def test_a_public_list_costs_two_statements_however_long_it_is(as_role, api):
    admin = as_role("site_admin")
    kind = a_type(admin)
    for n in range(5):
        an_element(admin, kind, {"name": str(n)}, published=True)
    with CaptureQueriesContext(connection) as captured:
        api.get("/public/alpha-site/elements?type=card&limit=500")
    assert len(statements(captured)) == 2, statements(captured)


def test_a_list_of_elements_costs_four_statements_however_long_it_is(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin)
    for n in range(5):
        an_element(admin, kind, {"name": str(n)})
    with CaptureQueriesContext(connection) as captured:
        admin.get("/alpha-site/elements?size=500")
    # session with user and tenant, memberships, site with its schema's state, items, count
    assert len(statements(captured)) == 4, statements(captured)


def test_addresses_of_files_follow_the_setting_after_a_refreeze(as_role, api, site_a, monkeypatch):
    admin = as_role("site_admin")
    with inside(site_a.tenant):
        media = make(site_a)
    an_element(admin, a_type(admin), {"name": "A", "cover": media.pk}, published=True)
    assert public(api)[0]["data"]["cover"] == f"http://testserver/files/{media.file}"
    monkeypatch.setattr(default_storage, "url", lambda name: f"https://cdn.example.com/{name}")
    said = StringIO()
    call_command("refreeze", "--tenant", "alpha", stdout=said)
    assert "alpha: succeeded {'documents': 1}" in said.getvalue()
    assert public(api)[0]["data"]["cover"] == f"https://cdn.example.com/{media.file}"


def test_a_deleted_picture_is_null_where_it_was_shown(as_role, api, site_a, deliver_events):
    admin = as_role("site_admin")
    with inside(site_a.tenant):
        media = make(site_a)
    an_element(admin, a_type(admin), {"name": "A", "cover": media.pk}, published=True)
    answer = admin.delete(f"/alpha-site/media/{media.pk}")
    assert (answer.status_code, answer.json()["detail"]["users"][0]["field"]) == (409, "cover")
    assert admin.delete(f"/alpha-site/media/{media.pk}?force=true").status_code == 204
    deliver_events()
    assert public(api)[0]["data"]["cover"] is None
