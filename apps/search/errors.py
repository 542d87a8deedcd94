"""Refusals of the search."""

from apps.core.refusal import Refusal


class SemanticUnavailable(Refusal):
    """The detail says what is missing."""

    code, status, title = "search.semantic.unavailable", 501, "This installation cannot search by meaning."


class ReindexRunning(Refusal):
    code, status, title = "search.reindex.running", 409, "The index of this site is being made anew already."
