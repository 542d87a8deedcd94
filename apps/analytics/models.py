"""What happened on sites, and its sums. All shared, by month, keyed by tenant; made by SQL in the first migration.

The tables are partitioned by `at`, of which Django knows nothing: each month is a table of its own, which
`services.partitions` makes ahead and drops when its time is over; what finds no month lies in the default one.
"""

from django.db import models


class Kind(models.TextChoices):
    """What an event is. The first four come from sites; reads and calls are counted here, many to a row."""

    PAGE_VIEW = "page_view"
    CLICK = "click"
    SEARCH = "search"
    SEARCH_CLICK = "search_click"
    READ = "read", "anonymous read"
    API = "api", "call with a token"


class Agent(models.TextChoices):
    """Who did it, as far as its own words go: people, software that fetches, and agents that read for people."""

    PERSON = "person"
    BOT = "bot"
    AGENT = "agent"


class Event(models.Model):
    """A raw event. `n`: how many alike it stands for. `visitor`: a number that says nothing after its day.

    `opens`: the visitor was not seen for half an hour, so that a visit begins. `at` is when it was taken here.
    """

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind)
    agent = models.CharField(max_length=6, choices=Agent)
    agent_name = models.CharField(max_length=60, default="")
    n = models.IntegerField(default=1)
    visitor = models.BigIntegerField(null=True)
    opens = models.BooleanField(default=False)
    path = models.CharField(max_length=500, default="")
    doc_type = models.CharField(max_length=10, default="")
    doc_id = models.BigIntegerField(null=True)
    referrer = models.CharField(max_length=253, default="")
    country = models.CharField(max_length=2, default="")
    locale = models.CharField(max_length=35, default="")
    query = models.CharField(max_length=200, default="")
    results = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of site {self.site_id}"


class Rollup(models.Model):
    """How often something happened in one minute, hour or day (UTC), beginning at `at`.

    `kind` is that of the events, or one of people: `visit` (begun then), `visitor` (different ones), in hours also
    `newcomer` and `leaver`: those who were seen for the first, or so far the last, time of the day in this hour. So
    visitors of any span of hours can be summed: leavers up to its first midnight, newcomers from there.
    """

    tenant_id = models.BigIntegerField()
    site_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    agent = models.CharField(max_length=6, choices=Agent)
    n = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.n} {self.kind} of site {self.site_id}"


class Minute(Rollup):
    pk = models.CompositePrimaryKey("site_id", "at", "kind", "agent")


class Hour(Rollup):
    pk = models.CompositePrimaryKey("site_id", "at", "kind", "agent")


class Day(Rollup):
    pk = models.CompositePrimaryKey("site_id", "at", "kind", "agent")


class Position(models.Model):
    """How far the queue was copied: moved in the transaction of what was copied, so that nothing is copied twice."""

    name = models.CharField(max_length=20, primary_key=True)
    entry = models.CharField(max_length=41, default="0-0", help_text="Last entry of the stream that is in the tables.")
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} {self.entry}"


PARTITIONED = (Event, Minute, Hour, Day)
