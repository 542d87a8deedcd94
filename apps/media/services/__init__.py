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
    "uses",
]
