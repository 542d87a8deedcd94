"""Sign-ups that nobody verified, and what else of accounts is thrown away after its time."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import OAuthState, OneTimeToken, RefreshToken, Session, SignupAssessment, User
from apps.accounts.services import housekeeping
from apps.accounts.services import users as people
from apps.accounts.tests.test_signup import EMAIL, rows, schemas, sign_in, sign_up, token_in
from apps.core import tasks
from apps.core.actor import Actor
from apps.core.models import Due, EventRow
from apps.core.services import due, jobs
from apps.sites.models import Site, Tenant
from cognitor import reactions
from conftest import Users, drop
from tests import pair
from tests.client import ApiClient

pytestmark = pytest.mark.slow

DAY = datetime.timedelta(days=1)


def everything_naming(word: str) -> list[str]:
    """Tables of the shared schema with a row that holds the word."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM public.{table} t WHERE strpos(t::text, %s) > 0", [word])
            found += [table] if cursor.fetchone()[0] else []
    return found


def tidy() -> None:
    """One round of housekeeping and of what it plans."""
    Due.objects.filter(kind=housekeeping.KIND).delete()
    due.plan(tenant_id=None, kind=housekeeping.KIND, subject="-", at=timezone.now())
    with connection.cursor() as cursor:
        # A test is one transaction, in which what is still to be checked forbids to drop a table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    due.run()


def later(days: float) -> None:
    User.objects.filter(pending=True).update(created_at=timezone.now() - days * DAY)


def test_after_a_week_a_sign_up_is_gone_and_its_words_are_free(db: None, deliver_events: Callable[[], int]) -> None:
    before, there = rows(), schemas()
    assert sign_up().status_code == 202
    deliver_events()
    tenant = Tenant.objects.get(identifier="engines")
    later(6.9)
    tidy()
    assert rows() == [count + 1 for count in before]
    later(7.1)
    tidy()
    assert (rows(), schemas()) == (before, there)
    assert everything_naming(EMAIL) == everything_naming("engine-site") == everything_naming(tenant.schema_name) == []
    told = EventRow.objects.get(name="accounts.signup_abandoned")
    assert (told.tenant_id, told.subject_id, told.subject_label) == (None, tenant.pk, "")
    answer = ApiClient().post("/auth/verify-email", {"token": token_in(mail.outbox[0])})
    assert (answer.status_code, answer.json()["code"]) == (400, "auth.link")
    assert sign_up().status_code == 202


def test_what_stood_in_for_a_known_address_goes_at_the_same_time(users: Users) -> None:
    before, there = rows(), schemas()
    sign_up(email=pair.email("editor", "alpha"))
    sign_up(tenant="others", site="other-site")
    later(7.1)
    tidy()
    assert (rows(), schemas()) == (before, there)
    assert sign_in(pair.email("editor", "alpha"), pair.PASSWORD).status_code == 200


def test_what_was_verified_or_never_was_a_sign_up_stays(
    users: Users, deliver_events: Callable[[], int], tenant_b: Tenant
) -> None:
    sign_up()
    deliver_events()
    assert ApiClient().post("/auth/verify-email", {"token": token_in(mail.outbox[0])}).status_code == 204
    User.objects.update(created_at=timezone.now() - 365 * DAY)
    before = rows()
    tidy()
    assert rows() == before
    assert sign_in().status_code == 200


def test_verified_between_the_plan_and_the_deed_it_stays(db: None, deliver_events: Callable[[], int]) -> None:
    sign_up()
    deliver_events()
    later(7.1)
    tenant = Tenant.objects.get(identifier="engines")
    due.plan(tenant_id=tenant.pk, kind=housekeeping.ABANDONED, subject=f"tenant:{tenant.pk}", at=timezone.now())
    assert ApiClient().post("/auth/verify-email", {"token": token_in(mail.outbox[0])}).status_code == 204
    due.run()
    assert sign_in().status_code == 200
    assert not Due.objects.filter(kind=housekeeping.ABANDONED).exists()


def test_who_was_invited_elsewhere_meanwhile_keeps_the_account(users: Users, tenant_b: Tenant) -> None:
    sign_up()
    user = User.objects.get(email=EMAIL)
    people.grant(actor=Actor.system(because="tests"), user=user, tenant_id=tenant_b.pk, role="viewer")
    later(7.1)
    tidy()
    user.refresh_from_db()
    assert (user.pending, user.home_tenant, user.memberships.get().tenant) == (True, None, tenant_b)
    assert not Tenant.objects.filter(identifier="engines").exists()
    tidy()


def test_a_round_plans_no_more_than_a_batch_and_comes_again_soon(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "SIGN_UPS", 2)
    for n in range(3):
        sign_up(f"192.0.2.{n}", email=f"ada@{n}.example.org", tenant=f"engines-{n}", site=f"engine-site-{n}")
    later(7.1)
    tidy()
    assert Tenant.objects.filter(identifier__startswith="engines-").count() == 1
    assert Due.objects.get(kind=housekeeping.KIND).at < timezone.now() + datetime.timedelta(minutes=2)
    tidy()
    assert not Tenant.objects.filter(identifier__startswith="engines-").exists()
    assert Due.objects.get(kind=housekeeping.KIND).at > timezone.now() + datetime.timedelta(minutes=50)


def test_rows_go_when_nothing_can_be_done_with_them_any_more(users: Users) -> None:
    user, now = users["alpha"]["editor"], timezone.now()

    def session(ends: datetime.timedelta, **members: Any) -> Session:
        return Session.objects.create(user=user, tenant=user.home_tenant, expires_at=now + ends, **members)

    old, ended, alive = session(-91 * DAY), session(-89 * DAY, ended_at=now - 100 * DAY), session(DAY)
    root = session(-91 * DAY)
    child = session(DAY, origin=root)
    for number, (owner, age) in enumerate([(old, 0), (alive, 13), (alive, 15), (ended, 1)]):
        RefreshToken.objects.create(digest=f"{number}", session=owner)
        RefreshToken.objects.filter(digest=f"{number}").update(created_at=now - age * DAY)
    for digest, ends in (("a", -2), ("b", -0.5), ("c", 0.1)):
        common = {"user": user, "purpose": "reset", "fingerprint": "x"}
        OneTimeToken.objects.create(digest=digest, expires_at=now + ends * DAY, **common)
    for digest, minutes in (("a", 16), ("b", 14)):
        OAuthState.objects.create(digest=digest, provider="acme")
        OAuthState.objects.filter(digest=digest).update(created_at=now - datetime.timedelta(minutes=minutes))
    for days in (89, 91):
        kept = SignupAssessment.objects.create(email_hash=f"{days}", domain="x", score=0, outcome="known")
        SignupAssessment.objects.filter(pk=kept.pk).update(created_at=now - days * DAY)
    tidy()
    mine = set(Session.objects.filter(user=user).values_list("pk", flat=True))
    assert mine == {ended.pk, alive.pk, root.pk, child.pk}
    assert set(RefreshToken.objects.values_list("digest", flat=True)) == {"1", "3"}
    assert set(OneTimeToken.objects.values_list("digest", flat=True)) == {"b", "c"}
    assert set(OAuthState.objects.values_list("digest", flat=True)) == {"b"}
    assert set(SignupAssessment.objects.values_list("email_hash", flat=True)) == {"89"}


@pytest.mark.parametrize(
    ("index", "table", "where"),
    [
        ("session_end", "accounts_session", "expires_at < now()"),
        ("refresh_token_age", "accounts_refreshtoken", "created_at < now()"),
        ("one_time_token_end", "accounts_onetimetoken", "expires_at < now()"),
        ("signup_age", "accounts_signupassessment", "created_at < now()"),
        ("user_pending", "accounts_user", "pending AND created_at < now()"),
    ],
)
def test_what_is_looked_for_by_age_is_found_by_an_index(db: None, index: str, table: str, where: str) -> None:
    with connection.cursor() as cursor:
        # On an empty table all indexes cost the same: the others, but those of constraints, are gone until the end.
        cursor.execute(
            "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = %s::regclass"
            " AND NOT i.indisunique AND i.indexrelid <> %s::regclass",
            [table, index],
        )
        for (other,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {other}")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN SELECT * FROM {table} WHERE {where}")
        assert index in str(cursor.fetchall())


def test_housekeeping_is_planned_wherever_work_is_done(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "requeue_lost", lambda: 0)
    Due.objects.all().delete()
    for _ in range(2):
        tasks.run_due.run()
        assert set(Due.objects.values_list("kind", "tenant_id")) == {(kind, None) for kind in reactions.ALWAYS}


def test_a_sign_up_that_is_verified_just_now_is_not_waited_for(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        sign_up(email="late@example.org", tenant="late-tenant", site="late-site")
        tenant = Tenant.objects.get(identifier="late-tenant")
        done: list[int] = []
        try:
            later(7.1)
            due.plan(tenant_id=tenant.pk, kind=housekeeping.ABANDONED, subject="x", at=timezone.now())

            def purge() -> None:
                done.append(due.run())
                connection.close()

            with transaction.atomic():
                User.objects.select_for_update(no_key=True).get(email="late@example.org")
                thread = threading.Thread(target=purge)
                thread.start()
                thread.join(10)
                assert done
            assert Tenant.objects.filter(pk=tenant.pk).exists()
            assert Due.objects.get(kind=housekeeping.ABANDONED).at > timezone.now() + DAY / 2
            Due.objects.filter(kind=housekeeping.ABANDONED).update(at=timezone.now())
            due.run()
            assert not Tenant.objects.filter(pk=tenant.pk).exists()
            assert not Site.objects.filter(identifier="late-site").exists()
        finally:
            for left in Tenant.objects.filter(pk=tenant.pk):
                drop(left)
            SignupAssessment.objects.all().delete()
            EventRow.objects.filter(subject_id=tenant.pk, name="accounts.signup_abandoned").delete()
            Due.objects.filter(kind=housekeeping.ABANDONED).delete()
            connection.close()
