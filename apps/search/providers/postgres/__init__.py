"""The engine in PostgreSQL: full text with stems, trigrams for suggestions, pgvector for meaning where it is there."""

from collections.abc import Collection, Mapping, Sequence

from apps.search.providers.postgres import finding, suggesting, writing
from apps.search.providers.protocol import Asked, Document, Found, Row, Scope


class Postgres:
    def hold(self, documents: Collection[Document]) -> None:
        writing.hold(documents)

    def put(self, documents: Collection[Document], rows: Sequence[Row], *, building: int | None = None) -> None:
        writing.put(documents, rows, building=building)

    def find(self, scope: Scope, asked: Asked) -> Found:
        return finding.find(scope, asked)

    def matching(self, text: str, words: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
        return finding.matching(text, words)

    def suggest(self, scope: Scope, text: str, size: int) -> list[str]:
        return suggesting.suggest(scope, text, size)
