from apps.media.services import files, media, uses

__all__ = ["files", "media", "uses"]
