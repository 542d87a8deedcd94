"""Attachments: files brought into the media of the site, and where their old addresses lead now."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from apps.content.models import Imported
from apps.content.services.wordpress.summary import Summary, origin_of
from apps.content.wordpress.markup import plain_excerpt
from apps.content.wordpress.records import Export, Item
from apps.core import egress
from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.media.models import Media
from apps.media.services import files, media
from apps.sites.models import Site


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


def bring(
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
        origin = origin_of(export, item.wp_id)
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
