import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection

from apps.accounts.models import Membership, SignupAssessment, User
from apps.accounts.services import fraud
from apps.core import ratelimit
from apps.core.models import EventRow
from apps.sites.models import Site, Tenant
from conftest import Users
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.django_db

EMAIL, PASSWORD = "ada@example.org", "analytical-engine-no-1"
Deliver = Callable[[], int]


def sign_up(address: str = "192.0.2.1", **members: str) -> Any:
    body = {"email": EMAIL, "password": PASSWORD, "name": "Ada", "tenant": "engines", "site": "engine-site"}
    return ApiClient(REMOTE_ADDR=address).post("/auth/signup", body | members)


def sign_in(email: str = EMAIL, password: str = PASSWORD) -> Any:
    return ApiClient().post("/auth/login", {"username": email, "password": password})


def rows() -> list[int]:
    return [model.objects.count() for model in (User, Tenant, Site, Membership)]


def schemas() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%'")
        return int(cursor.fetchone()[0])


def token_in(message: Any) -> str:
    return re.findall(r"#token=(\S+)", message.body)[0]


def verify(deliver_events: Deliver) -> Any:
    deliver_events()
    return ApiClient().post("/auth/verify-email", {"token": token_in(mail.outbox[-1])})


def test_a_sign_up_leads_to_a_published_element(db: None, deliver_events: Deliver) -> None:
    answer = sign_up(company="Analytical Engines")
    assert answer.status_code == 202
    assert answer.json() == {"detail": "A mail is on its way to the address; its link opens the account."}
    assert verify(deliver_events).status_code == 204
    client = ApiClient().bearer(sign_in().json()["access_token"])
    me = client.get("/auth/currentuser").json()
    assert (me["email"], me["name"], me["role"], me["email_verified"]) == (EMAIL, "Ada", "tenant_admin", True)
    assert (me["tenant"]["identifier"], me["tenant"]["name"]) == ("engines", "Analytical Engines")
    assert [(site["identifier"], site["role"]) for site in me["sites"]] == [("engine-site", "tenant_admin")]
    kind = client.post(
        "/engine-site/contenttypes", {"name": "Note", "identifier": "note", "schema": {"type": "object"}}
    )
    body = {"type_id": kind.json()["id"], "data": {"name": "First"}, "published": True}
    assert client.post("/engine-site/elements", body).status_code == 201
    assert [row["data"] for row in ApiClient().get("/public/engine-site/elements").json()] == [{"name": "First"}]


def test_until_the_address_is_verified_nobody_gets_in_and_nothing_is_seen(db: None, deliver_events: Deliver) -> None:
    sign_up()
    refused, unknown = sign_in(), sign_in("nobody@example.org")
    assert (refused.status_code, refused.content) == (401, unknown.content)
    assert ApiClient().get("/public/engine-site/elements").status_code == 404
    assert Tenant.objects.get(identifier="engines").status == "provisioning"
    verify(deliver_events)
    assert Tenant.objects.get(identifier="engines").status == "active"
    assert ApiClient().get("/public/engine-site/elements").status_code == 200
    names = ["accounts.email_verified", "accounts.user_created", "sites.site_created", "sites.tenant_created"]
    tenant = Tenant.objects.get(identifier="engines")
    found = set(EventRow.objects.filter(tenant_id=tenant.pk).values_list("name", flat=True))
    assert found >= {*names, "sites.tenant_opened", "accounts.membership_granted"}


def test_a_known_address_is_answered_alike_opens_nothing_and_its_owner_is_told(
    users: Users, deliver_events: Deliver
) -> None:
    known = pair.email("editor", "alpha")
    theirs = list(Membership.objects.filter(user__email=known).values())
    before, there = rows(), schemas()
    first = sign_up(email=known.upper())
    assert (rows(), schemas()) == ([count + 1 for count in before], there + 1)
    second = sign_up(tenant="others", site="other-site")
    assert (first.status_code, first.content) == (second.status_code, second.content) == (202, first.content)
    assert (rows(), schemas()) == ([count + 2 for count in before], there + 2)
    assert list(Membership.objects.filter(user__email=known).values()) == theirs
    made = Tenant.objects.get(identifier="engines")
    assert (made.status, made.email.partition("@")[2]) == ("provisioning", "sign-up.invalid")
    assert known not in str(User.objects.filter(home_tenant=made).values())
    deliver_events()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([known], "You already have an account"),
        ([EMAIL], "Confirm your e-mail address"),
    ]
    assert "http://testserver/account/forgot-password\n" in mail.outbox[0].body
    assert sign_in(known, pair.PASSWORD).status_code == 200
    assert sign_in(known, PASSWORD).status_code == 401


def test_the_owner_of_an_address_is_told_at_most_five_times_an_hour(users: Users, deliver_events: Deliver) -> None:
    for n in range(7):
        sign_up(f"192.0.2.{n}", email=pair.email("editor", "alpha"), tenant=f"engines-{n}", site=f"engine-site-{n}")
    deliver_events()
    assert len(mail.outbox) == 5


def test_a_known_address_costs_the_same_hasher_calls(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def watched(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", watched)
    for email in (pair.email("editor", "alpha"), EMAIL):
        hashed.clear()
        assert sign_up(email=email, tenant="", site="").status_code == 202
        assert hashed == [PASSWORD]


@pytest.mark.parametrize("email", [EMAIL, pair.email("editor", "alpha")])
@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"tenant": "alpha"}, 409, "sites.identifier.taken"),
        ({"site": "alpha-site"}, 409, "sites.identifier.taken"),
        ({"tenant": "auth"}, 400, "sites.identifier.reserved"),
        ({"site": "public"}, 400, "sites.identifier.reserved"),
        ({"tenant": "No Slug"}, 400, "sites.identifier.malformed"),
        ({"password": "short"}, 400, "invalid"),
        ({"name": ""}, 400, "invalid"),
    ],
)
def test_a_refusal_is_the_same_for_known_addresses_and_leaves_nothing(
    users: Users, email: str, members: dict[str, str], status: int, code: str
) -> None:
    before, there, events = rows(), schemas(), EventRow.objects.count()
    answer = sign_up(email=email, **members)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (rows(), schemas(), EventRow.objects.count()) == (before, there, events)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Grün & Söhne", "grun-sohne"),
        ("alpha", r"alpha-[0-9a-f]{8}"),
        ("Admin", r"admin-[0-9a-f]{8}"),
        ("東京", "team"),
    ],
)
def test_identifiers_are_derived_from_the_name(users: Users, title: str, wanted: str) -> None:
    assert sign_up(company=title, tenant="", site="").status_code == 202
    user = User.objects.select_related("home_tenant").get(email=EMAIL)
    assert user.home_tenant is not None
    assert re.fullmatch(wanted, user.home_tenant.identifier)
    assert [site.identifier for site in user.home_tenant.sites.all()] == [user.home_tenant.identifier]


def test_who_signed_up_first_with_anothers_address_gets_nothing_of_it(db: None, deliver_events: Deliver) -> None:
    sign_up(password="the-attackers-own-password")
    deliver_events()
    first = token_in(mail.outbox[-1])
    sign_up(tenant="other", site="other-site")
    assert ApiClient().post("/auth/verify-email", {"token": first}).json()["code"] == "auth.link"
    ApiClient().post("/auth/forgot-password", {"email": EMAIL})
    deliver_events()
    assert mail.outbox[-1].subject == "Set a new password"
    body = {"token": token_in(mail.outbox[-1]), "password": "the-owners-own-password"}
    assert ApiClient().post("/auth/reset-password", body).status_code == 204
    codes = [sign_in(password=f"the-{who}-own-password").status_code for who in ("attackers", "owners")]
    assert codes == [401, 200]
    assert Tenant.objects.get(identifier="engines").status == "active"
    assert Tenant.objects.get(identifier="other").status == "provisioning"


def is_new(email: str, deliver_events: Deliver) -> None:
    assert not User.objects.filter(email=email).exists()


def has_account(email: str, deliver_events: Deliver) -> None:
    User.objects.create_user(email, PASSWORD)


def signed_up(email: str, deliver_events: Deliver) -> None:
    assert sign_up("192.0.2.9", email=email, tenant="earlier", site="earlier-site").status_code == 202


def verified(email: str, deliver_events: Deliver) -> None:
    signed_up(email, deliver_events)
    assert verify(deliver_events).status_code == 204


def probed(**members: str) -> tuple[int, str]:
    """What a later sign-up is told, of somebody else and from elsewhere."""
    answer = sign_up("203.0.113.7", email="probe@example.net", **members)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("prepare", [is_new, has_account, signed_up, verified])
def test_identifiers_do_not_tell_whether_the_address_of_a_sign_up_was_known(
    db: None, deliver_events: Deliver, prepare: Callable[[str, Deliver], None]
) -> None:
    prepare(EMAIL, deliver_events)
    before = rows()
    assert sign_up().status_code == 202
    assert rows() == [count + 1 for count in before]
    taken = (409, "sites.identifier.taken")
    assert probed(tenant="engines", site="another") == taken
    assert probed(tenant="another", site="engine-site") == taken
    assert probed(tenant="another", site="another") == (202, "")


@pytest.mark.parametrize("prepare", [is_new, has_account, signed_up])
def test_derived_identifiers_do_not_tell_it_either(
    db: None, deliver_events: Deliver, prepare: Callable[[str, Deliver], None]
) -> None:
    prepare(EMAIL, deliver_events)
    assert sign_up(company="Grün & Söhne", tenant="", site="").status_code == 202
    assert probed(tenant="grun-sohne", site="another") == (409, "sites.identifier.taken")
    assert probed(tenant="", site="", company="Grün & Söhne") == (202, "")
    assert Tenant.objects.filter(identifier__startswith="grun-sohne-").count() == 1


def test_what_stands_in_for_a_known_address_can_neither_sign_in_nor_be_mailed(
    users: Users, deliver_events: Deliver
) -> None:
    sign_up(email=pair.email("editor", "alpha"))
    stands_in = User.objects.get(home_tenant__identifier="engines")
    assert sign_in(stands_in.email).status_code == 401
    deliver_events()
    assert [message.to for message in mail.outbox] == [[pair.email("editor", "alpha")]]


@pytest.mark.parametrize("domain", ["mailinator.com", "MAILINATOR.com", "box.yopmail.com"])
def test_a_throw_away_address_is_blocked_and_the_reason_kept(db: None, domain: str) -> None:
    before = rows()
    answer = sign_up(email=f"ada@{domain}")
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.signup.blocked")
    assert rows() == before
    kept = SignupAssessment.objects.get()
    assert (kept.score, kept.reasons, kept.outcome) == (90, ["disposable_domain"], "blocked")
    assert (kept.address, kept.domain) == ("192.0.2.1", domain.lower())


def test_an_assessment_keeps_no_address_of_the_person(db: None) -> None:
    sign_up(email="ada+tag@example.org")
    kept = SignupAssessment.objects.get()
    assert (kept.score, kept.reasons, kept.outcome) == (10, ["tagged_address"], "created")
    assert (len(kept.email_hash), kept.email_hash) == (64, fraud.digest("ada+tag@example.org"))
    assert "ada" not in str(SignupAssessment.objects.values())


def assessed(count: int, **members: str) -> None:
    SignupAssessment.objects.bulk_create(
        SignupAssessment(
            **{
                "email_hash": f"{n}",
                "domain": f"{n}.test",
                "network": f"{n}",
                "outcome": "known",
                "score": 0,
                **members,
            }
        )
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("count", "members", "email", "score", "reasons"),
    [
        (2, {"network": "192.0.2.1"}, EMAIL, 0, ()),
        (3, {"network": "192.0.2.1"}, EMAIL, 40, ("network_velocity",)),
        (8, {"network": "192.0.2.1"}, EMAIL, 90, ("network_velocity",)),
        (8, {"network": "192.0.2.2"}, EMAIL, 0, ()),
        (5, {"domain": "example.org"}, EMAIL, 40, ("domain_velocity",)),
        (20, {"domain": "example.org"}, EMAIL, 90, ("domain_velocity",)),
        (20, {"domain": "gmail.com"}, "ada@gmail.com", 0, ()),
        (5, {"domain": "example.org", "network": "192.0.2.1"}, EMAIL, 80, ("network_velocity", "domain_velocity")),
        (0, {}, "ada12345@example.org", 15, ("many_digits",)),
    ],
)
def test_the_score_counts_what_came_within_the_hour(
    db: None, count: int, members: dict[str, str], email: str, score: int, reasons: tuple[str, ...]
) -> None:
    assessed(count, **members)
    found = fraud.assess(email=email, network="192.0.2.1")
    assert (found.score, found.reasons, found.blocked) == (score, reasons, score > 80)
    SignupAssessment.objects.update(created_at="2026-01-01T00:00Z")
    assert fraud.assess(email=EMAIL, network="192.0.2.1").score == 0


def test_many_sign_ups_from_one_network_are_blocked_whatever_the_headers_say(db: None) -> None:
    assessed(8, network="192.0.2.1")
    body = {"email": EMAIL, "password": PASSWORD, "name": "Ada"}
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    answer = ApiClient(REMOTE_ADDR="192.0.2.1").post("/auth/signup", body, headers=forged)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.signup.blocked")


def test_signing_up_is_limited_by_client_and_closed_without_redis(db: None) -> None:
    rate = ratelimit.RATES["signup"]
    assert (rate.quota, rate.window, rate.fail_closed) == (20, 3600, True)
    codes = [sign_up(password="short").status_code for _ in range(21)]
    assert codes == [400] * 20 + [429]
