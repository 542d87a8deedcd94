from django.urls import path

from apps.websites.views import WebsiteViewSet, preview

public_urlpatterns = [
    path("websites/preview/<str:token>", preview),
    path("websites/preview/<str:token>/<path:path>", preview),
]

urlpatterns = [
    path("<site:site>/websites", WebsiteViewSet.as_view({"get": "list"})),
    path("<site:site>/websites/generate", WebsiteViewSet.as_view({"post": "generate"})),
    path("<site:site>/websites/<id:website_id>", WebsiteViewSet.as_view({"get": "retrieve"})),
    path("<site:site>/websites/<id:website_id>/preview", WebsiteViewSet.as_view({"get": "preview"})),
    path("<site:site>/websites/<id:website_id>/publish", WebsiteViewSet.as_view({"post": "publish"})),
    path("<site:site>/websites/<id:website_id>/discard", WebsiteViewSet.as_view({"post": "discard"})),
]
