"""What is measured on: one element made through the API, and copies of all its rows made by the database."""

import json
import secrets
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

import psycopg

from cognitor.bench.programs import Facts

WORDS = ("harbour", "tide", "lantern", "gull", "anchor", "rope", "net", "salt", "wind", "mast", "chart", "quay")
TEXT = 3_072


@dataclass(frozen=True)
class Filled:
    """Where to ask: the site, ids of elements from `first` to `last`, the type and a token that may write."""

    site: str
    type_id: int
    first: int
    last: int
    token: str


class Api:
    def __init__(self, base_url: str) -> None:
        self.base_url, self.token = base_url, ""

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json", **(headers or {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.base_url + path, data, headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None


def text(length: int = TEXT) -> str:
    words: list[str] = []
    while len(" ".join(words)) < length:
        words.append(secrets.choice(WORDS))
    return " ".join(words)[:length]


def fill(facts: Facts, count: int) -> Filled:
    """One media, one post, one type, one element that refers to both; then `count` of it in all."""
    api = Api(facts["base_url"])
    login = {"grant_type": "password", "username": facts["email"], "password": facts["password"]}
    api.token = api.send("POST", "/auth/login", login)["access_token"]
    site = f"bench-{secrets.token_hex(3)}"
    api.send("POST", "/sites", {"identifier": site, "name": "Bench"})
    post = api.send("POST", f"/{site}/posts", {"title": "A story", "content": text(300), "published": True})
    media = _upload(api, site)
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "body": {"type": "string"},
            "story": {"type": "integer", "format": "post_id"},
            "cover": {"type": "integer", "format": "media_id"},
        },
        "required": ["title"],
    }
    kind = api.send("POST", f"/{site}/contenttypes", {"name": "Article", "identifier": "article", "schema": schema})
    data = {"title": "Article", "body": text(), "story": post["id"], "cover": media["id"]}
    element = api.send("POST", f"/{site}/elements", {"type_id": kind["id"], "data": data, "published": True})
    settled(facts)  # the post's publishing would otherwise freeze all that has come to refer to it
    with psycopg.connect(facts["database_url"], autocommit=True) as database:
        row = database.execute(
            "SELECT t.schema_name FROM sites_site s JOIN sites_tenant t ON t.id = s.tenant_id WHERE s.identifier = %s",
            [site],
        ).fetchone()
        assert row  # noqa: S101
        last = _copy(database, row[0], element["id"], count - 1)
    return Filled(site, kind["id"], element["id"], last, api.token)


def settled(facts: Facts) -> None:
    """Returns when the worker has no event and no job left: what it touches makes answers old."""
    waiting = "SELECT EXISTS (SELECT FROM core_event WHERE dispatched_at IS NULL)"
    waiting += " OR EXISTS (SELECT FROM core_job WHERE state IN ('queued', 'running'))"
    with psycopg.connect(facts["database_url"], autocommit=True) as database:
        while database.execute(waiting).fetchone() != (False,):
            time.sleep(0.2)


def _upload(api: Api, site: str) -> Any:
    line = secrets.token_hex(8)
    # The smallest GIF there is.
    gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    gif += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    body = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="dot.gif"\r\n'.encode()
    body += b"Content-Type: image/gif\r\n\r\n" + gif + f"\r\n--{line}--\r\n".encode()
    return api.send("POST", f"/{site}/media", body, {"Content-Type": f"multipart/form-data; boundary={line}"})


def _copy(database: Any, schema: str, element: int, copies: int) -> int:
    """Copies the element's rows in every table that has some, each with its own id and time; the last id."""
    database.execute(f"SET search_path = {schema}, public, extensions")
    columns = {
        table: [
            name
            for (name,) in database.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s "
                "AND is_generated = 'NEVER' AND column_name <> 'id' ORDER BY ordinal_position",
                [schema, table],
            ).fetchall()
        ]
        for table in ("content_element", "content_version", "content_reference", "content_publicdocument")
    }

    def insert(table: str, changed: dict[str, str], rows: str) -> None:
        names = columns[table]
        chosen = ", ".join(changed.get(name, f"o.{name}") for name in names)
        database.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} o, {rows}")

    earlier = f"o.updated_at - ({copies} - n + 1) * interval '1 millisecond'"
    insert(
        "content_element",
        {"uid": "gen_random_uuid()", "updated_at": earlier},
        f"generate_series(1, {copies}) n WHERE o.id = {element}",
    )
    made = f"content_element e WHERE e.type_id = (SELECT type_id FROM content_element WHERE id = {element})"
    made += f" AND e.id <> {element} AND o.doc_type = 'element' AND o.doc_id = {element}"
    insert("content_version", {"doc_id": "e.id"}, made)
    insert("content_reference", {"doc_id": "e.id"}, made)
    body = f"replace(o.body, '{{\"id\":{element},', '{{\"id\":' || e.id || ',')"
    insert(
        "content_publicdocument",
        {"doc_id": "e.id", "body": body, "etag": f"left(md5({body}), 20)", "updated_at": "e.updated_at"},
        made,
    )
    database.execute(
        "INSERT INTO sites_elementsite (element_id, site_id) SELECT id, site_id FROM content_element "
        "ON CONFLICT DO NOTHING"
    )
    for table in columns:
        database.execute(f"VACUUM ANALYZE {table}")  # as autovacuum does after some minutes
    return int(database.execute("SELECT max(id) FROM content_element").fetchone()[0])
