"""What a WordPress item becomes here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .records import Item

Status = Literal["published", "scheduled", "draft", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is empty when the item keeps the standing it had, otherwise a sentence for the import's summary."""

    status: Status
    reason: str = ""


OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        "publish": Outcome("published"),
        "future": Outcome("scheduled"),
        "draft": Outcome("draft"),
        "pending": Outcome("draft", "It waited for review."),
        "private": Outcome("draft", "It was private: publishing it would disclose it."),
        "trash": Outcome("skipped", "It was in the trash."),
        "auto-draft": Outcome("skipped", "It was an automatic draft that nobody saved."),
        "inherit": Outcome("skipped", "It is an attachment or a revision, not a post."),
    }
)
"""WordPress's own statuses (`get_post_stati`). The rule: what was public stays public, nothing else becomes so."""

PROTECTED = Outcome("draft", "It was password-protected: publishing it would disclose it.")
UNDATED = Outcome("draft", "It was scheduled without a date.")


def outcome_for(item: Item) -> Outcome:
    """What becomes of a post or page; attachments are not asked about. A scheduled one goes out at `published_at`.

    A status that a plugin invented becomes a draft, since nobody can know whether it was public.
    """
    outcome = OUTCOMES.get(item.status) or Outcome("draft", f"Its status “{item.status}” is not WordPress's own.")
    if outcome.status == "skipped":
        return outcome
    if item.password:
        return PROTECTED
    if outcome.status == "scheduled" and item.published_at is None:
        return UNDATED
    return outcome
