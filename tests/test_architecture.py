"""Rules of the house that import-linter cannot say."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cognitor.settings.environment import ROOT

APPS = sorted(path.parent for path in (ROOT / "apps").glob("*/apps.py"))
SOURCES = sorted(path for top in ("apps", "cognitor", "tests") for path in (ROOT / top).rglob("*.py"))
VENDORS = {"allauth", "anthropic", "boto3", "botocore", "google", "httpx", "openai", "requests", "stripe", "voyageai"}
MOST_LINES = 450


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def shown(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_services_and_selectors_know_nothing_of_http() -> None:
    inner = [path for path in SOURCES if {"services", "selectors"} & {*path.parts, path.stem}]
    assert len(inner) > 10
    web = ("rest_framework.", "django.http.", "django.shortcuts.", "django.views.")
    assert shown([path for path in inner if any(name.startswith(web) for name in imported(path))]) == []


def test_vendors_stand_behind_providers() -> None:
    # Tests may look at what a vendor's library keeps, and make the codes that a person's app would show.
    outside = [path for path in SOURCES if not {"providers", "tests"} & set(path.parts)]
    assert shown([path for path in outside if any(name.split(".")[0] in VENDORS for name in imported(path))]) == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_an_app_says_what_it_is_for(app: Path) -> None:
    assert len((app / "README.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_no_file_is_too_long_to_be_read() -> None:
    written = [path for path in SOURCES if "migrations" not in path.parts]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in written}
    assert shown([path for path, length in lengths.items() if length > MOST_LINES]) == []
