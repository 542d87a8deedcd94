from typing import Any

from django.db.models import QuerySet

from apps.content.models import Post
from apps.content.selectors.documents import document_for, documents_of, published_or_not
from apps.core.actor import Actor
from apps.sites.models import Site


def posts_of(*, actor: Actor, site: Site) -> QuerySet[Post]:
    """Posts that are not in the trash, drafts included."""
    return documents_of("post", actor=actor, site=site)


def post_for(*, actor: Actor, site: Site, post_id: int, lock: bool = False) -> Post:
    found: Post = document_for("post", actor=actor, site=site, doc_id=post_id, lock=lock)
    return found


def filtered_posts(rows: QuerySet[Post], query: dict[str, Any]) -> QuerySet[Post]:
    return published_or_not(rows, query)
