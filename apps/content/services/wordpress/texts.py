"""What posts and pages have in common: their standing, text, slug and author."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.models import Membership, normal
from apps.content.models import Imported
from apps.content.selectors import free_slug
from apps.content.services import posts, slugs
from apps.content.services.wordpress.files import Files
from apps.content.services.wordpress.summary import Summary, called, made_before, origin_of
from apps.content.slugs import clean_slug
from apps.content.wordpress.markup import plain_excerpt, replace_galleries, to_markdown
from apps.content.wordpress.media_urls import rewrite_urls
from apps.content.wordpress.records import Export, Item
from apps.content.wordpress.statuses import Outcome, outcome_for
from apps.core.actor import Actor
from apps.sites.models import Site

MAX_KEYWORDS = 100


@dataclass(frozen=True, slots=True)
class Import:
    """One run: into which site, by whom, out of what; `people` are members by their login at WordPress."""

    actor: Actor
    site: Site
    export: Export
    files: Files
    people: dict[str, int]
    summary: Summary

    def awaited(self, item: Item) -> Outcome | None:
        """What is to become of the item; None, and told, when nothing is or an earlier run did it."""
        outcome = outcome_for(item)
        if outcome.status == "skipped":
            self.summary.skipped.append((called(item), outcome.reason))
        elif made_before(self.site, origin_of(self.export, item.wp_id)):
            self.summary.unchanged[item.kind] += 1
        else:
            return outcome
        return None

    def text(self, item: Item) -> str:
        """Its content as Markdown, with the addresses that its files have now."""
        markdown = replace_galleries(to_markdown(item.content_html), lambda ids: self.files.gallery(item, ids))
        return rewrite_urls(markdown, self.files.moved)

    def members(self, item: Item, outcome: Outcome) -> dict[str, Any]:
        """What services are told of a post and of a page alike. A slug that is taken gets a number, and is noted."""
        wanted = clean_slug(item.slug or item.title, f"{item.kind}-{item.wp_id}")
        slug = free_slug(self.site.pk, item.kind, self.site.default_locale, wanted)
        if item.slug and slug != wanted:
            self.summary.notes.append((called(item), f"Its slug “{wanted}” was taken; it is “{slug}” here."))
        return {
            "title": (item.title or f"Untitled {item.kind} {item.wp_id}")[:500],
            "slug": slug,
            "created_at": item.published_at or item.modified_at,
            "author_id": self.people.get(item.author_login),
            **self.public(item, outcome),
        }

    def public(self, item: Item, outcome: Outcome) -> dict[str, Any]:
        times = {"publish_at": item.published_at} if outcome.status == "scheduled" else None
        return {"published": outcome.status == "published", "times": times}

    def keep(self, item: Item, outcome: Outcome, document: Any) -> None:
        """Notes what the item has become. The slug that it had before at WordPress leads there too, if it is free."""
        origin = origin_of(self.export, item.wp_id)
        Imported.objects.create(site=self.site, origin=origin, doc_type=document.doc_type, doc_id=document.pk)
        if before := clean_slug(item.meta.get("_wp_old_slug", ""), ""):
            slugs.remember(document, before)
        self.summary.imported[item.kind] += 1
        if outcome.reason:
            self.summary.notes.append((called(item), outcome.reason))


def bring_post(run: Import, item: Item) -> None:
    """Makes a post; its categories and tags are its keywords."""
    outcome = run.awaited(item)
    if outcome is None:
        return
    keywords = [name for kind, _, name in item.terms if kind in ("tag", "category") and name != "Uncategorized"]
    post = posts.create(
        actor=run.actor,
        site=run.site,
        content=run.text(item),
        short_description=plain_excerpt(item.excerpt_html) or None,
        keywords=[keyword[:200] for keyword in dict.fromkeys(keywords)][:MAX_KEYWORDS] or None,
        **run.members(item, outcome),
    )
    run.keep(item, outcome, post)


def people_of(site: Site, export: Export, summary: Summary) -> dict[str, int]:
    """Members of the tenant by the login under which WordPress knew them; an e-mail address says who is who.

    Nobody is made a member by an import: who has no account here is noted, and their posts have no author.
    """
    emails = {author.login: normal(author.email) for author in export.authors if author.email}
    rows = Membership.objects.filter(tenant_id=site.tenant_id, user__email__in=set(emails.values()))
    members = dict(rows.values_list("user__email", "user_id"))
    for author in export.authors:
        if emails.get(author.login) not in members:
            summary.notes.append((f"author {author.name}", "Nobody with this address is a member here."))
    return {login: members[email] for login, email in emails.items() if email in members}
