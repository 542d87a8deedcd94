import datetime
from typing import Any

from rest_framework import serializers

from apps.billing.models import Entry, Kind, Transaction
from apps.core.cursors import CursorQuery
from apps.core.query import Query
from apps.sites.serializers import Exact


class EntryOut(serializers.ModelSerializer[Entry]):
    lot_id = serializers.IntegerField(help_text="Credits that came together; the entries of each sum to zero.")

    class Meta:
        model = Entry
        fields = ("account", "amount", "lot_id")
        read_only_fields = fields


class TransactionOut(serializers.ModelSerializer[Transaction]):
    """`amount` is what it is about, `change` by how much more or less the tenant owns."""

    kind = serializers.ChoiceField(choices=Kind.values)
    hold_id = serializers.IntegerField(allow_null=True)
    reverses_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Transaction
        fields = (
            *("id", "kind", "amount", "change", "reference", "note"),
            *("operation", "model", "site_id", "agent", "run"),
            *("actor_kind", "actor_id", "actor_label"),
            *("hold_id", "reverses_id", "created_at"),
        )
        read_only_fields = fields


class TransactionWithEntriesOut(TransactionOut):
    reversal_id = serializers.SerializerMethodField(help_text="The counter-entry, if there is one.")
    entries = EntryOut(many=True)

    class Meta(TransactionOut.Meta):
        fields = (*TransactionOut.Meta.fields, "reversal_id", "entries")
        read_only_fields = fields

    def get_reversal_id(self, row: Transaction) -> int | None:
        reversal: Transaction | None = getattr(row, "reversal", None)
        return reversal.pk if reversal else None


class DayField(serializers.DateField):
    """A day of this time: far ones cannot be counted from."""

    def to_internal_value(self, data: Any) -> datetime.date:
        day = super().to_internal_value(data)
        if not 2000 <= day.year < 2200:
            raise serializers.ValidationError("It is a day from 2000 to 2199.", code="range")
        return day


class Filters(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Kind.values, required=False)
    site_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    agent = serializers.CharField(required=False, max_length=60)
    run = serializers.CharField(required=False, max_length=60)
    model = serializers.CharField(required=False, max_length=120)
    operation = serializers.CharField(required=False, max_length=60)
    date_from = DayField(required=False, help_text="The first day, of UTC.")
    date_to = DayField(required=False, help_text="The last day, of UTC.")


class TransactionQuery(Filters, CursorQuery):
    pass


class ExportQuery(Filters, Query):
    pass


class SummaryQuery(Filters, Query):
    by = serializers.ChoiceField(choices=["day", "kind", "site", "agent", "model", "operation"], default="day")


class SummaryItemOut(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True, help_text="A day, or what it is grouped by; empty for none.")
    transactions = serializers.IntegerField()
    credited = serializers.IntegerField()
    debited = serializers.IntegerField()


class SummaryOut(serializers.Serializer[Any]):
    by = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    items = SummaryItemOut(many=True, help_text="At most 500 groups.")


class ReverseIn(Exact):
    reason = serializers.CharField(max_length=500)
