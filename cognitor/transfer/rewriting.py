"""Rows of a site with other ids in them, wherever ids stand: in columns, in JSON texts, in old versions."""

from collections.abc import Callable, Iterator
from typing import Any

from apps.content.models import ContentType, laid_over
from apps.content.renumbering import Kind, Swap, of_page
from apps.core.encoding import dumps, loads

Row = dict[str, Any]
Source = Callable[[str], Iterator[Row]]
"""A table's label → its rows."""

KINDS = {
    "folder": "media.folder",
    "media": "media.media",
    "type": "content.contenttype",
    "element": "content.element",
    "post": "content.post",
    "page": "content.page",
    "translation": "content.translation",
}
"""What rows are called that others refer to."""
DOCUMENTS = ("element", "post", "page")


class Rewriter:
    """`row` gives a row of a table in which `swap` has exchanged every id but its own."""

    def __init__(self, source: Source, swap: Swap) -> None:
        self.swap = swap
        past: dict[int, dict[int, Any]] = {}
        for row in source("content.typeversion"):
            past.setdefault(row["type_id"], {})[row["number"]] = loads(row["source"])
        self.kinds = {
            row["id"]: Kind(ContentType(**row), past.get(row["id"], {})) for row in source("content.contenttype")
        }
        translated = {row["doc_id"] for row in source("content.translation") if row["doc_type"] == "element"}
        self.pages = {row["id"] for row in source("content.page")}
        self.type_of: dict[int, int] = {}
        self.texts: dict[int, tuple[Any, int]] = {}
        for row in source("content.element"):
            self.type_of[row["id"]] = row["type_id"]
            if row["id"] in translated:
                self.texts[row["id"]] = loads(row["source"]), row["type_version"]

    def row(self, label: str, row: Row) -> Row:
        row = dict(row)
        if change := getattr(self, f"_{label.partition('.')[2]}", None):
            change(row)
        if "doc_id" in row:
            row["doc_id"] = self.swap(row["doc_type"], row["doc_id"])
        if "type_id" in row:
            row["type_id"] = self.swap("type", row["type_id"])
        return row

    def _site(self, row: Row) -> None:
        branding = row["settings"].get("branding") or {}
        if logo := branding.get("logo_media_id"):
            branding = branding | {"logo_media_id": self.swap("media", logo)}
            row["settings"] = row["settings"] | {"branding": branding}

    def _folder(self, row: Row) -> None:
        if parent := row["parent_id"]:
            row["parent_id"] = self.swap("folder", parent)

    def _media(self, row: Row) -> None:
        if folder := row.get("folder_id"):
            row["folder_id"] = self.swap("folder", folder)

    def _element(self, row: Row) -> None:
        data = self.kinds[row["type_id"]].swapped(loads(row["source"]), row["type_version"], self.swap)
        row["source"] = dumps(data).decode()

    def _page(self, row: Row) -> None:
        parent = row["parent_id"]
        row["parent_id"] = self.swap("page", parent) if parent in self.pages else None  # it lies in the trash
        found = of_page({"page_elements": loads(row["arrangement"]), "seo": row["seo"]}, self.swap)
        row["arrangement"], row["seo"] = dumps(found["page_elements"]).decode(), found["seo"]

    def _version(self, row: Row) -> None:
        row["source"] = dumps(self._snapshot(row, loads(row["source"]))).decode()

    _publicdocument = _version

    def _snapshot(self, row: Row, snapshot: Any) -> Any:
        if row["doc_type"] == "element":
            kind = self.kinds[self.type_of[row["doc_id"]]]
            data = kind.swapped(snapshot["data"], snapshot.get("type_version", 0), self.swap)
            return {**snapshot, "data": data}
        return of_page(snapshot, self.swap) if row["doc_type"] == "page" else snapshot

    def _translation(self, row: Row) -> None:
        for name in ("source", "published_source"):
            row[name] = dumps(self._translated(row, loads(row[name]))).decode()

    def _translated(self, row: Row, members: Any) -> Any:
        """Which branch of a schema holds is seen in the whole text only."""
        if row["doc_type"] == "page":
            return of_page(members, self.swap)
        if row["doc_type"] != "element" or "data" not in members:
            return members
        text, type_version = self.texts[row["doc_id"]]
        whole = laid_over({"data": text}, members)["data"]
        found = self.kinds[self.type_of[row["doc_id"]]].swapped(whole, type_version, self.swap)
        return {**members, "data": {name: found[name] for name in members["data"]}}
