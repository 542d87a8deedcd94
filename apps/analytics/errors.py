from apps.core.refusal import Refusal


class Busy(Refusal):
    """More events wait to be copied than may; `Retry-After` says when to send the batch again."""

    code, status, title = "analytics.busy", 429, "Too many events are waiting; send these again later."
