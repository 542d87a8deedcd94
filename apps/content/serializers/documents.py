"""What the kinds of documents share in their bodies and query strings."""

import datetime
from typing import Any

from rest_framework import serializers

from apps.core.query import FilterField, PageQuery, Query
from apps.sites.serializers import LocaleField

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SORTS = ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"]


class TagsField(serializers.ListField):
    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Trimmed, each once, in the client's order."""
        return list(dict.fromkeys(super().to_internal_value(data)))


class MomentField(serializers.DateTimeField):
    """A time with its offset from UTC; without one nobody can say when it is."""

    default_error_messages = {"offset": "Say the time with its offset from UTC, as 2026-04-24T11:13:10Z."}

    def enforce_timezone(self, value: datetime.datetime) -> datetime.datetime:
        if value.tzinfo is None:
            self.fail("offset")
        try:
            return value.astimezone(datetime.UTC)
        except OverflowError:
            self.fail("overflow", timezone=value.tzinfo)


class Times(serializers.Serializer[Any]):
    """When a document becomes public and when it is taken back; found as `times` of the validated body."""

    publish_at = MomentField(
        required=False, allow_null=True, help_text="A time that has come means now; null cancels what was planned."
    )
    unpublish_at = MomentField(required=False, allow_null=True, help_text="When it is taken back by itself; null: not.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        times = {name: attrs.pop(name) for name in ("publish_at", "unpublish_at") if name in attrs}
        return attrs | {"times": times} if times else attrs


class TextPatch(Times):
    """What the bodies of posts and pages share."""

    published = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(
        choices=["draft", "published"], required=False, help_text="Another way to say `published`."
    )
    locale = LocaleField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        status = attrs.pop("status", None)
        if status is not None:
            attrs.setdefault("published", status == "published")
        return super().validate(attrs)


class PublishIn(Times):
    pass


class UnpublishIn(Times):
    publish_at = None


LOCALE_HELP = "Preferred by the site's fallback chain; it leaves no document out. Without it each comes in its own."


class LocaleQuery(Query):
    locale = LocaleField(default="", allow_blank=True, help_text=LOCALE_HELP)


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


class DeleteQuery(ForceQuery):
    purge = serializers.BooleanField(default=False, help_text="For good and at once, from the trash too.")
