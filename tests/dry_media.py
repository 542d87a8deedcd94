"""What `test_dry_run` tries of media: the calls that can be tried without an effect, and those that cannot."""

from typing import Any

from apps.media.tests import factories as files

CASES: dict[str, Any] = {
    "media_update": lambda w: ("patch", f"/{w.site}/media/{w.media}", {"name": "Dry", "keywords": "a,b"}),
    "media_delete": lambda w: ("delete", f"/{w.site}/media/{w.media}?force=true", ""),
    "media_bulk": lambda w: (
        "post",
        f"/{w.site}/media/bulk",
        {"items": [{"action": "tag", "id": w.media, "add": "dry"}, {"action": "delete", "id": w.media, "force": True}]},
    ),
    "media_uploads_abort": lambda w: ("delete", f"/{w.site}/media/uploads/{w.upload}", ""),
    "folders_create": lambda w: ("post", f"/{w.site}/media/folders", {"name": "Dry", "parent_id": w.folder}),
    "folders_update": lambda w: ("patch", f"/{w.site}/media/folders/{w.folder}", {"name": "Dry"}),
    "folders_delete": lambda w: ("delete", f"/{w.site}/media/folders/{w.folder}?force=true", ""),
}

UNSUPPORTED: dict[str, Any] = {
    "media_uploads_create": lambda w: w.client.post(
        f"/{w.site}/media/uploads?dry_run=true", {"filename": "a.txt", "size": 9}
    ),
    "media_uploads_complete": lambda w: w.client.post(f"/{w.site}/media/uploads/{w.upload}/complete?dry_run=true", ""),
    "media_import": lambda w: w.client.post(
        f"/{w.site}/media/import?dry_run=true", {"url": "https://example.com/a.png"}
    ),
    "media_replace": lambda w: w.client.upload(
        f"/{w.site}/media/{w.media}/file?dry_run=true", {"file": files.file("a.png", files.picture())}, method="PUT"
    ),
    "media_upload": lambda w: w.client.upload(
        f"/{w.site}/media?dry_run=true", {"file": files.file("a.png", files.picture())}
    ),
    "media_generate_video": lambda w: w.client.post(
        f"/{w.site}/media/generate-video?dry_run=true", {"prompt": "A tree"}
    ),
    "media_edit": lambda w: w.client.post(
        f"/{w.site}/media/{w.media}/edit?dry_run=true", {"operations": [{"op": "grayscale"}]}
    ),
    "media_remove_background": lambda w: w.client.post(f"/{w.site}/media/{w.media}/remove-background?dry_run=true", {}),
    "media_upscale": lambda w: w.client.post(f"/{w.site}/media/{w.media}/upscale?dry_run=true", {}),
    "media_describe": lambda w: w.client.post(f"/{w.site}/media/{w.media}/metadata?dry_run=true", {}),
}
