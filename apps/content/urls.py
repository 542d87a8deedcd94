from django.urls import path

from apps.content.views import DistributionViewSet, ElementViewSet, PostViewSet, PublicContentViewSet, TypeViewSet

_COLLECTION = {"get": "list", "post": "create"}
_ITEM = {"get": "retrieve", "patch": "update", "delete": "destroy"}

public_urlpatterns = [
    path("public/<site:site>/elements", PublicContentViewSet.as_view({"get": "elements"})),
    path("public/<site:site>/elements/<id:element_id>", PublicContentViewSet.as_view({"get": "element"})),
    path("public/<site:site>/posts", PublicContentViewSet.as_view({"get": "posts"})),
    path("public/<site:site>/posts/<ref:post_ref>", PublicContentViewSet.as_view({"get": "post"})),
]

platform_urlpatterns = [
    path("admin/content-types/distribute", DistributionViewSet.as_view({"post": "distribute"})),
]

urlpatterns = [
    path("<site:site>/contenttypes", TypeViewSet.as_view(_COLLECTION)),
    path("<site:site>/contenttypes/dependencies", TypeViewSet.as_view({"get": "graph"})),
    path("<site:site>/contenttypes/<id:type_id>", TypeViewSet.as_view(_ITEM)),
    path("<site:site>/contenttypes/<id:type_id>/dependencies", TypeViewSet.as_view({"get": "dependencies"})),
    path("<site:site>/contenttypes/<id:type_id>/duplicate", TypeViewSet.as_view({"post": "duplicate"})),
    path("<site:site>/contenttypes/<id:type_id>/impact", TypeViewSet.as_view({"post": "impact"})),
    path("<site:site>/contenttypes/<id:type_id>/versions", TypeViewSet.as_view({"get": "versions"})),
    path("<site:site>/elements", ElementViewSet.as_view(_COLLECTION)),
    path("<site:site>/elements/<id:element_id>", ElementViewSet.as_view(_ITEM)),
    path("<site:site>/posts", PostViewSet.as_view(_COLLECTION)),
    path("<site:site>/posts/<id:post_id>", PostViewSet.as_view(_ITEM)),
]
