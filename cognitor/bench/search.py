"""`bin/bench search`: how well the judged questions are answered, and how fast, on a site of many documents."""

import argparse
import datetime
import json
import math
import os
import random
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from cognitor.bench.content import Api, settled
from cognitor.bench.programs import Facts, Programs
from cognitor.installation import ROOT

PAGE = ROOT / "docs" / "search-performance.md"
VOCABULARY, WORDS = 20_000, 150
ASKED = 200
CHANGED = 100
MODES = ("keyword", "semantic", "hybrid")
_SYLLABLES = [a + b for a in "bdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an", "er", "ol", "ist", "un")]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bin/bench search", description=__doc__)
    parser.add_argument("--elements", type=int, default=50_000, help="published ones to search in (50000)")
    parser.add_argument("--relevance", action="store_true", help="only how well the judged questions are answered")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name} and the result the admin shows")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="cognitor-bench-"))
    programs = Programs(folder)
    try:
        facts, _ = programs.ours(2)
        env = _environment(facts)
        found = _relevance(env, options.write)
        told = _judged(found)
        print(told, flush=True)
        if not options.relevance:
            speed = _speed(facts, env, options.elements)
            print(speed)
            if options.write:
                PAGE.write_text(_page(told, speed, options.elements))
    finally:
        programs.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(facts: Facts) -> dict[str, str]:
    """That in which the server's own commands run."""
    values = (line.partition("=") for line in (Path(facts["data"]) / "env").read_text().splitlines())
    env = {name: value for name, _, value in values if name and not name.startswith("#")}
    env |= {"COGNITOR_DATA": facts["data"]}
    return os.environ | env | {name: facts[name.lower()] for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL")}


# How well


def _relevance(env: dict[str, str], keep: bool) -> dict[str, Any]:
    command = [sys.executable, "-m", "cognitor.bench.search", "judge", *(["keep"] if keep else [])]
    said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def judge(*, keep: bool) -> None:
    """In a process of its own with the server's environment: measures in the first tenant's schema."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
    import django

    django.setup()
    from apps.core.tenancy import inside
    from apps.search.providers.postgres import vectors
    from apps.search.relevance import measuring
    from apps.sites.models import Tenant

    with inside(Tenant.objects.earliest("pk")):
        vectors.make()
        found = measuring.measure()
    if keep:
        measuring.keep(found)
    sys.stdout.write(json.dumps(found) + "\n")


def _judged(found: dict[str, Any]) -> str:
    lines = ["| mode | nDCG@10 |", "|---|---|", *(f"| {mode} | {mean:.3f} |" for mode, mean in found["means"].items())]
    means = found["means"]
    held = "held" if means["hybrid"] >= max(means["keyword"], means["semantic"]) else "**missed**"
    return "\n".join([*lines, "", f"Both together at least as good as the better of the two: {held}."])


# How fast


def _speed(facts: Facts, env: dict[str, str], count: int) -> str:
    api = Api(facts["base_url"])
    login = {"grant_type": "password", "username": facts["email"], "password": facts["password"]}
    api.token = api.send("POST", "/auth/login", login)["access_token"]
    site = f"bench-{secrets.token_hex(3)}"
    api.send("POST", "/sites", {"identifier": site, "name": "Bench"})
    words = _vocabulary()
    with psycopg.connect(facts["database_url"], autocommit=True) as database:
        schema = _fill(api, database, facts, site, words, count)
        seconds = _reindex(env, site)
        rate = f"{count / seconds:,.0f} documents a second ({seconds:.0f} s for {count:,}, two workers)"
        size = database.execute(f"SELECT pg_total_relation_size('{schema}.search_indexeddocument')").fetchone()
        _meanings(database, schema)
    rows = [
        ("search, one word", _times(facts, site, lambda: {"q": _some(words)})),
        ("search, two words", _times(facts, site, lambda: {"q": f"{_some(words)} {_some(words)}"})),
        (
            "search, a phrase or a word",
            _times(facts, site, lambda: {"q": f'"{_some(words)} {words[1]}" or {words[9]}'}),
        ),
        ("search, the most frequent word", _times(facts, site, lambda: {"q": words[0]}, 50)),
        ("search, nothing found", _times(facts, site, lambda: {"q": f"q{secrets.token_hex(4)}"})),
        ("suggest, three letters", _times(facts, site, lambda: {"q": _some(words)[:3]}, path="/suggest")),
        ("suggest, one letter", _times(facts, site, lambda: {"q": _some(words)[:1]}, path="/suggest")),
        ("suggest, a typing error", _times(facts, site, lambda: {"q": _wrong(_some(words))}, path="/suggest")),
        ("by meaning", _times(facts, site, lambda: {"q": _some(words), "mode": "semantic"}, 50)),
        ("by both", _times(facts, site, lambda: {"q": _some(words), "mode": "hybrid"}, 50)),
    ]
    lag = _lag(api, facts, site)
    lines = ["| question | p50 ms | p95 ms |", "|---|---|---|"]
    lines += [f"| {name} | {statistics.median(times):.1f} | {_p95(times):.1f} |" for name, times in rows]
    lines += [
        "",
        f"Indexing anew: {rate}; the index takes {size[0] / 1e6 if size else 0:,.0f} MB. From a publication to the "
        f"index, {CHANGED} in a row: p50 {lag['p50_ms']} ms, p95 {lag['p95_ms']} ms.",
    ]
    return "\n".join(lines)


def _vocabulary() -> list[str]:
    """Made-up words, the most frequent first; the same ones in every run."""
    drawn, found = random.Random(7), dict[str, None]()
    while len(found) < VOCABULARY:
        found["".join(drawn.choice(_SYLLABLES) for _ in range(drawn.randint(2, 4)))] = None
    return list(found)


def _texts(words: list[str], count: int) -> Iterator[dict[str, str]]:
    """Texts in which words are as frequent as in a language (Zipf): the second half as often as the first."""
    drawn, weights = random.Random(8), []
    total = 0.0
    for place in range(len(words)):
        total += 1 / (place + 2.7)
        weights.append(total)
    for _ in range(count):
        some = drawn.choices(words, cum_weights=weights, k=WORDS + 5)
        yield {"title": " ".join(some[:5]).capitalize(), "body": " ".join(some[5:])}


def _some(words: list[str]) -> str:
    """A word as people ask for it: seldom one of the most frequent, seldom one that nobody knows."""
    return words[min(len(words) - 1, int(math.exp(random.uniform(math.log(20), math.log(10_000)))))]


def _wrong(word: str) -> str:
    at = len(word) // 2
    return word[:at] + "x" + word[at + 1 :]


def _fill(api: Api, database: Any, facts: Facts, site: str, words: list[str], count: int) -> str:
    """One element through the API, and copies of its rows with texts of their own."""
    schema = {"type": "object", "properties": {"title": {"type": "string"}, "body": {"type": "string"}}}
    kind = api.send("POST", f"/{site}/contenttypes", {"name": "Article", "identifier": "article", "schema": schema})
    first = next(_texts(words, 1))
    made = api.send("POST", f"/{site}/elements", {"type_id": kind["id"], "data": first, "published": True})
    settled(facts)
    row = database.execute(
        "SELECT t.schema_name FROM sites_site s JOIN sites_tenant t ON t.id = s.tenant_id WHERE s.identifier = %s",
        [site],
    ).fetchone()
    database.execute(f"SET search_path = {row[0]}, public, extensions")
    database.execute("CREATE TEMP TABLE texts (n bigint, id bigint DEFAULT nextval('element_id_seq'), data text)")
    with database.cursor() as cursor, cursor.copy("COPY texts (n, data) FROM STDIN") as copy:
        for number, data in enumerate(_texts(words, count - 1)):
            copy.write_row((number, json.dumps(data)))
    _copy(database, "content_element", made["id"], {"id": "t.id", "uid": "gen_random_uuid()", "source": "t.data"})
    source = """'{"data":' || t.data || ',"tags":[],"locale":"en","type_version":1}'"""
    body = """'{"id":' || t.id || ',"data":' || t.data || '}'"""
    changed = {"doc_id": "t.id", "source": source, "body": body}
    _copy(database, "content_publicdocument", made["id"], changed)
    database.execute("VACUUM ANALYZE content_element")
    database.execute("VACUUM ANALYZE content_publicdocument")
    return str(row[0])


def _copy(database: Any, table: str, element: int, changed: dict[str, str]) -> None:
    names = [
        name
        for (name,) in database.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema AND table_name = %s "
            "AND is_generated = 'NEVER' AND (column_name <> 'id' OR %s) ORDER BY ordinal_position",
            [table, "id" in changed],
        ).fetchall()
    ]
    chosen = ", ".join(changed.get(name, f"o.{name}") for name in names)
    where = f"o.id = {element}" if "id" in changed else f"o.doc_type = 'element' AND o.doc_id = {element}"
    database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} o, texts t WHERE {where}")


def _reindex(env: dict[str, str], site: str) -> float:
    """Seconds, without those of the meanings, which a model computes at its own pace."""
    began = time.monotonic()
    command = [sys.executable, "manage.py", "reindex", "--site", site, "--workers", "2"]
    subprocess.run(command, env=env | {"SEARCH_SEMANTIC": "off"}, cwd=ROOT, check=True)  # noqa: S603
    return time.monotonic() - began


def _meanings(database: Any, schema: str) -> None:
    """Vectors that mean nothing, one a document: what counts here is how long they take to be compared."""
    database.execute(
        f"INSERT INTO {schema}.search_vector SELECT site_id, digest, "
        "(SELECT array_agg(random() - 0.5) FROM generate_series(1, 384) n WHERE n + d.id > 0)::extensions.vector "
        f"FROM {schema}.search_indexeddocument d ON CONFLICT DO NOTHING"
    )
    database.execute(f"VACUUM ANALYZE {schema}.search_vector")
    database.execute(f"VACUUM ANALYZE {schema}.search_indexeddocument")


def _times(
    facts: Facts, site: str, query: Callable[[], dict[str, str]], count: int = ASKED, path: str = ""
) -> list[float]:
    """Milliseconds of single requests, one after the other."""
    found = []
    for number in range(count + 5):
        url = f"{facts['base_url']}/search/sites/{site}{path}?{urllib.parse.urlencode(query())}"
        began = time.perf_counter()
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
            answer.read()
        if number >= 5:
            found.append((time.perf_counter() - began) * 1000)
    return found


def _lag(api: Api, facts: Facts, site: str) -> dict[str, Any]:
    for number in range(CHANGED):
        api.send("POST", f"/{site}/posts", {"title": f"Post {number}", "content": "Some words.", "published": True})
    settled(facts)
    found: dict[str, Any] = api.send("GET", f"/search/stats?site={site}")["lag"]
    return found


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _page(judged: str, speed: str, count: int) -> str:
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return (
        "# Search: how well, how fast\n\n"
        f"Written by `bin/bench search --write`, {at}, {os.cpu_count()} cores.\n\n"
        "## How well\n\nForty questions on sixty short documents, German and English, were judged before any "
        "weight was chosen (`apps/search/relevance/judged.toml`). Normalised discounted "
        f"cumulative gain of the first ten hits; 1 is the best order there is.\n\n{judged}\n\n"
        f"## How fast\n\nOn a site of {count:,} documents of {WORDS} words from a vocabulary of {VOCABULARY:,}, as "
        "frequent as words are in a language. Whole requests over HTTP, one after the other, on the machine of the "
        f"server. Vectors are random there; the question's is computed.\n\n{speed}\n"
    )


if __name__ == "__main__":
    judge(keep="keep" in sys.argv)
