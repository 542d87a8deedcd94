"""Writes the generated pages of `docs/`; with `--check` it only says which of them are not fresh."""

import json
import re
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

import apps
from apps.accounts.permissions import PERMISSIONS
from apps.accounts.roles import PLATFORM_ADMIN, ROLES
from apps.core.events import Event
from apps.core.operation import OPERATIONS, PUBLIC, USER, Operation
from apps.core.refusal import Refusal
from apps.core.viewsets import CATEGORIES
from cognitor.settings.environment import ROOT, VARIABLES

DOCS = ROOT / "docs"


class Command(BaseCommand):
    """Needs no database: everything comes from what the code declares."""

    help = __doc__ or ""
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is not fresh")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = [name for name, text in pages().items() if not _holds(name, text)]
        if check and stale:
            raise CommandError(f"Not fresh: {', '.join(f'docs/{name}' for name in stale)}. Run bin/docs.")
        for name in stale:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
            self.stdout.write(f"wrote docs/{name}")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as plain JSON values."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(schema, renderer_context={}))
    return found


@cache
def pages() -> dict[str, str]:
    """Name and text of each generated page."""
    _import_all()
    return {
        "openapi.json": json.dumps(document(), indent=2, ensure_ascii=False) + "\n",
        "operations.md": operations_page(),
        "errors.md": errors_page(),
        "events.md": events_page(),
        "permissions.md": permissions_page(),
        "settings.md": settings_page(),
    }


def operations_page() -> str:
    rows: dict[str, list[tuple[str, ...]]] = {category: [] for category in CATEGORIES.values()}
    for path, methods in document()["paths"].items():
        for method, described in methods.items():
            declared = OPERATIONS[described["operationId"]]
            rows[described["tags"][0]].append(
                (
                    f"`{declared.id}`",
                    f"{method.upper()} `{path}`",
                    f"`{declared.allow}`",
                    declared.rate,
                    declared.timeout,
                    _yes(declared.effects == "rows"),
                    _yes(declared.idempotent),
                    " ".join(f"`{refusal.code}`" for refusal in declared.refuses),
                )
            )
    head = ("Operation", "Method and path", "Permission", "Rate", "Timeout", "Dry run", "Idempotent", "Refusals")
    tables = (
        f"## {category.capitalize()}\n\n{_table(head, sorted(found))}" for category, found in rows.items() if found
    )
    about = (
        "What each means, takes and answers: `openapi.json`, or `/docs` of a running server. Refusals are its own only."
    )
    return _page("Operations", about, *tables)


def permissions_page() -> str:
    roles = ROLES | {"platform_admin": PLATFORM_ADMIN}
    rows: dict[str, list[tuple[str, ...]]] = {category: [] for category in CATEGORIES.values()}
    for methods in document()["paths"].values():
        for described in methods.values():
            declared = OPERATIONS[described["operationId"]]
            held = (_yes(declared.allow in {PUBLIC, USER, *codes}) for codes in roles.values())
            rows[described["tags"][0]].append((f"`{declared.id}`", _asked(declared), *held))
    head = ("Operation", "Permission", *roles)
    tables = (
        f"## {category.capitalize()}\n\n{_table(head, sorted(found))}" for category, found in rows.items() if found
    )
    codes = [
        (f"`{code}`", allows, ", ".join(name for name, held in roles.items() if code in held))
        for code, allows in sorted(PERMISSIONS.items())
    ]
    about = "Who may do what. A role holds in a whole tenant or on one site; a tenant may make more roles of the codes."
    objects = """## Whose object it is

| Object | Answer |
| --- | --- |
| of one's own tenant, without the permission | 403 |
| of another tenant, or of a site on which one has no role | 404, as if it were not there; 403 where one may not ask |
| somebody else's work, without `content.others` or `media.others` | read: as permitted; change: 403 |
| a session or a job of somebody else | 404; jobs of one's tenant are shown to those with `users.read` |
| any, without a token or with one of a tenant that is not active | 401 |

A platform administrator reaches no tenant's content: all of it is 403 or 404 until they enter the tenant, which
its history tells. Outside of any tenant, `platform.agents` reads and writes the platform's prompts.
`tests/test_matrix.py` tries every operation with every role and every kind of object."""
    return _page("Permissions", about, objects, *tables, f"## Codes\n\n{_table(('Code', 'Allows', 'Held by'), codes)}")


def errors_page() -> str:
    about = "What a refused request is answered with, as the member `code` of the body. Codes do not change."
    rows = [(f"`{code}`", one.status, one.title) for code, one in sorted(Refusal.known.items()) if _ours(one)]
    return _page("Errors", about, _table(("Code", "Status", "Meaning"), rows))


def events_page() -> str:
    about = "What is written to the outbox beside the rows it tells of."
    rows = [
        (f"`{name}`", event.subject, ", ".join(f"`{field}`" for field in event.__annotations__ if field != "subject"))
        for name, event in sorted(Event.known.items())
        if _ours(event)
    ]
    return _page("Events", about, _table(("Event", "Subject", "Fields"), rows))


def settings_page() -> str:
    about = "Environment variables. `manage.py` also reads them from `env` in the data folder; the environment wins."
    rows = [(f"`{one.name}`", one.kind, _default(one.default), one.about) for one in VARIABLES]
    return _page("Settings", about, _table(("Variable", "Kind", "Default", "Meaning"), rows))


def _import_all() -> None:
    """What is declared is known only once its module was imported, and no page may depend on who did that before."""
    for module in walk_packages(apps.__path__, "apps."):
        if not re.search(r"\.(tests|migrations|management|urls)\b", module.name):
            import_module(module.name)


def _ours(declared: type) -> bool:
    """Whether the code itself declares it, not one of the tests."""
    return ".tests." not in declared.__module__ and not declared.__module__.startswith("tests.")


def _default(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value).replace(f"{ROOT}/", "")
    return f"`{text}`" if text else ""


def _asked(declared: Operation) -> str:
    return {PUBLIC: "none", USER: "any token"}.get(declared.allow, f"`{declared.allow}`")


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _page(title: str, about: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", f"{about} Generated by `bin/docs`.", *parts)) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _holds(name: str, text: str) -> bool:
    path = DOCS / name
    return path.exists() and path.read_text(encoding="utf-8") == text
