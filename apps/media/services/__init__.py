from apps.media.services import bulk, direct, expiry, files, folders, importing, media, renditions, uses

__all__ = ["bulk", "direct", "expiry", "files", "folders", "importing", "media", "renditions", "uses"]
