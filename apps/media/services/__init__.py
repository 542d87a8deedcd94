from apps.media.services import (
    bulk,
    direct,
    expiry,
    files,
    folders,
    generating,
    importing,
    media,
    renditions,
    speaking,
    uses,
)

__all__ = [
    "bulk",
    "direct",
    "expiry",
    "files",
    "folders",
    "generating",
    "importing",
    "media",
    "renditions",
    "speaking",
    "uses",
]
