"""Bringing a WordPress export into a site: authors are named; posts, pages, tags and media are made.

Each item has an origin (`wordpress:{host}:{id}`), so that a second run finds what the first one made and changes
nothing there; a page that an older importer made a post stays one.
"""

from apps.content.services.wordpress.run import run
from apps.content.services.wordpress.summary import Summary

__all__ = ["Summary", "run"]
