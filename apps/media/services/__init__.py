from apps.media.services import expiry, files, media, uses

__all__ = ["expiry", "files", "media", "uses"]
