from django.urls import path

from apps.content.views import ElementViewSet, IndexViewSet, PostViewSet, PublicContentViewSet, TypeViewSet

_COLLECTION = {"get": "list", "post": "create"}
_ITEM = {"get": "retrieve", "patch": "update", "delete": "destroy"}

public_urlpatterns = [
    path("public/<site:site>/elements", PublicContentViewSet.as_view({"get": "elements"})),
    path("public/<site:site>/elements/<id:element_id>", PublicContentViewSet.as_view({"get": "element"})),
    path("public/<site:site>/posts", PublicContentViewSet.as_view({"get": "posts"})),
    path("public/<site:site>/posts/<ref:post_ref>", PublicContentViewSet.as_view({"get": "post"})),
]

urlpatterns = [
    path("<site:site>/contenttypes", TypeViewSet.as_view(_COLLECTION)),
    path("<site:site>/contenttypes/<id:type_id>", TypeViewSet.as_view(_ITEM)),
    path("<site:site>/contenttypes/<id:type_id>/indexes", IndexViewSet.as_view({"get": "list"})),
    path("<site:site>/elements", ElementViewSet.as_view(_COLLECTION)),
    path("<site:site>/elements/<id:element_id>", ElementViewSet.as_view(_ITEM)),
    path("<site:site>/posts", PostViewSet.as_view(_COLLECTION)),
    path("<site:site>/posts/<id:post_id>", PostViewSet.as_view(_ITEM)),
]
