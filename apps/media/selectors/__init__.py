"""Reading media and folders, scoped to the site."""

from apps.media.selectors.files import (
    filtered,
    generated,
    media_for,
    media_of,
    passing_paths,
    stored_bytes,
    twin_of,
    urls_of,
    users_of,
)
from apps.media.selectors.folders import (
    DEEPEST,
    above,
    below,
    counted,
    folder_for,
    folder_paths,
    folder_with_counts,
    folders_filtered,
    folders_of,
    give_paths,
    tree,
)
from apps.media.selectors.voices import (
    voices_for,
)

__all__ = [
    "DEEPEST",
    "above",
    "below",
    "counted",
    "filtered",
    "folder_for",
    "folder_paths",
    "folder_with_counts",
    "folders_filtered",
    "folders_of",
    "generated",
    "give_paths",
    "media_for",
    "media_of",
    "passing_paths",
    "stored_bytes",
    "tree",
    "twin_of",
    "urls_of",
    "users_of",
    "voices_for",
]
