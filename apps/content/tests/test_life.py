"""Any sequence of deeds to a post: the public sees exactly what was last published, or nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from apps.content.tests.factories import a_post

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TITLES = st.sampled_from(["red", "green", "blue"])
WHO = st.sampled_from(["editor", "author"])
VERSIONS = st.integers(min_value=1, max_value=6)
EDITOR, AUTHOR = "editor", "author"


@pytest.mark.parametrize("kind", ["posts"])
def test_the_public_sees_what_was_last_published_whatever_was_done(kind: str, as_role: Any, api: Any) -> None:
    clients = {role: as_role(role) for role in (EDITOR, AUTHOR)}

    class Life(RuleBasedStateMachine):
        """One post of the author's; `titles` is what each version says, from the first."""

        def __init__(self) -> None:
            super().__init__()
            made = a_post(clients[AUTHOR], title="first")
            self.id, self.titles = made["id"], ["first"]
            self.public: int | None = None
            self.trashed = False

        def path(self, rest: str = "") -> str:
            return f"/alpha-site/{kind}/{self.id}{rest}"

        def may(self, who: str) -> bool:
            return who == EDITOR or self.public is None

        def saved(self, title: str, *, who: str, draft: bool, published: bool | None = None) -> None:
            self.titles.append(title)
            if published is False:
                self.public = None
            elif who == EDITOR and (published or (self.public is not None and not draft)):
                self.public = len(self.titles)

        def status_for(self, who: str, *, publishes: bool = False) -> int:
            if self.trashed:
                return 404
            return 200 if self.may(who) and not (publishes and who == AUTHOR) else 403

        @rule(who=WHO, title=TITLES, draft=st.booleans(), published=st.sampled_from([None, True, False]))
        def patch(self, who: str, title: str, draft: bool, published: bool | None) -> None:
            body = {"title": title} | ({} if published is None else {"published": published})
            answer = clients[who].patch(self.path("?draft=true" if draft else ""), body)
            changes = published is not None and published != (self.public is not None)
            assert answer.status_code == self.status_for(who, publishes=changes)
            if answer.status_code == 200:
                self.saved(title, who=who, draft=draft, published=published)

        @rule(who=WHO)
        def publish(self, who: str) -> None:
            answer = clients[who].post(self.path("/publish"))
            assert answer.status_code == (403 if who == AUTHOR else self.status_for(who))
            if answer.status_code == 200:
                self.public = len(self.titles)

        @rule(who=WHO)
        def unpublish(self, who: str) -> None:
            answer = clients[who].post(self.path("/unpublish"))
            assert answer.status_code == (403 if who == AUTHOR else self.status_for(who))
            if answer.status_code == 200:
                self.public = None

        @rule(who=WHO, number=VERSIONS, draft=st.booleans())
        def restore(self, who: str, number: int, draft: bool) -> None:
            answer = clients[who].post(self.path(f"/versions/{number}/restore" + ("?draft=true" if draft else "")))
            expected = self.status_for(who)
            if expected == 200 and number > len(self.titles):
                expected = 404
            assert answer.status_code == expected
            if answer.status_code == 200:
                self.saved(self.titles[number - 1], who=who, draft=draft)

        @precondition(lambda self: not self.trashed)
        @rule()
        def trash(self) -> None:
            assert clients[EDITOR].delete(self.path()).status_code == 204
            self.trashed, self.public = True, None

        @precondition(lambda self: self.trashed)
        @rule(who=WHO)
        def untrash(self, who: str) -> None:
            assert clients[who].post(f"/alpha-site/trash/post/{self.id}/restore").status_code == 200
            self.titles.append(self.titles[-1])
            self.trashed = False

        @invariant()
        def the_public_sees_the_last_published_version(self) -> None:
            answer = api.get(f"/public/alpha-site/{kind}/{self.id}")
            if self.public is None:
                assert answer.status_code == 404
            else:
                assert (answer.status_code, answer.json()["title"]) == (200, self.titles[self.public - 1])

        @invariant()
        def the_editor_sees_the_last_version(self) -> None:
            answer = clients[EDITOR].get(self.path())
            if self.trashed:
                assert answer.status_code == 404
                return
            found = answer.json()
            assert (found["title"], found["version"]) == (self.titles[-1], len(self.titles))
            assert found["published"] == (self.public is not None)
            assert found["has_draft"] == (self.public is not None and self.public != len(self.titles))
            assert found["status"] == ("draft" if self.public is None else "published")

        def teardown(self) -> None:
            clients[EDITOR].delete(self.path("?purge=true&force=true"))

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
