from django.urls import path

from apps.content.views import (
    ElementViewSet,
    PageViewSet,
    PostViewSet,
    PublicContentViewSet,
    PublicPageViewSet,
    TypeViewSet,
)

_COLLECTION = {"get": "list", "post": "create"}
_ITEM = {"get": "retrieve", "patch": "update", "delete": "destroy"}

public_urlpatterns = [
    path("public/<site:site>/elements", PublicContentViewSet.as_view({"get": "elements"})),
    path("public/<site:site>/elements/<id:element_id>", PublicContentViewSet.as_view({"get": "element"})),
    path("public/<site:site>/posts", PublicContentViewSet.as_view({"get": "posts"})),
    path("public/<site:site>/posts/<ref:post_ref>", PublicContentViewSet.as_view({"get": "post"})),
    path("public/<site:site>/pages", PublicPageViewSet.as_view({"get": "list"})),
    path("public/<site:site>/pages/<ref:page_ref>", PublicPageViewSet.as_view({"get": "retrieve"})),
    path("public/<site:site>/page", PublicPageViewSet.as_view({"get": "by_path"})),
    path("public/<site:site>/navigation", PublicPageViewSet.as_view({"get": "navigation"})),
    path("public/<site:site>/sitemap.xml", PublicPageViewSet.as_view({"get": "sitemap"})),
    path("public/<site:site>/feed.xml", PublicPageViewSet.as_view({"get": "rss"})),
    path("public/<site:site>/feed.json", PublicPageViewSet.as_view({"get": "json_feed"})),
]

urlpatterns = [
    path("<site:site>/contenttypes", TypeViewSet.as_view(_COLLECTION)),
    path("<site:site>/contenttypes/<id:type_id>", TypeViewSet.as_view(_ITEM)),
    path("<site:site>/elements", ElementViewSet.as_view(_COLLECTION)),
    path("<site:site>/elements/<id:element_id>", ElementViewSet.as_view(_ITEM)),
    path("<site:site>/posts", PostViewSet.as_view(_COLLECTION)),
    path("<site:site>/posts/<id:post_id>", PostViewSet.as_view(_ITEM)),
    path("<site:site>/pages", PageViewSet.as_view(_COLLECTION)),
    path("<site:site>/pages/tree", PageViewSet.as_view({"get": "tree"})),
    path("<site:site>/pages/<id:page_id>", PageViewSet.as_view(_ITEM)),
    path("<site:site>/pages/<id:page_id>/elements", PageViewSet.as_view({"put": "arrange"})),
    path("<site:site>/pages/<id:page_id>/move", PageViewSet.as_view({"post": "move"})),
    path("<site:site>/pages/<id:page_id>/publish", PageViewSet.as_view({"post": "publish"})),
    path("<site:site>/pages/<id:page_id>/unpublish", PageViewSet.as_view({"post": "unpublish"})),
]
