"""The examples of docs/guides/filtering.md, as they stand there."""

import json
import re

import pytest

from apps.content.tests.factories import a_post, a_type, an_element
from cognitor.settings.environment import ROOT

pytestmark = pytest.mark.django_db

GUIDE = (ROOT / "docs/guides/filtering.md").read_text(encoding="utf-8")
SCHEMA = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
CALLS = re.findall(r'^curl -g "\$B/\$SITE(/[^"]*)" -H "\$A"$', GUIDE, re.MULTILINE)


def test_the_examples_answer_as_they_say(as_role):
    admin = as_role("site_admin")
    kind = a_type(admin, key="boat", schema=SCHEMA)
    post = a_post(admin, title="The tide", keywords=["sea"])
    rows = [
        {"name": "Dawn", "length": 9.5, "built": "1994-05-01", "uses": ["fishing"], "home": {"port": "Olhão"}},
        {"name": "Gale", "length": 30, "built": "2001-01-01", "uses": ["cargo"], "story": post["id"]},
        {"name": "Skiff", "length": 3},
    ]
    for row in rows:
        an_element(admin, kind, row, tags=["wood", "sail"], published=True)
    answers = [admin.get(f"/alpha-site{call}") for call in CALLS]
    assert [answer.status_code for answer in answers] == [200] * 6
    longest, fishing, nineties, words, shown, posts = (answer.json()["items"] for answer in answers)
    assert [item["data"]["name"] for item in longest] == ["Gale", "Dawn"]
    assert [item["data"]["name"] for item in fishing] == ["Dawn"]
    assert [item["data"]["name"] for item in nineties] == ["Dawn"]
    assert [item["data"] for item in words] == [{"name": "Dawn"}]
    assert [item["expanded"] for item in shown] == [{}, {"story": post}, {}]
    assert [item["title"] for item in posts] == ["The tide"]


def test_the_table_of_operators_is_the_one_that_holds(as_role):
    from apps.core.filters import KINDS

    table = dict(re.findall(r"^\| (text|boolean|number)[^|]*\| ([^|]*) \|$", GUIDE, re.MULTILINE))
    assert {kind: re.findall(r"`(\w+)`", cell) for kind, cell in table.items()} == {
        kind: list(KINDS[kind].operators) for kind in table
    }
    assert len(table) == 3
