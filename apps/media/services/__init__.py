from apps.media.services import bulk, expiry, files, folders, generating, importing, media, renditions, uses

__all__ = ["bulk", "expiry", "files", "folders", "generating", "importing", "media", "renditions", "uses"]
