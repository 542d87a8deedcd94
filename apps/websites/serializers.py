from typing import Any

from rest_framework import serializers

from apps.core import errors
from apps.core.query import PageQuery, Query
from apps.sites import settings as sites
from apps.sites.serializers import LocaleField
from apps.websites import previews
from apps.websites.brief import DESIGNS, MOST_LOCALES, MOST_PICTURES, MOST_POSTS, SECTIONS, USUAL, Brief, suited
from apps.websites.models import Website


class PicturesField(serializers.IntegerField):
    """How many; true for as many as there are places, false for none."""

    def to_internal_value(self, data: Any) -> int:
        return super().to_internal_value({True: MOST_PICTURES, False: 0}[data] if isinstance(data, bool) else data)


class ColoursIn(serializers.Serializer[Any]):
    primary = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", required=False)
    accent = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", required=False)


class BriefIn(serializers.Serializer[Any]):
    """What the website is for, and what shall be made of it."""

    name = serializers.CharField(max_length=80)
    purpose = serializers.CharField(max_length=2_000, help_text="A few sentences; the first may become the headline.")
    audience = serializers.CharField(max_length=300, default="", allow_blank=True)
    tone = serializers.CharField(max_length=100, default="", allow_blank=True)
    sections = serializers.ListField(
        child=serializers.ChoiceField(choices=list(SECTIONS)),
        min_length=1,
        max_length=len(SECTIONS),
        default=list(USUAL),
    )
    locales = serializers.ListField(
        child=LocaleField(),
        max_length=MOST_LOCALES,
        default=list,
        help_text="Of the site. Texts are written in the first, by default the site's own, and translated into others.",
    )
    design = serializers.ChoiceField(
        choices=["auto", *DESIGNS], default="auto", help_text="`auto` chooses by the brief's words."
    )
    colours = ColoursIn(default=dict, help_text="Made darker or lighter where text would be hard to read.")
    pictures = PicturesField(
        min_value=0,
        max_value=MOST_PICTURES,
        default=MOST_PICTURES,
        help_text="How many at most; true for all, false for none.",
    )
    posts = serializers.IntegerField(min_value=0, max_value=MOST_POSTS, default=3)
    model = serializers.CharField(max_length=120, default="", allow_blank=True, help_text="For the texts.")
    image_model = serializers.CharField(max_length=120, default="", allow_blank=True)
    sync_mode = serializers.BooleanField(default=False, help_text="Wait for the result; 202 when it takes too long.")
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    quote = serializers.CharField(max_length=4_000, required=False, help_text="Of `POST /credits/quote`.")


def brief_of(site: Any, valid: dict[str, Any]) -> Brief:
    """The brief in a body; 400 for a locale that the site does not have."""
    offered = [site.default_locale, *sites.locales(site)]
    for at, locale in enumerate(valid["locales"]):
        if locale not in offered:
            fault = {"field": f"locales.{at}", "message": "The site does not have this locale.", "code": "unknown"}
            raise errors.Invalid(errors=[fault])
    wanted = set(valid["sections"]) - ({"blog"} if not valid["posts"] else set())
    said = {name: " ".join(valid[name].split()) for name in ("name", "audience", "tone")}
    design = valid["design"]
    if design == "auto":
        design = suited(valid["purpose"], said["tone"], said["audience"], said["name"])
    return Brief(
        **said,
        purpose=valid["purpose"].strip(),
        sections=tuple(name for name in SECTIONS if name in wanted),
        locales=tuple(dict.fromkeys(valid["locales"] or [site.default_locale])),
        design=design,
        colours={name: value.lower() for name, value in valid["colours"].items()},
        pictures=valid["pictures"],
        posts=valid["posts"],
        seed=valid.get("seed"),
    )


class StepOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=["waiting", "working", "done", "failed"])
    done = serializers.IntegerField()
    total = serializers.IntegerField()


class MadeOut(serializers.Serializer[Any]):
    doc_type = serializers.CharField(help_text="`page`, `post`, `element` or `media`.")
    id = serializers.IntegerField()


class WebsiteOut(serializers.ModelSerializer[Website]):
    state = serializers.ChoiceField(choices=Website.State.choices)
    brief = serializers.JSONField()
    steps = StepOut(many=True, help_text="The last five are done together, with the delivery.")
    progress = serializers.SerializerMethodField(help_text="0 to 1, of its steps.")
    documents = serializers.SerializerMethodField(help_text="What was made, pages from the top down.")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What to know of how it came about.")
    job_id = serializers.UUIDField(help_text="See `GET /{site}/generation/jobs/{id}`.", allow_null=True)
    page_id = serializers.IntegerField(allow_null=True, help_text="The page below which all others stand.")
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    preview_url = serializers.SerializerMethodField(help_text="Good until the end of tomorrow; null without drafts.")

    class Meta:
        model = Website
        fields = (
            "id",
            "name",
            "state",
            "design",
            "brief",
            "steps",
            "progress",
            "notes",
            "page_id",
            "documents",
            "preview_url",
            "job_id",
            "created_by",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_progress(self, website: Website) -> float:
        total = sum(step["total"] for step in website.steps) or 1
        return round(sum(step["done"] for step in website.steps) / total, 3)

    def get_documents(self, website: Website) -> list[dict[str, Any]]:
        return [{"doc_type": kind, "id": id} for kind, id in website.documents]

    def get_preview_url(self, website: Website) -> str | None:
        if website.state not in (Website.State.DRAFT, Website.State.PUBLISHED):
            return None
        return previews.preview_of(website, website.site.tenant_id).url


class WebsiteQuery(PageQuery):
    state = serializers.ChoiceField(choices=Website.State.choices, required=False)


class PreviewQuery(Query):
    hours = serializers.IntegerField(min_value=1, max_value=24 * 7, default=24)


class WebsitePreviewOut(serializers.Serializer[previews.Preview]):
    url = serializers.CharField(help_text="Whoever has it sees the drafts.")
    expires_at = serializers.DateTimeField()


class WebsitePartOut(serializers.Serializer[Any]):
    doc_type = serializers.CharField()
    id = serializers.IntegerField()
    status = serializers.IntegerField(help_text="That the document's own operation would have answered.")
    error = serializers.JSONField(allow_null=True, help_text="A problem when it was refused.")


class WebsiteOutcomeOut(serializers.Serializer[Any]):
    """The website, and what became of each of its documents."""

    website = WebsiteOut()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    documents = WebsitePartOut(many=True)
