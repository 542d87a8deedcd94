"""Keys of machines: shown once, as wide as they were made, dead as soon as they shall be."""

import datetime
import json
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from django.utils import timezone

from apps.accounts.models import ServiceAccount, User
from apps.accounts.services import users as service
from apps.core.actor import Actor
from apps.core.models import EventRow
from apps.sites.models import Tenant
from apps.sites.services import sites
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db
CODES = ["content.read", "content.write"]


def make(client: ApiClient, **members: Any) -> Any:
    return client.post("/service-accounts", {"name": "Importer", "codes": CODES, **members})


def issued(client: ApiClient, **members: Any) -> tuple[int, ApiClient]:
    """Id of a new account, and a client with its key."""
    answer = make(client, **members).json()
    return answer["account"]["id"], ApiClient().bearer(answer["key"])


def lives(machine: ApiClient, **options: Any) -> bool:
    answer = machine.get("/auth/currentuser", **options)
    assert answer.status_code in (200, 401)
    assert answer.status_code == 200 or answer.json()["code"] == "auth.required"
    return bool(answer.status_code == 200)


def test_a_key_is_shown_once_and_kept_as_a_digest(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    answer = make(admin)
    assert answer.status_code == 201
    key, account = answer.json()["key"], answer.json()["account"]
    assert key.startswith(f"cog_{account['prefix']}_")
    assert len(key) == 4 + 8 + 1 + 64
    row = ServiceAccount.objects.get(pk=account["id"])
    assert len(row.digest) == 64
    secret = key.removeprefix(f"cog_{account['prefix']}_")
    assert secret not in json.dumps([str(value) for value in vars(row).values()])
    for path in ("/service-accounts", f"/service-accounts/{row.pk}"):
        body = admin.get(path).content.decode()
        assert (secret in body, row.digest in body, "Importer" in body) == (False, False, True)
    assert secret not in json.dumps(list(EventRow.objects.values("data", "subject_label")))


def test_an_idempotency_key_does_not_store_a_key(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    body = {"name": "Twice", "codes": []}
    keys = {admin.post("/service-accounts", body, headers={"Idempotency-Key": "same"}).json()["key"] for _ in range(2)}
    assert len(keys) == 2


def test_a_machine_acts_with_its_codes_and_no_other_and_is_named_in_history(as_role: AsRole, site_a: Any) -> None:
    pk, machine = issued(as_role("tenant_admin"))
    me = machine.get("/auth/currentuser").json()
    assert (me["id"], me["name"], me["role"], me["permissions"]) == (pk, "Importer", None, CODES)
    assert [site["id"] for site in me["sites"]] == [site_a.pk]
    assert machine.post("/alpha-site/posts", {"title": "X"}).status_code == 201
    assert machine.post("/alpha-site/posts", {"title": "X", "published": True}).status_code == 403
    assert machine.get("/alpha-site/media").status_code == 403
    assert machine.get("/users").status_code == 403
    assert machine.get("/beta-site/posts").status_code == 404
    assert machine.post("/auth/logout").status_code == 403
    row = EventRow.objects.filter(name="content.post_saved").latest("pk")
    assert (row.actor_kind, row.actor_id, row.actor_label) == ("service", pk, "Importer")


def test_a_machine_of_one_site_reaches_that_site_only(as_role: AsRole, site_a: Any) -> None:
    sites.create(actor=Actor.system(because="tests"), tenant_id=site_a.tenant_id, identifier="alpha-two", name="Two")
    _, machine = issued(as_role("tenant_admin"), sites=[site_a.pk])
    assert machine.get("/alpha-site/posts").status_code == 200
    assert machine.get("/alpha-two/posts").status_code == 404
    assert [site["identifier"] for site in machine.get("/auth/currentuser").json()["sites"]] == ["alpha-site"]


def test_sites_of_another_tenant_are_refused_like_those_that_do_not_exist(as_role: AsRole, site_b: Any) -> None:
    admin = as_role("tenant_admin")
    pk, _ = issued(admin)
    for site_id in (site_b.pk, 999_999):
        for answer in (make(admin, sites=[site_id]), admin.patch(f"/service-accounts/{pk}", {"sites": [site_id]})):
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "sites")
    assert ServiceAccount.objects.get().site_ids == []


def test_nobody_gives_a_machine_what_it_lacks_itself(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    codes = ["service_accounts.read", "service_accounts.write", "content.read"]
    admin.post("/roles", {"name": "keeper", "codes": codes})
    made = admin.post("/users", {"email": "keeper@alpha.test", "role": "keeper"}).json()
    keeper = ApiClient().login(User.objects.get(pk=made["id"]))
    rich, _ = issued(admin)
    poor, machine = issued(keeper, codes=codes)
    for answer in (
        make(keeper),
        keeper.patch(f"/service-accounts/{poor}", {"codes": CODES}),
        keeper.patch(f"/service-accounts/{rich}", {"codes": []}),
        keeper.post(f"/service-accounts/{rich}/rotate-secret"),
        make(machine),
        machine.patch(f"/service-accounts/{poor}", {"codes": CODES}),
    ):
        assert (answer.status_code, answer.json()["detail"]["codes"]) == (403, ["content.write"])
    assert sorted(ServiceAccount.objects.get(pk=poor).codes) == sorted(codes)
    assert make(admin, codes=["platform.tenants"]).status_code == 400
    assert keeper.delete(f"/service-accounts/{rich}").status_code == 204


@pytest.mark.parametrize("role", ["viewer", "editor", "site_admin"])
def test_only_who_may_sees_service_accounts(role: str, as_role: AsRole) -> None:
    assert as_role(role).get("/service-accounts").status_code == 403
    assert make(as_role(role)).status_code == 403


def test_another_tenants_account_is_404_for_every_verb(as_role: AsRole) -> None:
    pk, machine = issued(as_role("tenant_admin", tenant="beta"))
    admin, path = as_role("tenant_admin"), f"/service-accounts/{pk}"
    answers = [
        admin.get(path),
        admin.patch(path, {"name": "Mine"}),
        admin.delete(path),
        admin.post(f"{path}/rotate-secret"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert lives(machine)
    assert admin.get("/service-accounts").json()["total"] == 0


def test_a_revoked_key_is_dead_on_the_next_request(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    pk, machine = issued(admin)
    assert lives(machine)
    assert admin.delete(f"/service-accounts/{pk}").status_code == 204
    assert not lives(machine)
    assert admin.get(f"/service-accounts/{pk}").status_code == 404
    assert admin.post(f"/service-accounts/{pk}/rotate-secret").status_code == 404


def test_a_key_dies_when_it_expires_and_with_its_tenant(as_role: AsRole, tenant_a: Any) -> None:
    admin = as_role("tenant_admin")
    soon = timezone.now() + datetime.timedelta(hours=1)
    pk, machine = issued(admin, expires_at=soon.isoformat())
    assert lives(machine)
    ServiceAccount.objects.filter(pk=pk).update(expires_at=timezone.now())
    assert not lives(machine)
    assert admin.patch(f"/service-accounts/{pk}", {"expires_at": "2001-01-01T00:00:00Z"}).status_code == 400
    assert admin.patch(f"/service-accounts/{pk}", {"expires_at": None}).json()["expires_at"] is None
    assert lives(machine)
    Tenant.objects.filter(pk=tenant_a.pk).update(status=Tenant.Status.SUSPENDED)
    assert not lives(machine)


def test_rotation_ends_the_old_key_at_once_or_after_the_overlap(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    pk, first = issued(admin)
    rotate = f"/service-accounts/{pk}/rotate-secret"
    second = ApiClient().bearer(admin.post(rotate).json()["key"])
    assert (lives(first), lives(second)) == (False, True)
    answer = admin.post(rotate, {"overlap_seconds": 60}).json()
    third = ApiClient().bearer(answer["key"])
    assert answer["account"]["previous_until"] is not None
    assert (lives(first), lives(second), lives(third)) == (False, True, True)
    ServiceAccount.objects.filter(pk=pk).update(previous_until=timezone.now())
    assert (lives(second), lives(third)) == (False, True)
    fourth = ApiClient().bearer(admin.post(rotate, {"overlap_seconds": 60}).json()["key"])
    assert (lives(second), lives(third), lives(fourth)) == (False, True, True)
    for seconds in (-1, 10**9):
        assert admin.post(rotate, {"overlap_seconds": seconds}).status_code == 400


def test_a_key_comes_from_the_addresses_it_may_come_from(as_role: AsRole) -> None:
    admin = as_role("tenant_admin")
    pk, machine = issued(admin, addresses=["10.1.2.3", "192.168.7.9/24", "2001:db8::/32"])
    assert admin.get(f"/service-accounts/{pk}").json()["addresses"] == [
        "10.1.2.3/32", "192.168.7.0/24", "2001:db8::/32"
    ]  # fmt: skip
    for address in ("10.1.2.3", "192.168.7.200", "2001:db8::1", "::ffff:10.1.2.3"):
        assert lives(machine, REMOTE_ADDR=address), address
    for address in ("10.1.2.4", "192.168.8.1", "2001:db9::1"):
        assert not lives(machine, REMOTE_ADDR=address), address
        assert not lives(machine, REMOTE_ADDR=address, headers={"X-Forwarded-For": "10.1.2.3"}), address
    for wrong in ("nowhere", "10.0.0.0/99", "10.1.2"):
        answer = admin.patch(f"/service-accounts/{pk}", {"addresses": [wrong]})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "addresses")


def test_what_is_no_key_or_another_one_is_401(as_role: AsRole) -> None:
    key = make(as_role("tenant_admin")).json()["key"]
    for wrong in (
        key[:-1],
        key[:-4] + "0000",
        key + "0",
        key.upper(),
        "cog_",
        f"cog_{key[4:12]}_",
        key.replace("_", "-"),
    ):
        assert not lives(ApiClient().bearer(wrong)), wrong
    row = ServiceAccount.objects.get()
    assert not lives(ApiClient().bearer(f"cog_{row.prefix}_{row.digest}"))
    assert row.last_used_at is None


def test_the_last_use_is_noted_at_most_once_a_minute(as_role: AsRole) -> None:
    pk, machine = issued(as_role("tenant_admin"))
    assert lives(machine)
    first = ServiceAccount.objects.get(pk=pk).last_used_at
    assert first is not None
    assert lives(machine)
    assert ServiceAccount.objects.get(pk=pk).last_used_at == first
    old = first - datetime.timedelta(seconds=61)
    ServiceAccount.objects.filter(pk=pk).update(last_used_at=old)
    assert lives(machine)
    assert (ServiceAccount.objects.get(pk=pk).last_used_at or old) > old


@pytest.mark.parametrize("place", ["key", "token", "access_token", "anything"])
def test_a_key_in_an_address_is_refused_and_not_logged(place: str, as_role: AsRole) -> None:
    key = make(as_role("tenant_admin")).json()["key"]
    client = ApiClient().bearer(key)
    client.conforming = False  # no operation documents it, since it is met before all of them
    with structlog.testing.capture_logs() as lines:
        answers = [
            client.get(f"/alpha-site/posts?{place}={key}"),
            client.post(f"/alpha-site/posts?{place}={key.replace('_', '%5F')}", {"title": "X"}),
            ApiClient().get(f"/public/alpha-site/posts?{place}={key}"),
            client.get(f"/{key}/posts"),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "auth.key_in_address")] * 4
    assert len(lines) == 4
    assert key[:13] not in str(lines)
    assert not EventRow.objects.filter(name="content.post_saved").exists()
    assert ServiceAccount.objects.get().last_used_at is None


def test_an_author_that_is_a_machine_is_not_the_user_of_the_same_id(as_role: AsRole, site_a: Any) -> None:
    pk, machine = issued(as_role("tenant_admin"))
    post = machine.post("/alpha-site/posts", {"title": "By a machine"}).json()
    twin = User.objects.filter(pk=pk).first() or User(pk=pk, email="twin@alpha.test", home_tenant=site_a.tenant)
    twin.save()
    service.grant(actor=Actor.system(because="tests"), user=twin, tenant_id=site_a.tenant_id, role="author")
    answer = ApiClient().login(twin, site_a.tenant).patch(f"/alpha-site/posts/{post['id']}", {"title": "Mine"})
    assert answer.status_code == 403


def test_client_credentials_give_the_key_as_the_token(as_role: AsRole, api: ApiClient) -> None:
    soon = timezone.now() + datetime.timedelta(minutes=10)
    made = make(as_role("tenant_admin"), expires_at=soon.isoformat()).json()
    body = {"grant_type": "client_credentials", "client_id": made["account"]["prefix"], "client_secret": made["key"]}
    form = api.post("/auth/login", urlencode(body), content_type="application/x-www-form-urlencoded")
    for answer in (form, api.post("/auth/login", body)):
        assert answer.status_code == 200
        assert (answer.json()["access_token"], answer.json()["refresh_token"]) == (made["key"], None)
        assert 500 < answer.json()["expires_in"] <= 600
    for wrong in ({"client_id": "00000000"}, {"client_secret": made["key"][:-1] + "x"}, {"client_secret": "x"}):
        answer = api.post("/auth/login", body | wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.credentials")


@pytest.mark.parametrize(("grant", "missing"), [
    ("password", ["username", "password"]), ("client_credentials", ["client_id", "client_secret"])
])  # fmt: skip
def test_a_grant_asks_for_its_own_members(grant: str, missing: list[str], api: ApiClient) -> None:
    answer = api.post("/auth/login", {"grant_type": grant})
    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [
        (name, "required") for name in missing
    ]
