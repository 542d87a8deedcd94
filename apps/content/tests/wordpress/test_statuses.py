from datetime import UTC, datetime
from pathlib import Path

import pytest

from apps.content.wordpress.parser import read
from apps.content.wordpress.statuses import Outcome, outcome_for

from .wxr import document, item, save


def outcome(folder: Path, **named: str) -> Outcome:
    fields = {f"wp:{name}": value for name, value in named.items()}
    (found,) = read(save(folder, document(item(fields)))).items
    return outcome_for(found)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("publish", Outcome("published")),
        ("future", Outcome("scheduled")),
        ("draft", Outcome("draft")),
        ("pending", Outcome("draft", "It waited for review.")),
        ("private", Outcome("draft", "It was private: publishing it would disclose it.")),
        ("trash", Outcome("skipped", "It was in the trash.")),
        ("auto-draft", Outcome("skipped", "It was an automatic draft that nobody saved.")),
        ("inherit", Outcome("skipped", "It is an attachment or a revision, not a post.")),
        ("wc-completed", Outcome("draft", "Its status “wc-completed” is not WordPress's own.")),
    ],
)
def test_what_was_public_stays_public_and_nothing_else_becomes_so(
    tmp_path: Path, status: str, expected: Outcome
) -> None:
    assert outcome(tmp_path, status=status) == expected


@pytest.mark.parametrize("status", ["publish", "future", "draft", "private"])
def test_a_password_makes_a_draft_of_whatever_it_protected(tmp_path: Path, status: str) -> None:
    expected = Outcome("draft", "It was password-protected: publishing it would disclose it.")
    assert outcome(tmp_path, status=status, post_password="open") == expected


def test_a_password_does_not_bring_back_what_was_in_the_trash(tmp_path: Path) -> None:
    assert outcome(tmp_path, status="trash", post_password="open").status == "skipped"


def test_a_scheduled_post_keeps_its_time_and_without_one_becomes_a_draft(tmp_path: Path) -> None:
    (found,) = read(save(tmp_path, document(item(status="future", post_date_gmt="2031-01-01 06:00:00")))).items
    assert found.published_at == datetime(2031, 1, 1, 6, tzinfo=UTC)
    undated = outcome(tmp_path, status="future", post_date_gmt="0000-00-00 00:00:00", post_date="0000-00-00 00:00:00")
    assert undated == Outcome("draft", "It was scheduled without a date.")
