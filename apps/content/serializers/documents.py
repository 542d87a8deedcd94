"""What the kinds of documents share in their bodies and query strings."""

from typing import Any

from rest_framework import serializers

from apps.core.query import Query
from apps.sites.serializers import LocaleField

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SORTS = ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"]


class TagsField(serializers.ListField):
    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)


LOCALE_HELP = "Preferred by the site's fallback chain; it leaves no document out. Without it each comes in its own."


class LocaleQuery(Query):
    locale = LocaleField(default="", allow_blank=True, help_text=LOCALE_HELP)


class DraftQuery(Query):
    draft = serializers.BooleanField(default=False, help_text="Keep the public version; the change stands beside it.")


class ForceQuery(Query):
    force = serializers.BooleanField(default=False, help_text="Delete although others refer to it.")
