"""Elements and posts as the public reads them."""

from typing import Any

from apps.content.models import PublicDocument
from apps.core import errors
from apps.core.delivery import Answer
from apps.sites.models import Site


def elements(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first, then highest id. The type may be given bare or with the site's prefix."""
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="element", original=True)
    tags = [f"site:{site.pk}:element"]
    if kind := query["type"]:
        bare = kind.removeprefix(f"{site.identifier}_")
        rows = rows.filter(type_key__in={kind, bare})
        tags = [f"site:{site.pk}:element:{key}" for key in {kind, bare}]
    return _array(rows, query, tags)


def posts(site: Site, query: dict[str, Any]) -> Answer:
    """A bare array, newest change first."""
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", original=True)
    return _array(rows, query, [f"site:{site.pk}:post"])


def element(site: Site, query: dict[str, Any], *, element_id: int) -> Answer:
    """One published element; 404 otherwise."""
    return _one(site, doc_type="element", doc_id=element_id, original=True)


def post(site: Site, query: dict[str, Any], *, post_ref: str) -> Answer:
    """One published post, by id or slug; the site's own locale wins where slugs are equal."""
    if post_ref.isdecimal() and len(post_ref) <= 18:
        try:
            return _one(site, doc_type="post", doc_id=int(post_ref), original=True)
        except errors.NotFound:
            pass  # a slug may consist of digits
    rows = PublicDocument.objects.filter(site_id=site.pk, doc_type="post", slug=post_ref)
    found = sorted(rows, key=lambda row: (row.locale != site.default_locale, row.locale))
    if not found:
        raise errors.NotFound
    # Which post a slug leads to may change with any post.
    return _answer(found[0], f"site:{site.pk}:post")


def tags_of(site_id: int | None, doc_type: str, doc_id: int, type_key: str = "") -> list[str]:
    """What is touched when a public document comes, changes or goes."""
    tags = [f"site:{site_id}:{doc_type}", f"site:{site_id}:{doc_type}#{doc_id}"]
    return [*tags, f"site:{site_id}:{doc_type}:{type_key}"] if type_key else tags


def _one(site: Site, *, doc_type: str, doc_id: int, **filters: object) -> Answer:
    row = PublicDocument.objects.filter(site_id=site.pk, doc_type=doc_type, doc_id=doc_id, **filters).first()
    if row is None:
        raise errors.NotFound
    return _answer(row, f"site:{site.pk}:{doc_type}#{doc_id}")


def _answer(row: PublicDocument, *tags: str) -> Answer:
    return Answer(row.body.encode(), tags, etag=row.etag, modified=row.updated_at)


def _array(rows: Any, query: dict[str, Any], tags: list[str]) -> Answer:
    wanted = rows.order_by("-updated_at", "-doc_id").values_list("body", flat=True)
    bodies = wanted[query["skip"] : query["skip"] + query["limit"]]
    return Answer(("[" + ",".join(bodies) + "]").encode(), tuple(tags))
