from apps.media.services import expiry, files, generating, media, uses

__all__ = ["expiry", "files", "generating", "media", "uses"]
