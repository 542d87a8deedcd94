"""Judging a file by its bytes: what it is, and whether it may come in. Names and claims of clients count for nothing."""

from apps.media.inspection.inspect import Inspected, inspect

__all__ = ["Inspected", "inspect"]
