"""What is indexed of documents and media: their text as readers of a locale have it, and that of what they refer to.

Of an element `title` is `data.title`, else `data.name`, and `content` every other text in its data, lists included,
that is longer than ten characters, in the order of keys: the indexing rule that clients know. References are not
followed in it; the text behind them is kept apart.
"""

import html
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.html import strip_tags

from apps.content import markdown
from apps.content.models import DOCUMENTS, Document, Element, PublicDocument, Reference, Translation, laid_over
from apps.core.encoding import loads
from apps.media.models import Media
from apps.search.providers import Row
from apps.sites.models import Site

KINDS = ("element", "post", "page", "media")
SHORTEST = 10
_LONGEST_REFERENCE, _MOST_REFERENCES = 4_000, 40
_BREAKS = re.compile(r"\r\n|[\r\n]")

Texts = dict[str, Any]


def rows_of(doc_type: str, ids: Collection[int]) -> list[Row]:
    """All rows of the documents that are there and not in the trash; five statements, whatever their number."""
    if doc_type == "media":
        return [_media(media) for media in Media.objects.filter(pk__in=ids).select_related("site")]
    model: Any = DOCUMENTS[doc_type]
    documents = model.objects.filter(pk__in=ids, deleted_at=None).order_by("pk")
    if doc_type == "element":
        documents = documents.select_related("type").defer("query")
    mine = {"doc_type": doc_type, "doc_id__in": ids}
    public: dict[int, list[PublicDocument]] = defaultdict(list)
    for row in PublicDocument.objects.filter(**mine).defer("body", "summary").order_by("-original", "locale"):
        public[row.doc_id].append(row)
    translations: dict[int, list[Translation]] = defaultdict(list)
    for translation in Translation.objects.filter(**mine).order_by("locale"):
        translations[translation.doc_id].append(translation)
    shown = _References(doc_type, ids)
    found: list[Row] = []
    for document in documents:
        found += _of_document(document, public[document.pk], translations[document.pk], shown)
    return found


def _of_document(
    document: Document, public: list[PublicDocument], translations: list[Translation], shown: "_References"
) -> Iterator[Row]:
    """The public versions, then the working ones that say something else."""
    same = set()
    current = document.published and not document.has_draft
    fresh = {row.locale for row in translations if row.published and not row.has_draft}
    for row in public:
        if current and (row.original or row.locale in fresh):
            same.add(row.locale)
        told = _told(document, loads(row.source))
        changed = row.updated_at
        yield _row(document, row.locale, told, shown, live=True, working=row.locale in same, changed=changed)
    if document.locale not in same:
        yield _row(document, document.locale, _told(document, document.snapshot()), shown, changed=document.updated_at)
    for translation in translations:
        if translation.locale not in same:
            told = _told(document, laid_over(document.snapshot(), translation.members))
            yield _row(document, translation.locale, told, shown, changed=translation.updated_at)


def _row(
    document: Document,
    locale: str,
    told: Texts,
    shown: "_References",
    *,
    changed: Any,
    live: bool = False,
    working: bool = True,
) -> Row:
    original = locale == document.locale
    return Row(
        site_id=document.site_id,
        doc_type=document.doc_type,
        doc_id=document.pk,
        locale=locale,
        original=original,
        live=live,
        working=working,
        status="changed" if document.has_draft else document.status,
        author_id=document.author_id,
        created_at=document.created_at,
        updated_at=changed,
        references=shown.text(document.pk, "" if original else locale),
        type_key=document.type.key if isinstance(document, Element) else "",
        **told,
    )


def _told(document: Document, source: dict[str, Any]) -> Texts:
    """The searched members of a version: those of its kind."""
    if isinstance(document, Element):
        data = document.data_of(source)
        return _of_data(data) | {"tags": tuple(source.get("tags") or ())}
    if document.doc_type == "post":
        keywords = tuple(source["keywords"] or ())
        return {
            "title": source["title"],
            "content": plain(source["content"]),
            "description": source["short_description"] or "",
            "keywords": keywords,
            "tags": keywords,
        }
    seo = source["seo"]
    about = " ".join(text for text in (seo.get("title"), seo.get("description")) if isinstance(text, str))
    return {"title": source["title"], "description": source["description"], "content": about}


def _of_data(data: Any) -> Texts:
    data = data if isinstance(data, dict) else {}
    title = next((data[name] for name in ("title", "name") if isinstance(data.get(name), str) and data[name]), "")
    texts = [text for text in _texts(data) if len(text) > SHORTEST and text != title]
    keywords = data.get("keywords")
    words = keywords.split(",") if isinstance(keywords, str) else keywords if isinstance(keywords, list) else ()
    category, description = data.get("category"), data.get("description")
    return {
        "title": title,
        "content": _BREAKS.sub(" ", " ".join(texts)),
        "description": description if isinstance(description, str) else "",
        "keywords": tuple(word.strip() for word in words if isinstance(word, str) and word.strip()),
        "category": category if isinstance(category, str) else "",
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def plain(text: str) -> str:
    """Markdown without its marks, in one line."""
    shown = html.unescape(strip_tags(markdown.html(text[: markdown.LONGEST]).replace(">", "> "))) if text else ""
    return " ".join(shown.split())


def _media(media: Media) -> Row:
    return Row(
        site_id=media.site_id,
        doc_type="media",
        doc_id=media.pk,
        locale=media.site.default_locale,
        original=True,
        live=media.status == Media.READY,
        working=True,
        status="published",
        title=media.name,
        content=media.alt_text,
        description=media.description,
        keywords=tuple(media.keywords or ()),
        tags=tuple(media.tags),
        filename=media.filename,
        media_type=media.media_type,
        url=media.url,
        author_id=media.author_id,
        created_at=media.created_at,
        updated_at=media.updated_at,
    )


class _References:
    """The public text of what documents show: of the references of their public version, one step far."""

    def __init__(self, doc_type: str, ids: Collection[int]) -> None:
        rows = Reference.objects.filter(doc_type=doc_type, doc_id__in=ids, live=True).exclude(target_type="media")
        self.targets: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
        for row in rows.order_by("pk").only("doc_id", "locale", "target_type", "target_id"):
            self.targets[row.doc_id, row.locale].append((row.target_type, row.target_id))
        wanted = {target for targets in self.targets.values() for target in targets}
        self.texts = _public_texts(wanted) if wanted else {}

    def text(self, doc_id: int, locale: str) -> str:
        targets = self.targets.get((doc_id, locale)) or self.targets.get((doc_id, ""), [])
        found = []
        for target in list(dict.fromkeys(targets))[:_MOST_REFERENCES]:
            texts = self.texts.get(target, {})
            found.append(texts.get(locale) or texts.get("", ""))
        return " ".join(found)


def _public_texts(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], dict[str, str]]:
    """By document, then by locale; `""` is the document's own."""
    asked = Q()
    for doc_type in DOCUMENTS:
        if ids := [id for kind, id in wanted if kind == doc_type]:
            asked |= Q(doc_type=doc_type, doc_id__in=ids)
    found: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    if asked:
        rows = PublicDocument.objects.filter(asked).values_list("doc_type", "doc_id", "locale", "original", "source")
        for doc_type, doc_id, locale, original, source in rows:
            text = _shown(doc_type, loads(source))[:_LONGEST_REFERENCE]
            found[doc_type, doc_id][locale] = text
            if original:
                found[doc_type, doc_id][""] = text
    return found


def _shown(doc_type: str, source: dict[str, Any]) -> str:
    if doc_type == "element":
        told = _of_data(source["data"])
        return f"{told['title']} {told['content']}"
    if doc_type == "post":
        return f"{source['title']} {source['content']}"
    return f"{source['title']} {source['description']}"


def next_ids(site: Site, doc_type: str, after: int, limit: int) -> list[int]:
    """The ids of the next documents of a kind, for who goes through all of a site."""
    rows: Any = Media.objects if doc_type == "media" else DOCUMENTS[doc_type]._default_manager.filter(deleted_at=None)
    return list(rows.filter(site_id=site.pk, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])


def count_of(site: Site) -> int:
    """How many documents and media a site has."""
    living = sum(
        model._default_manager.filter(site_id=site.pk, deleted_at=None).count() for model in DOCUMENTS.values()
    )
    return living + Media.objects.filter(site_id=site.pk).count()
