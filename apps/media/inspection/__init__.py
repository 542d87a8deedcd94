"""Judging a file by its bytes: what it is, and whether it may come in. What clients claim counts for nothing."""

from apps.media.inspection.inspect import Inspected, inspect

__all__ = ["Inspected", "inspect"]
