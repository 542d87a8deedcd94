"""Domains are claims until a DNS record proves them; the first site that proves a name has it."""

import datetime
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.core.models import Due, EventRow, Job
from apps.core.services import jobs
from apps.sites.models import Domain, Site
from apps.sites.providers import dns
from apps.sites.services import domains
from apps.sites.tests.nameserver import NameServer
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.slow

NAME = "www.alpha.example"
RunDue = Callable[[], int]


def claim(client: ApiClient, *names: str, site: str = "alpha-site") -> list[dict[str, Any]]:
    assert client.put(f"/sites/{site}/settings", {"domains": list(names)}).status_code == 200
    return listed(client, site)


def listed(client: ApiClient, site: str = "alpha-site") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/sites/{site}/domains").json()["items"]
    return found


def verify(client: ApiClient, domain: dict[str, Any], site: str = "alpha-site") -> Any:
    return client.post(f"/sites/{site}/domains/{domain['id']}/verify")


def publish(zone: NameServer, domain: dict[str, Any]) -> None:
    zone.texts.setdefault(domain["record"]["name"], []).append(domain["record"]["value"])


def proven(client: ApiClient, zone: NameServer, name: str = NAME, site: str = "alpha-site") -> dict[str, Any]:
    [domain] = claim(client, name, site=site)
    publish(zone, domain)
    found: dict[str, Any] = verify(client, domain, site).json()
    assert found["state"] == "verified"
    return found


def told() -> list[str]:
    return list(EventRow.objects.filter(subject_type="domain").order_by("id").values_list("name", flat=True))


def check(domain: Domain) -> Any:
    """What a worker does with the job of a check."""
    job = Job.objects.filter(kind=domains.CHECK, arguments__domain_id=domain.pk).latest("created_at")
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_new_domain_is_a_claim_with_the_record_that_would_prove_it(as_role: AsRole, zone: NameServer) -> None:
    first, second = claim(as_role("site_admin"), "b.example", "a.example")
    assert [first["domain"], second["domain"]] == ["b.example", "a.example"]
    assert first["record"] == {
        "type": "TXT",
        "name": "_cognitor.b.example",
        "value": f"cognitor-site-verification={first['token']}",
    }
    assert len(first["token"]) == 32
    assert first["token"] != second["token"]
    assert (first["state"], first["outcome"], first["verified_at"], first["checked_at"]) == (
        "unverified",
        "",
        None,
        None,
    )
    ends = datetime.datetime.fromisoformat(first["expires_at"])
    assert datetime.timedelta(days=13, hours=23) < ends - timezone.now() <= datetime.timedelta(days=14)
    assert zone.asked == []
    assert told() == []


def test_the_record_proves_the_claim(as_role: AsRole, zone: NameServer) -> None:
    client = as_role("site_admin")
    [domain] = claim(client, NAME)
    zone.texts["_cognitor.www.alpha.example"] = ["v=spf1 -all", domain["record"]["value"]]
    answer = verify(client, domain)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["state"], found["outcome"], found["expires_at"]) == ("verified", "found", None)
    assert found["verified_at"] == found["checked_at"]
    assert listed(client) == [found]
    assert zone.asked == ["TXT _cognitor.www.alpha.example"]
    event = EventRow.objects.get(subject_type="domain")
    assert (event.name, event.subject_label, event.subject_id) == ("sites.domain_verified", NAME, domain["id"])
    assert domain["token"] not in str(event.data)


def test_a_record_that_is_absent_or_another_proves_nothing(as_role: AsRole, zone: NameServer) -> None:
    client = as_role("site_admin")
    first, second = claim(client, NAME, "other.example")
    assert (verify(client, first).json()["outcome"], listed(client)[0]["state"]) == ("absent", "unverified")
    name = first["record"]["name"]
    for near in (
        second["record"]["value"],
        first["record"]["value"] + "0",
        first["record"]["value"].upper(),
        "x" * 600,
    ):
        zone.texts[name] = [near]
        assert verify(client, first).json()["outcome"] == "different"
    zone.texts = {NAME: [first["record"]["value"]]}
    found = verify(client, first).json()
    assert (found["state"], found["outcome"], found["verified_at"]) == ("unverified", "absent", None)
    assert found["checked_at"] is not None
    assert told() == []


def test_name_servers_that_do_not_answer_are_waited_for_a_few_seconds(
    as_role: AsRole, zone: NameServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_role("site_admin")
    [domain] = claim(client, NAME)
    zone.broken = True
    assert verify(client, domain).json()["outcome"] == "unanswered"
    monkeypatch.setattr(dns, "IN_ALL", 0.5)
    settings.DNS_SERVERS = ["127.0.0.1:9"]
    started = time.monotonic()
    assert verify(client, domain).json()["outcome"] == "unanswered"
    assert time.monotonic() - started < 3
    assert listed(client)[0]["state"] == "unverified"


def test_a_claim_does_not_keep_the_owner_from_proving_the_name(as_role: AsRole, zone: NameServer) -> None:
    squatter, owner = as_role("site_admin", tenant="beta"), as_role("site_admin")
    [squatted] = claim(squatter, NAME, site="beta-site")
    proven(owner, zone)
    assert listed(squatter, "beta-site")[0]["state"] == "taken"
    publish(zone, squatted)
    answer = verify(squatter, squatted, "beta-site")
    assert (answer.status_code, answer.json()["code"]) == (409, "sites.domain.taken")
    assert answer.json()["detail"]["domain"] == NAME
    assert list(Domain.objects.filter(verified_at=None).values_list("site__identifier", flat=True)) == ["beta-site"]
    assert told() == ["sites.domain_verified"]
    # It may keep its settings, taken name and all, and give the name up; it cannot claim it anew.
    claim(squatter, NAME, "more.example", site="beta-site")
    claim(squatter, site="beta-site")
    lost = squatter.put("/sites/beta-site/settings", {"domains": [NAME]})
    assert (lost.status_code, lost.json()["code"]) == (409, "sites.domain.taken")
    assert Domain.objects.get().domain == NAME


def test_of_two_that_prove_a_name_at_once_the_second_is_409(
    as_role: AsRole, zone: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have asked before either settles: what the database holds decides."""
    mine, theirs = as_role("site_admin"), as_role("site_admin", tenant="beta")
    [own], [other] = claim(mine, NAME), claim(theirs, NAME, site="beta-site")
    publish(zone, own)
    publish(zone, other)
    ask = domains.ask

    def overtaken(**arguments: Any) -> str:
        found = ask(**arguments)
        monkeypatch.setattr(domains, "ask", ask)
        assert verify(mine, own).status_code == 200
        return found

    monkeypatch.setattr(domains, "ask", overtaken)
    answer = verify(theirs, other, "beta-site")
    assert (answer.status_code, answer.json()["code"]) == (409, "sites.domain.taken")
    assert Domain.objects.get(verified_at__isnull=False).pk == own["id"]
    assert told() == ["sites.domain_verified"]


def test_settings_keep_the_state_of_the_domains_that_stay(as_role: AsRole, zone: NameServer) -> None:
    client = as_role("site_admin")
    before = proven(client, zone)
    added, kept = claim(client, "new.example", NAME)
    assert kept == before
    assert added["state"] == "unverified"
    assert client.get("/sites/alpha-site/settings").json()["domains"] == ["new.example", NAME]
    assert [row["domain"] for row in claim(client, NAME)] == [NAME]
    assert Due.objects.filter(kind="sites.review_domain").count() == 1
    assert claim(client) == []
    assert Due.objects.filter(kind="sites.review_domain").count() == 0
    assert claim(client, NAME)[0]["state"] == "unverified"


def test_checks_are_limited(as_role: AsRole, zone: NameServer) -> None:
    client = as_role("site_admin")
    [domain] = claim(client, NAME)
    assert {verify(client, domain).status_code for _ in range(20)} == {200}
    assert verify(client, domain).status_code == 429
    assert len(zone.asked) == 20


def test_a_domain_of_another_site_is_not_there(as_role: AsRole, zone: NameServer) -> None:
    theirs = claim(as_role("site_admin", tenant="beta"), NAME, site="beta-site")[0]
    publish(zone, theirs)
    assert verify(as_role("site_admin"), theirs).status_code == 404
    assert verify(as_role("site_admin"), theirs, "beta-site").status_code == 404
    assert as_role("viewer", tenant="beta").post(f"/sites/beta-site/domains/{theirs['id']}/verify").status_code == 403
    assert zone.asked == []
    assert Domain.objects.get().checked_at is None


def test_dns_is_not_asked_inside_a_transaction(
    as_role: AsRole, zone: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, depths = as_role("site_admin"), []
    [domain] = claim(client, NAME)
    texts, outside = dns.NameServers.texts, len(connection.savepoint_ids)

    def watched(self: dns.NameServers, name: str) -> list[str]:
        depths.append(len(connection.savepoint_ids))
        return texts(self, name)

    monkeypatch.setattr(dns.NameServers, "texts", watched)
    path = f"/sites/alpha-site/domains/{domain['id']}/verify"
    first = client.post(path, headers={"Idempotency-Key": "once"})
    again = client.post(path, headers={"Idempotency-Key": "once"})
    assert (first.status_code, again.content) == (200, first.content)
    assert depths == [outside]


def test_a_claim_that_nobody_proves_ends_after_fourteen_days(
    as_role: AsRole, zone: NameServer, run_due: RunDue
) -> None:
    client = as_role("site_admin")
    claim(client, NAME, "b.example")
    version = Site.objects.get(identifier="alpha-site").version
    assert run_due() == 0
    Domain.objects.filter(domain=NAME).update(expires_at=timezone.now())
    Due.objects.filter(kind="sites.review_domain").update(at=timezone.now())
    assert run_due() == 2
    assert client.get("/sites/alpha-site/settings").json()["domains"] == ["b.example"]
    assert Site.objects.get(identifier="alpha-site").version == version + 1
    assert told() == ["sites.domain_expired"]
    assert Due.objects.get(kind="sites.review_domain").at > timezone.now()


def test_a_verified_name_is_checked_every_day_and_ends_a_week_after_its_record(
    as_role: AsRole, zone: NameServer, run_due: RunDue
) -> None:
    client = as_role("site_admin")
    domain = Domain.objects.get(pk=proven(client, zone)["id"])

    def a_day_later() -> dict[str, Any]:
        Due.objects.filter(kind="sites.review_domain").update(at=timezone.now())
        assert run_due() == 1
        assert check(domain).state == "succeeded"
        return listed(client)[0]

    assert a_day_later()["missing_since"] is None
    zone.texts.clear()
    missed = a_day_later()
    assert (missed["state"], missed["outcome"]) == ("verified", "absent")
    zone.broken = True
    assert a_day_later()["missing_since"] == missed["missing_since"] is not None
    zone.broken = False
    publish(zone, missed)
    assert a_day_later()["missing_since"] is None
    zone.texts.clear()
    a_day_later()
    Domain.objects.update(missing_since=timezone.now() - domains.MISSED)
    lost = a_day_later()
    assert (lost["state"], lost["verified_at"], lost["missing_since"]) == ("unverified", None, None)
    assert lost["expires_at"] is not None
    assert told() == ["sites.domain_verified", "sites.domain_lost"]
    assert proven(as_role("site_admin", tenant="beta"), zone, site="beta-site")["state"] == "verified"


def test_a_deleted_site_keeps_its_claim_but_no_name_from_one_that_proves_it(
    as_role: AsRole, zone: NameServer, run_due: RunDue
) -> None:
    client = as_role("tenant_admin")
    proven(client, zone)
    assert client.delete("/sites/alpha-site?confirm=alpha-site").status_code == 204
    theirs = as_role("site_admin", tenant="beta")
    assert proven(theirs, zone, site="beta-site")["state"] == "verified"
    old = Domain.objects.get(site__identifier="alpha-site")
    assert (old.verified_at, old.expires_at is not None) == (None, True)
    Domain.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    Due.objects.filter(subject=f"domain:{old.pk}").update(at=timezone.now())
    run_due()
    assert Domain.objects.filter(pk=old.pk).exists()


def test_names_that_were_there_before_claims_become_claims(site_a: Site, run_due: RunDue) -> None:
    from importlib import import_module

    kept = [
        Domain(domain=name, site=site_a, tenant_id=site_a.tenant_id, is_primary=False, token="")
        for name in ("b.example", "a.example")
    ]
    Domain.objects.bulk_create(kept)
    with connection.cursor() as cursor:
        cursor.execute(import_module("apps.sites.migrations.0005_domains").CLAIMS)
    rows = Domain.objects.order_by("position")
    assert [row.domain for row in rows] == ["b.example", "a.example"]
    assert {len(row.token) for row in rows} == {32}
    assert len({row.token for row in rows}) == 2
    assert all(row.verified_at is None and row.expires_at for row in rows)
    assert run_due() == 0
    Domain.objects.update(expires_at=timezone.now())
    Due.objects.update(at=timezone.now())
    assert run_due() == 2
    assert Domain.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("192.0.2.1", "192.0.2.1", 53),
        ("192.0.2.1:5353", "192.0.2.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]:5353", "2001:db8::1", 5353),
    ],
)
def test_name_servers_are_named_by_address_and_port(address: str, host: str, port: int) -> None:
    server = dns._server(address)
    assert (server.address, server.port) == (host, port)  # type: ignore[attr-defined]
