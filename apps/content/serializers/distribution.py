from typing import Any

from rest_framework import serializers

MOST_TARGETS = 2000


class TargetsIn(serializers.Serializer[Any]):
    sites = serializers.ListField(child=serializers.CharField(max_length=63), max_length=MOST_TARGETS, default=list)
    tenants = serializers.ListField(
        child=serializers.CharField(max_length=63),
        max_length=MOST_TARGETS,
        default=list,
        help_text="Every site of these tenants.",
    )


class DistributeIn(serializers.Serializer[Any]):
    source_site = serializers.CharField(max_length=63)
    type_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=200, default=list
    )
    identifiers = serializers.ListField(child=serializers.CharField(max_length=200), max_length=200, default=list)
    targets = TargetsIn()
    overwrite = serializers.BooleanField(default=False, help_text="Also what was changed where it was brought.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        targets = attrs.pop("targets")
        return attrs | {"to_sites": targets["sites"], "to_tenants": targets["tenants"]}


class BroughtTypeOut(serializers.Serializer[Any]):
    identifier = serializers.CharField(help_text="The bare key.")
    type_id = serializers.IntegerField()
    result = serializers.ChoiceField(choices=["created", "updated", "unchanged", "diverged"])


class DistributionTargetOut(serializers.Serializer[Any]):
    site = serializers.CharField()
    result = serializers.ChoiceField(choices=["done", "failed"])
    reason = serializers.CharField(allow_null=True)
    types = BroughtTypeOut(many=True)


class DistributionOut(serializers.Serializer[Any]):
    job_id = serializers.CharField(allow_null=True, help_text="The job that will have the results of many targets.")
    results = DistributionTargetOut(many=True)
