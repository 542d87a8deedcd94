"""How well the judged questions are answered: normalised discounted cumulative gain at ten (Järvelin and Kekäläinen
2002), of each mode. 1 is the best order there is."""

import json
import math
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.search.models import IndexedDocument, SiteIndex
from apps.search.providers import Asked, Row, Scope, engine
from apps.search.services import meanings

FOLDER = Path(__file__).parent
RESULT = FOLDER / "result.json"
AT = 10
NOWHERE = 2**40
"""The id of a site that there is not."""
MODES = ("keyword", "semantic", "hybrid")
Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the documents that answer it: 3 exactly, 2 well, 1 somewhat."""

    text: str
    locale: str
    grades: Grades


@cache
def judged() -> tuple[list[tuple[str, str, str, str]], list[Judged]]:
    """Documents as (name, locale, title, content), and questions."""
    held = tomllib.loads((FOLDER / "judged.toml").read_text(encoding="utf-8"))
    return [tuple(one) for one in held["documents"]], [Judged(*one) for one in held["queries"]]


def ndcg(found: Sequence[str], grades: Grades) -> float:
    best = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(name, 0) for name in found]) / best


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:AT]))


@transaction.atomic
def measure(modes: Sequence[str] = MODES) -> dict[str, Any]:
    """Means by mode, and of each question what each mode reaches, in the chosen tenant's schema, which stays as it was.

    `SemanticUnavailable` where a mode needs meanings and there are none.
    """
    documents, questions = judged()
    names = _index(documents)
    if set(modes) - {"keyword"}:
        while meanings.compute(NOWHERE):
            pass
        meanings.require()
    each: list[dict[str, Any]] = []
    for asked in questions:
        reached = {mode: round(ndcg(_found(asked, mode, names), asked.grades), 4) for mode in modes}
        each.append({"query": asked.text, **reached})
    transaction.set_rollback(True)
    means = {mode: round(sum(one[mode] for one in each) / len(each), 4) for mode in modes}
    return {"ndcg_at": AT, "documents": len(documents), "queries": len(each), "means": means, "each": each}


def _index(documents: Sequence[tuple[str, str, str, str]]) -> dict[int, str]:
    now = timezone.now()
    rows = [
        Row(
            site_id=NOWHERE,
            doc_type="post",
            doc_id=NOWHERE + number,
            locale=locale,
            original=True,
            live=True,
            working=True,
            status="published",
            title=title,
            content=content,
            created_at=now,
            updated_at=now,
        )
        for number, (_, locale, title, content) in enumerate(documents)
    ]
    IndexedDocument.objects.filter(site_id=NOWHERE).delete()
    SiteIndex.objects.filter(site_id=NOWHERE).delete()
    engine().put([(row.doc_type, row.doc_id) for row in rows], rows)
    return {NOWHERE + number: name for number, (name, *_) in enumerate(documents)}


def _found(asked: Judged, mode: Any, names: Mapping[int, str]) -> list[str]:
    vector = None if mode == "keyword" else meanings.of_question(asked.text)
    scope = Scope(sites=(NOWHERE,), live=True, chain=(asked.locale,))
    found = engine().find(scope, Asked(text=asked.text, mode=mode, vector=vector, size=AT))
    return [names[hit.doc_id] for hit in found.hits]


def last() -> dict[str, Any] | None:
    """What `bin/bench search --write` found last."""
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else None


def keep(found: dict[str, Any]) -> None:
    kept = found | {"at": time.strftime("%Y-%m-%d", time.gmtime())}
    RESULT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
