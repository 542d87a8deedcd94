from typing import Any

from rest_framework import serializers

from apps.core.models import Job


class RootOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.CharField()
    links = serializers.DictField(child=serializers.CharField(), help_text="Addresses by what is found there.")


class HealthOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok"])


class PartOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "down"])
    ms = serializers.FloatField(help_text="How long the answer took.")


class ReadyOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok", "degraded"], help_text="`degraded`: serving, without the cache.")
    database = PartOut()
    broker = PartOut()
    storage = PartOut()
    cache = PartOut()


class JobOut(serializers.ModelSerializer[Job]):
    progress = serializers.SerializerMethodField(help_text="0 to 1; null while the total is unknown.")
    result = serializers.JSONField(help_text="Of the kind's own shape; null until the job has succeeded.")
    error = serializers.JSONField(help_text="A problem when the job has failed, otherwise null.")

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "state",
            "done",
            "total",
            "progress",
            "result",
            "error",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_progress(self, job: Job) -> float | None:
        if job.state == Job.State.SUCCEEDED:
            return 1.0
        return min(1.0, job.done / job.total) if job.total else None
