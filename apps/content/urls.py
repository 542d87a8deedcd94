from django.urls import URLPattern, path

from apps.content.views import (
    DistributionViewSet,
    ElementLifeViewSet,
    ElementViewSet,
    IndexViewSet,
    LocaleViewSet,
    PageLifeViewSet,
    PageViewSet,
    PostLifeViewSet,
    PostViewSet,
    PublicContentViewSet,
    PublicPageViewSet,
    SpeechViewSet,
    TranslationViewSet,
    TrashViewSet,
    TypeViewSet,
)
from apps.sites.viewsets import SiteViewSet

_COLLECTION = {"get": "list", "post": "create"}
_TRANSLATION = "<site:site>/translations/<ref:doc_type>/<id:doc_id>/<locale:locale>"
_ITEM = {"get": "retrieve", "patch": "update", "delete": "destroy"}


def _life(item: str, view: type[SiteViewSet]) -> list[URLPattern]:
    """The paths of what all kinds of documents can, below that of one document."""
    return [
        path(f"{item}/publish", view.as_view({"post": "publish"})),
        path(f"{item}/unpublish", view.as_view({"post": "unpublish"})),
        path(f"{item}/versions", view.as_view({"get": "versions"})),
        path(f"{item}/versions/<id:version>", view.as_view({"get": "version"})),
        path(f"{item}/versions/<id:version>/restore", view.as_view({"post": "restore"})),
        path(f"{item}/references", view.as_view({"get": "references"})),
    ]


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
    path("<site:site>/contenttypes/<id:type_id>/indexes", IndexViewSet.as_view({"get": "list"})),
    path("<site:site>/elements", ElementViewSet.as_view(_COLLECTION)),
    path("<site:site>/elements/bulk", ElementViewSet.as_view({"post": "bulk"})),
    path("<site:site>/elements/<id:element_id>", ElementViewSet.as_view(_ITEM)),
    *_life("<site:site>/elements/<id:element_id>", ElementLifeViewSet),
    path("<site:site>/posts", PostViewSet.as_view(_COLLECTION)),
    path("<site:site>/posts/bulk", PostViewSet.as_view({"post": "bulk"})),
    path("<site:site>/posts/slug/<ref:slug>", PostViewSet.as_view({"get": "by_slug"})),
    path("<site:site>/posts/<id:post_id>", PostViewSet.as_view(_ITEM)),
    *_life("<site:site>/posts/<id:post_id>", PostLifeViewSet),
    path("<site:site>/pages", PageViewSet.as_view(_COLLECTION)),
    path("<site:site>/pages/tree", PageViewSet.as_view({"get": "tree"})),
    path("<site:site>/pages/<id:page_id>", PageViewSet.as_view(_ITEM)),
    path("<site:site>/pages/<id:page_id>/elements", PageViewSet.as_view({"put": "arrange"})),
    path("<site:site>/pages/<id:page_id>/move", PageViewSet.as_view({"post": "move"})),
    *_life("<site:site>/pages/<id:page_id>", PageLifeViewSet),
    path("<site:site>/trash", TrashViewSet.as_view({"get": "list"})),
    path("<site:site>/trash/<ref:doc_type>/<id:doc_id>/restore", TrashViewSet.as_view({"post": "restore"})),
    path("<site:site>/trash/<ref:doc_type>/<id:doc_id>", TrashViewSet.as_view({"delete": "purge"})),
    path("<site:site>/locales", LocaleViewSet.as_view({"get": "retrieve", "put": "update"})),
    path("<site:site>/translations/status", TranslationViewSet.as_view({"get": "status"})),
    path("<site:site>/translations/<ref:doc_type>/<id:doc_id>", TranslationViewSet.as_view({"get": "list"})),
    path(
        "<site:site>/translations/<ref:doc_type>/<id:doc_id>/generate",
        TranslationViewSet.as_view({"post": "generate"}),
    ),
    path("<site:site>/media/tts", SpeechViewSet.as_view({"post": "speak"})),
    path(_TRANSLATION, TranslationViewSet.as_view({"get": "retrieve", "put": "put", "delete": "destroy"})),
    path(f"{_TRANSLATION}/publish", TranslationViewSet.as_view({"post": "publish"})),
    path(f"{_TRANSLATION}/unpublish", TranslationViewSet.as_view({"post": "unpublish"})),
]
