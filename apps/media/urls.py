from django.urls import path

from apps.media.views import MediaGenerationViewSet, MediaViewSet, PublicMediaViewSet, files

public_urlpatterns = [
    path("files/<path:path>", files),
    path("public/<site:site>/media/<id:media_id>", PublicMediaViewSet.as_view({"get": "document"})),
    path("public/<site:site>/media/<id:media_id>/view", PublicMediaViewSet.as_view({"get": "view"})),
]

urlpatterns = [
    path("<site:site>/media", MediaViewSet.as_view({"get": "list", "post": "upload"})),
    path("<site:site>/media/generate", MediaGenerationViewSet.as_view({"post": "image"})),
    path(
        "<site:site>/media/<id:media_id>",
        MediaViewSet.as_view({"get": "retrieve", "patch": "update", "delete": "destroy"}),
    ),
]
