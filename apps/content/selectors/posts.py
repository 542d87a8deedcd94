from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from apps.content.models import Post
from apps.content.selectors.documents import COLUMNS, document_for, documents_of, filtered_documents
from apps.core.actor import Actor
from apps.core.filters import Column, Holds
from apps.sites.models import Site

OWN: Mapping[str, Column] = {**COLUMNS, "keywords": Column("texts", "keywords")}


def posts_of(*, actor: Actor, site: Site) -> QuerySet[Post]:
    """Posts that are not in the trash, drafts included."""
    return documents_of("post", actor=actor, site=site)


def post_for(*, actor: Actor, site: Site, post_id: int, lock: bool = False) -> Post:
    found: Post = document_for("post", actor=actor, site=site, doc_id=post_id, lock=lock)
    return found


def filtered_posts(rows: QuerySet[Post], query: dict[str, Any]) -> QuerySet[Post]:
    if "keywords" in query:
        rows = rows.filter(keywords__contains=query["keywords"])
    if words := query.get("q"):
        found = Q(title__icontains=words) | Q(short_description__icontains=words) | Q(content__icontains=words)
        rows = rows.filter(found)
    for condition in query.get("filter", ()):
        if condition.member not in OWN:
            raise condition.refused("There is nothing of this name to filter by.", "unknown")
        rows = rows.filter(Holds(OWN[condition.member], condition))
    return filtered_documents(rows, query)
