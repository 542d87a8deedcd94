"""What the kinds of documents share in their bodies and query strings."""

from typing import Any

from rest_framework import serializers

from apps.core.query import FilterField, PageQuery, Query

LOCALE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SORTS = ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"]


class TagsField(serializers.ListField):
    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)


class DocumentQuery(PageQuery):
    """What lists of any kind of document may be asked."""

    published = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(choices=["draft", "scheduled", "published"], required=False)
    has_draft = serializers.BooleanField(required=False, help_text="A change stands beside the published version.")
    author_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    q = serializers.CharField(max_length=200, required=False, help_text="Words in its text, whatever their case.")
    filter = FilterField(
        help_text="`filter[created_at][gte]=2026-01-01`: conditions on `id`, `author_id`, `created_at`, `updated_at`, "
        "`published_at` and (of posts) `keywords`, up to 20, all of which hold. Operators: `eq` (may be left out), "
        "`ne`, `gt`, `gte`, `lt`, `lte`, `in` and `nin` (values separated by commas, up to 100), `contains` (an item "
        "of a list), `null` (`true` or `false`)."
    )


class DraftQuery(Query):
    draft = serializers.BooleanField(default=False, help_text="Keep the public version; the change stands beside it.")


class ForceQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although others refer to it.")
