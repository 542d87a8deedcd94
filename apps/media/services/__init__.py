from apps.media.services import bulk, expiry, files, folders, importing, media, renditions, uses

__all__ = ["bulk", "expiry", "files", "folders", "importing", "media", "renditions", "uses"]
