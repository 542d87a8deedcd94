"""Bringing a WordPress export into a site: authors are named, posts, pages (as posts), tags and media are made.

Each item has an origin (`wordpress:{base url}:{id}`), so that a second run finds what the first one made and
changes nothing there.
"""

import mimetypes
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.accounts.models import Membership, normal
from apps.content.models import Imported
from apps.content.selectors import free_slug
from apps.content.services import posts
from apps.content.slugs import clean_slug
from apps.content.wordpress.markup import plain_excerpt, replace_galleries, to_markdown
from apps.content.wordpress.media_urls import rewrite_urls
from apps.content.wordpress.records import Export, Item
from apps.content.wordpress.statuses import outcome_for
from apps.core import egress
from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.media.models import Media
from apps.media.services import files, media
from apps.sites.models import Site

TEXTS = ("post", "page")
MAX_KEYWORDS = 100


@dataclass
class Summary:
    """What came of an import. `skipped` and `missing` say which and why, `notes` what was changed on the way."""

    imported: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Files:
    """The attachments of an export: new addresses by old ones, and each picture as Markdown by its WordPress id."""

    moved: dict[str, str] = field(default_factory=dict)
    pictures: dict[int, str] = field(default_factory=dict)
    attached: dict[int, list[int]] = field(default_factory=dict)

    def add(self, item: Item, url: str) -> None:
        """Notes where the attachment's file is now; its own page at WordPress leads there too."""
        if item.attachment_url and url != item.attachment_url:
            self.moved[item.attachment_url] = url
            if item.link:
                self.moved[item.link] = url
        if (mimetypes.guess_type(urlsplit(item.attachment_url or "").path)[0] or "").startswith("image/"):
            words = " ".join(_alt_text(item).replace("[", "(").replace("]", ")").split())
            self.pictures[item.wp_id] = f"![{words}]({url})"
            self.attached.setdefault(item.parent_wp_id, []).append(item.wp_id)

    def gallery(self, item: Item, ids: tuple[int, ...]) -> str:
        """The pictures of a gallery, one a line; without ids all that are attached to the post, as WordPress does."""
        wanted = ids or tuple(self.attached.get(item.wp_id, ()))
        return "\n".join(self.pictures[number] for number in wanted if number in self.pictures)


class DryRun(Exception):
    """Ends the transaction of a trial without effect."""


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
    address when `fetch`; one that cannot be had is recorded as missing and its address stays in the text.
    """
    summary = Summary()
    others: Counter[str] = Counter()
    people = _people(site, export, summary)
    found = Files() if dry_run else _media(actor, site, export, uploads, fetch, summary, progress)
    for item in export.items:
        if item.kind == "attachment":
            if dry_run:
                summary.imported["attachment"] += 1
                progress(item.title)
            continue
        progress(item.title or item.slug)
        if item.kind not in TEXTS:
            others[item.kind] += 1
            continue
        try:
            with transaction.atomic():
                _text(actor, site, export, item, found, people, summary)
                if dry_run:
                    raise DryRun
        except DryRun:
            pass
        except Refusal as refusal:
            summary.skipped.append((_called(item), refusal.message))
        if item.comment_count:
            summary.notes.append((_called(item), f"{item.comment_count} comments were left out."))
    for kind, count in others.items():
        summary.skipped.append((f"{count} × {kind}", "This kind has no counterpart here yet."))
    return summary


def _text(
    actor: Actor, site: Site, export: Export, item: Item, found: Files, people: dict[str, int], summary: Summary
) -> None:
    outcome = outcome_for(item)
    if outcome.status == "skipped":
        summary.skipped.append((_called(item), outcome.reason))
        return
    origin = _origin(export, item)
    if Imported.objects.filter(site=site, origin=origin).exists():
        summary.unchanged[item.kind] += 1
        return
    markdown = replace_galleries(to_markdown(item.content_html), lambda ids: found.gallery(item, ids))
    content = rewrite_urls(markdown, found.moved)
    keywords = [name for kind, _, name in item.terms if kind in ("tag", "category") and name != "Uncategorized"]
    slug = clean_slug(item.slug or item.title, f"{item.kind}-{item.wp_id}")
    title = item.title or f"Untitled {item.kind} {item.wp_id}"
    post = posts.create(
        actor=actor,
        site=site,
        slug=free_slug(site.pk, "post", site.default_locale, slug),
        title=title[:500],
        content=content,
        short_description=plain_excerpt(item.excerpt_html) or None,
        keywords=[keyword[:200] for keyword in dict.fromkeys(keywords)][:MAX_KEYWORDS] or None,
        published=outcome.status == "published",
        times={"publish_at": item.published_at} if outcome.status == "scheduled" else None,
        created_at=item.published_at or item.modified_at,
        author_id=people.get(item.author_login),
    )
    Imported.objects.create(site=site, origin=origin, doc_type="post", doc_id=post.pk)
    summary.imported[item.kind] += 1
    if outcome.reason:
        summary.notes.append((_called(item), outcome.reason))
    if item.kind == "page":
        summary.notes.append((_called(item), "A page, imported as a post."))


def _people(site: Site, export: Export, summary: Summary) -> dict[str, int]:
    """Members of the tenant by the login under which WordPress knew them; an e-mail address says who is who.

    Nobody is made a member by an import: who has no account here is noted, and their posts have no author.
    """
    emails = {author.login: normal(author.email) for author in export.authors if author.email}
    rows = Membership.objects.filter(tenant_id=site.tenant_id, user__email__in=set(emails.values()))
    members = dict(rows.values_list("user__email", "user_id"))
    for author in export.authors:
        if emails.get(author.login) not in members:
            summary.notes.append((f"author {author.name}", "Nobody with this address is a member here."))
    return {login: members[email] for login, email in emails.items() if email in members}


def _media(
    actor: Actor,
    site: Site,
    export: Export,
    uploads: Path | None,
    fetch: bool,
    summary: Summary,
    progress: Callable[[str], None],
) -> Files:
    """Imports the attachments. One that cannot be had keeps its old address and is recorded as missing."""
    found = Files()
    for item in export.items:
        if item.kind != "attachment" or not item.attachment_url:
            continue
        progress(item.title or item.attachment_url)
        origin = _origin(export, item)
        made = Imported.objects.filter(site=site, origin=origin).values("doc_id")
        known = Media.objects.filter(site=site, pk__in=made).first()
        if known:
            found.add(item, known.url)
            summary.unchanged["attachment"] += 1
            continue
        try:
            row = _store(actor, site, item, origin, uploads, fetch)
        except (Refusal, OSError) as error:
            why = error.message if isinstance(error, Refusal) else str(error)
            summary.missing.append((item.attachment_url, why))
            found.add(item, item.attachment_url)
            continue
        found.add(item, row.url)
        summary.imported["attachment"] += 1
    return found


def _store(actor: Actor, site: Site, item: Item, origin: str, uploads: Path | None, fetch: bool) -> Media:
    address = item.attachment_url or ""
    path = unquote(urlsplit(address).path)
    local = _below(uploads, path)
    if local is not None:
        body = local.read_bytes()
    elif fetch:
        fetched = egress.fetch(address)
        if fetched.status != 200:
            raise OSError(f"The server answered {fetched.status}.")
        body = fetched.body
    else:
        raise OSError("The file is not among the uploads, and fetching was not asked for.")
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    upload = SimpleUploadedFile(Path(path).name, body, content_type=kind)
    received = files.receive(actor=actor, site=site, upload=upload)
    with transaction.atomic():
        row = media.create(
            actor=actor,
            site=site,
            received=received,
            name=item.title[:200],
            alt_text=_alt_text(item),
            description=plain_excerpt(item.content_html),
        )
        Imported.objects.update_or_create(site=site, origin=origin, defaults={"doc_type": "media", "doc_id": row.pk})
    return row


def _alt_text(item: Item) -> str:
    return item.meta.get("_wp_attachment_image_alt", "")[:500]


def _below(uploads: Path | None, path: str) -> Path | None:
    """The file in a copy of `wp-content/uploads`; never one outside of it."""
    if uploads is None:
        return None
    inside = path.partition("/uploads/")[2] or Path(path).name
    found = (uploads / inside).resolve()
    return found if found.is_relative_to(uploads.resolve()) and found.is_file() else None


def _origin(export: Export, item: Item) -> str:
    host = urlsplit(export.base_url).netloc or export.title
    return f"wordpress:{host[:120]}:{item.wp_id}"


def _called(item: Item) -> str:
    return f"{item.kind} {item.wp_id} “{item.title[:60]}”"
