from typing import Any

from rest_framework import serializers


class IndexOut(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="By dotted path, without `data.`.")
    kind = serializers.CharField(
        help_text="What it is compared as: `text`, `integer`, `number`, `boolean`, `moment`, `list`."
    )
    state = serializers.ChoiceField(
        choices=["ready", "waiting", "refused", "unsupported"],
        help_text="`waiting` to be built; `refused`: the tenant has as many as it may have; `unsupported`: an object, "
        "or in a list of objects.",
    )
