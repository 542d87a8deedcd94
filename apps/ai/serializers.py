from typing import Any

from rest_framework import serializers

from apps.ai.models import Generation
from apps.ai.services.offers import OPERATIONS, Offer
from apps.core.models import Job
from apps.core.query import PageQuery, Query

MAX_PROMPT = 20_000


class GenerationOut(serializers.ModelSerializer[Generation]):
    """A generation by the id of its job."""

    id = serializers.UUIDField(source="job_id")
    state = serializers.ChoiceField(choices=Job.State.choices, source="job.state")
    progress = serializers.SerializerMethodField(help_text="0 to 1.")
    result = serializers.JSONField(
        allow_null=True, help_text="`media`: ids (of films also `poster`), or `text`; null until it is delivered."
    )
    error = serializers.JSONField(source="job.error", allow_null=True, help_text="A problem when it has failed.")
    arguments = serializers.JSONField()
    trace = serializers.JSONField(help_text="What the provider said of it.")
    charged = serializers.IntegerField(allow_null=True, help_text="Credits; null until it is delivered.")
    held = serializers.IntegerField(help_text="Credits that were set aside for it, the most that it may cost.")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)

    class Meta:
        model = Generation
        fields = (
            "id",
            "operation",
            "task",
            "state",
            "progress",
            "model",
            "requested_model",
            "provider",
            "prompt",
            "arguments",
            "held",
            "charged",
            "result",
            "error",
            "trace",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_progress(self, generation: Generation) -> float:
        job = generation.job
        return 1.0 if job.state == Job.State.SUCCEEDED else min(1.0, job.done / (job.total or 100))


class GenerationQuery(PageQuery):
    state = serializers.ChoiceField(choices=Job.State.choices, required=False)
    operation = serializers.CharField(max_length=60, required=False)


class ModelQuery(Query):
    task = serializers.ChoiceField(choices=list(OPERATIONS), default="", allow_blank=True)


class ModelOut(serializers.Serializer[Offer]):
    id = serializers.CharField(source="model.id")
    task = serializers.CharField(source="model.task")
    provider = serializers.CharField(source="model.provider")
    name = serializers.CharField(source="model.name")
    about = serializers.CharField(source="model.about", allow_blank=True)
    limits = serializers.JSONField(source="model.limits", help_text="The most that it takes.")
    local = serializers.BooleanField(source="model.local", help_text="Runs on the server itself.")
    default = serializers.BooleanField(help_text="Taken when no model is named, or one that is not here.")
    prices = serializers.DictField(child=serializers.DecimalField(20, 6), help_text="Credits a unit, for this tenant.")


class AskIn(serializers.Serializer[Any]):
    """What all that models do is asked with. Members of other services that mean nothing here are left out."""

    model = serializers.CharField(
        max_length=120, default="", allow_blank=True, help_text="One that is not here gives the default of the task."
    )
    sync_mode = serializers.BooleanField(default=True, help_text="Wait for the result; 202 when it takes too long.")
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, allow_null=True)
    quote = serializers.CharField(max_length=4_000, required=False, help_text="Of `POST /credits/quote`.")


class GenerateIn(AskIn):
    prompt = serializers.CharField(max_length=MAX_PROMPT)


class TextIn(GenerateIn):
    system = serializers.CharField(max_length=MAX_PROMPT, default="", allow_blank=True)
    language = serializers.CharField(max_length=35, default="", allow_blank=True)
    max_tokens = serializers.IntegerField(min_value=1, max_value=8_000, default=800)


class TextOut(serializers.Serializer[Any]):
    generated_text = serializers.CharField()
    model = serializers.CharField()
    usage = serializers.DictField(child=serializers.FloatField(), help_text="What was used, by its unit.")
    credits = serializers.IntegerField(help_text="What was charged.")
    job_id = serializers.UUIDField()
