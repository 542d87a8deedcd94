from apps.media.admin.folders import FolderAdmin
from apps.media.admin.media import MediaAdmin

__all__ = ["FolderAdmin", "MediaAdmin"]
