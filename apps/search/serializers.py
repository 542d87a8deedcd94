"""Shapes of searches. The public's are those that known clients saw, in that order of members."""

import datetime
from typing import Any

from rest_framework import serializers

from apps.core.filters import moment
from apps.core.query import NamesField, Query
from apps.core.serializers import JobOut
from apps.search.services.searching import DOC_TYPES, end_of
from apps.sites import locales

MODES = ["keyword", "semantic", "hybrid"]
LONGEST = 400
STATUSES = ["published", "changed", "scheduled", "draft"]


class MomentField(serializers.CharField):
    """A date or a date-time; a day alone is its first moment, with `end` the first one after it."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self.end = end
        super().__init__(required=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            found = moment(text)
            if self.end:
                return end_of(found.date()) if len(text) == 10 else found + datetime.timedelta(microseconds=1)
        except (ValueError, OverflowError) as error:
            raise serializers.ValidationError(str(error), code="date") from None
        return found


class LocaleField(serializers.CharField):
    def to_internal_value(self, data: Any) -> Any:
        try:
            return locales.canonical(super().to_internal_value(data))
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="locale") from None


class SearchQuery(Query):
    """What searches of the public and of people have in common."""

    q = serializers.CharField(
        max_length=LONGEST,
        default="",
        allow_blank=True,
        help_text='Words that must all be there, or where no document has all, some; `"a phrase"`, `-without`, '
        "`this or that`. The first 32 words count.",
    )
    mode = serializers.ChoiceField(
        choices=MODES,
        default="keyword",
        help_text="By words, by meaning (the 50 nearest), or both in one order. `hybrid` is `keyword` where nothing "
        "can be searched by meaning.",
    )
    page = serializers.IntegerField(
        default=1, min_value=1, max_value=1_000_000, help_text="From 1. The first 500 hits can be paged through."
    )
    size = serializers.IntegerField(default=10, min_value=1, max_value=100, help_text="Hits a page.")
    highlight = serializers.BooleanField(default=True, help_text="Whether fragments with `<mark>` are made.")
    doc_type = serializers.ChoiceField(
        choices=list(DOC_TYPES), default="", allow_blank=True, help_text="Hits of one kind only."
    )
    content_type = serializers.CharField(
        max_length=170, default="", allow_blank=True, help_text="Elements of one type, by its key."
    )
    tags = NamesField(
        most=20,
        longest=200,
        help_text="Tags separated by commas; hits that have all. A post has its keywords.",
    )
    category = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Elements whose `data.category` is this text."
    )
    date_from = MomentField(help_text="Changed at this time or later.")
    date_to = MomentField(end=True, help_text="Changed at this time or before; of a day, the whole day.")


class PublicSearchQuery(SearchQuery):
    published_only = serializers.CharField(
        max_length=20, required=False, allow_blank=True, help_text="Taken and of no effect: it is always so."
    )
    locale = LocaleField(
        default="",
        allow_blank=True,
        help_text="Prefers documents in this locale by the site's fallback chain, and leaves none out. Absent: each "
        "document in its own.",
    )


class SuggestQuery(Query):
    q = serializers.CharField(max_length=100, default="", allow_blank=True, help_text="What has been typed so far.")
    size = serializers.IntegerField(default=10, min_value=1, max_value=50)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=50, help_text="Another name for `size`.")
    locale = LocaleField(default="", allow_blank=True, help_text="Adds titles of translations into this locale.")


class TenantSearchQuery(SearchQuery):
    sites = NamesField(most=50, longest=63, default=list, help_text="Identifiers of sites; absent: all readable ones.")
    locales = NamesField(most=20, longest=35, help_text="Only documents in these locales.")


class HighlightOut(serializers.Serializer[Any]):
    """Fragments of 30 to 200 characters, escaped but for `<mark>`; only of members in which words were found."""

    title = serializers.ListField(child=serializers.CharField(), required=False)
    content = serializers.ListField(child=serializers.CharField(), required=False)


class HitOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    doc_type = serializers.ChoiceField(choices=list(DOC_TYPES))
    title = serializers.CharField(allow_blank=True)
    content = serializers.CharField(allow_blank=True, help_text="At most 20,000 characters.")
    description = serializers.CharField(allow_blank=True)
    keywords = serializers.CharField(allow_blank=True, help_text="Joined by commas.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    author_name = serializers.CharField(allow_null=True)
    score = serializers.FloatField(help_text="Comparable within one answer.")
    highlight = HighlightOut()
    filename = serializers.CharField(allow_null=True)
    media_type = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    content_type_identifier = serializers.CharField(allow_null=True, help_text="The type's bare key; of elements.")
    is_reference_match = serializers.BooleanField(help_text="Found in a document that this one refers to.")


class PublicSearchOut(serializers.Serializer[Any]):
    results = HitOut(many=True)
    total = serializers.IntegerField(help_text="Counted up to 10,000.")
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    took = serializers.IntegerField(help_text="Milliseconds.")


class SuggestionsOut(serializers.Serializer[Any]):
    suggestions = serializers.ListField(child=serializers.CharField())


class TenantHitOut(HitOut):
    site = serializers.CharField()
    locale = serializers.CharField()
    status = serializers.ChoiceField(
        choices=STATUSES, help_text="`changed`: published, with a draft beside, which is what is searched."
    )
    tags = serializers.ListField(child=serializers.CharField())


class FacetOut(serializers.Serializer[Any]):
    value = serializers.CharField()
    count = serializers.IntegerField()


class FacetsOut(serializers.Serializer[Any]):
    doc_type = FacetOut(many=True)
    content_type = FacetOut(many=True)
    tag = FacetOut(many=True, help_text="The fifty most frequent.")
    locale = FacetOut(many=True)
    site = FacetOut(many=True)
    status = FacetOut(many=True)
    month = FacetOut(many=True, help_text="In which they were changed, as `2026-04`.")


class TenantSearchOut(serializers.Serializer[Any]):
    items = TenantHitOut(many=True)
    total = serializers.IntegerField(help_text="Counted up to 10,000.")
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    has_next = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=MODES, help_text="How it was searched in the end.")
    notice = serializers.CharField(allow_blank=True, help_text="Why it was another mode than asked for.")
    facets = FacetsOut(help_text="Of all hits, not of the page.")
    took = serializers.IntegerField(help_text="Milliseconds.")


class StatsQuery(Query):
    site = serializers.CharField(max_length=63, default="", allow_blank=True, help_text="Of this site alone.")


class CountsOut(serializers.Serializer[Any]):
    live = serializers.IntegerField(help_text="Documents in a locale, as the public finds them.")
    working = serializers.IntegerField(help_text="The same as they are being worked on.")
    by_type = serializers.DictField(child=serializers.IntegerField())


class LagOut(serializers.Serializer[Any]):
    """From a change to the index, of the last day."""

    documents = serializers.IntegerField()
    p50_ms = serializers.IntegerField(allow_null=True)
    p95_ms = serializers.IntegerField(allow_null=True)
    last_indexed_at = serializers.DateTimeField(allow_null=True)


class SemanticOut(serializers.Serializer[Any]):
    available = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    embedded = serializers.IntegerField()
    waiting = serializers.IntegerField()


class SiteIndexOut(serializers.Serializer[Any]):
    site = serializers.CharField()
    generation = serializers.IntegerField(help_text="0: nothing has been indexed yet.")
    building = serializers.IntegerField(allow_null=True)
    built_at = serializers.DateTimeField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())


class AskedOut(serializers.Serializer[Any]):
    query = serializers.CharField()
    count = serializers.IntegerField()


class AskedMostOut(serializers.Serializer[Any]):
    top = AskedOut(many=True)
    empty = AskedOut(many=True, help_text="Those that found nothing.")


class SearchStatsOut(serializers.Serializer[Any]):
    documents = CountsOut()
    size_bytes = serializers.IntegerField(help_text="Of the tenant's index.")
    lag = LagOut()
    semantic = SemanticOut()
    sites = SiteIndexOut(many=True)
    queries = AskedMostOut(help_text="Of public searches in the last seven days.")


class ReindexOut(JobOut):
    """A job over one site or all of a tenant."""
