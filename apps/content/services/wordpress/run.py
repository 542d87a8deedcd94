"""A WordPress export on its way into a site, in the order in which one thing needs the other."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from apps.content.services.wordpress import files, menus, pages, terms, texts
from apps.content.services.wordpress.summary import Summary, called
from apps.content.wordpress.records import Export, Item
from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.sites.models import Site
from apps.sites.services import usage

TEXTS = ("post", "page")


def run(
    *,
    actor: Actor,
    site: Site,
    export: Export,
    uploads: Path | None = None,
    fetch: bool = True,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda label: None,
) -> Summary:
    """Imports the export; with `dry_run` validates and counts all the same, and leaves nothing behind.

    Files of attachments come from `uploads` (a copy of `wp-content/uploads`) when it is given, else from their
    address when `fetch`; one that cannot be had is recorded as missing and its address stays in the text. What is
    refused is told with the reason, and the rest comes. Pages are made last: they are held in memory till then, since
    a parent may stand behind its children.
    """
    summary = Summary()
    people = texts.people_of(site, export, summary)
    found = files.Files() if dry_run else files.bring(actor, site, export, uploads, fetch, summary, progress)
    one = texts.Import(actor, site, export, found, people, summary)
    with _trial(site) if dry_run else _for_good():
        _bring(one, progress, dry_run=dry_run)
    return summary


def _bring(one: texts.Import, progress: Callable[[str], None], *, dry_run: bool) -> None:
    others: Counter[str] = Counter()
    found: dict[str, list[Item]] = {"page": [], "nav_menu_item": []}
    for term in terms.described(one):
        with _told(one, f"{term.kind} {term.name}"):
            terms.bring_term(one, term)
    for item in one.export.items:
        if item.kind in found:
            found[item.kind].append(item)
        elif item.kind == "post":
            progress(item.title or item.slug)
            with _told(one, called(item)):
                texts.bring_post(one, item)
        elif item.kind != "attachment":
            others[item.kind] += 1
            progress(item.title)
        elif dry_run:
            one.summary.imported["attachment"] += 1
            progress(item.title)
        if item.comment_count and item.kind in TEXTS:
            one.summary.notes.append((called(item), f"{item.comment_count} comments were left out."))
    menu, left = menus.menu_of(found["nav_menu_item"], found["page"])
    for item in pages.in_order(found["page"], menu):
        progress(item.title or item.slug)
        with _told(one, called(item)):
            pages.bring_page(one, item, menu)
    for what, count in left.items():
        one.summary.skipped.append((f"{count} × nav_menu_item to {what}", "A menu is made of pages here."))
    for kind, count in others.items():
        one.summary.skipped.append((f"{count} × {kind}", "This kind has no counterpart here yet."))


@contextmanager
def _told(one: texts.Import, what: str) -> Iterator[None]:
    """One transaction; what is refused in it is told, and nothing of it stays."""
    noted = len(one.summary.notes)
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        del one.summary.notes[noted:]
        one.summary.skipped.append((what, refusal.message))


@contextmanager
def _trial(site: Site) -> Iterator[None]:
    """All of it in a transaction that is undone. The tenant's other writers do not wait for it."""
    with transaction.atomic():
        with usage.together(site.tenant, "elements"):
            yield
        transaction.set_rollback(True)


@contextmanager
def _for_good() -> Iterator[None]:
    yield
