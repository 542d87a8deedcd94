"""The one place that reads the environment.

Every variable is a row of `VARIABLES`; the settings modules ask for it by name with `read`, and
`docs/settings.md` is generated from the same rows, so a variable that is not documented cannot be read.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import environ

ROOT = Path(__file__).resolve().parents[2]

Kind = Literal["text", "secret", "bool", "int", "list", "path", "url"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: what it is called, how it is read, what it does."""

    name: str
    kind: Kind
    default: Any
    about: str


VARIABLES = (
    Variable(
        "COGNITOR_DATA",
        "path",
        ROOT / ".data",
        "Folder of this installation: servers, uploads, archives, mail.",
    ),
    Variable("SECRET_KEY", "secret", "", "Signs tokens, sessions and quotes. At least 50 characters in production."),
    Variable(
        "SECRET_KEY_FALLBACKS",
        "list",
        [],
        "Former values of SECRET_KEY, with which second factors and sessions of the admin can still be read.",
    ),
    Variable("DATABASE_URL", "secret", "", "PostgreSQL 15 or newer. Absent: `serve` runs an embedded server."),
    Variable("REDIS_URL", "secret", "", "Broker, locks and rate limits; must not evict. Absent: an embedded server."),
    Variable("CACHE_URL", "secret", "", "Cache; bounded and evicting. Absent: a second embedded server."),
    Variable("DATABASE_POOL", "int", 10, "Most connections to PostgreSQL of one process."),
    Variable("ALLOWED_HOSTS", "list", ["localhost", "127.0.0.1", "[::1]"], "Host names this server answers to."),
    Variable(
        "PUBLIC_BASE_URL",
        "url",
        "http://127.0.0.1:8000",
        "Origin of links in mails and of the addresses of local files. After a change run `manage.py refreeze`.",
    ),
    Variable("CORS_ORIGINS", "list", [], "Origins whose browsers may call what is not public; public reads are open."),
    Variable("TRUSTED_PROXIES", "list", [], "Networks (CIDR) whose X-Forwarded-For is believed."),
    Variable(
        "DNS_SERVERS",
        "list",
        [],
        "Name servers, as address or address:port, that are asked for the records of sites' domains. Absent: the "
        "system's.",
    ),
    Variable("ACCESS_TOKEN_MINUTES", "int", 60, "Life of an access token. Known clients keep one for 50 minutes."),
    Variable("REFRESH_TOKEN_DAYS", "int", 14, "Life of a session without use."),
    Variable("DELIVERY_MEMORY_MB", "int", 48, "Finished public answers that a web process keeps in its memory."),
    Variable("RATE_LIMITS", "bool", True, "Off: no rate is limited, which is for measuring on a closed network only."),
    Variable("SIGNUP_KEPT_DAYS", "int", 7, "How long a sign-up waits for its address to be verified."),
    Variable("UPLOAD_MAX_MB", "int", 100, "Largest file that an upload may hold."),
    Variable("DIRECT_UPLOAD_MAX_MB", "int", 2048, "Largest file that may come in parts, straight into the storage."),
    Variable("ARCHIVE_KEEP_DAYS", "int", 365, "How long the archive of a purged tenant is kept. 0: for ever."),
    Variable("GENERATION_WAIT", "int", 200, "Seconds that a request may wait for what it had generated; then 202."),
    Variable("DATA_INDEXES", "int", 40, "Most indexes that a tenant may have on fields of its elements' data."),
    Variable("ANALYTICS_EVENT_DAYS", "int", 90, "How long single events of visitors are kept."),
    Variable("ANALYTICS_MINUTE_DAYS", "int", 7, "How long their sums by minute are kept."),
    Variable("ANALYTICS_HOUR_DAYS", "int", 400, "How long their sums by hour are kept."),
    Variable("ANALYTICS_DAY_DAYS", "int", 1100, "How long their sums by day are kept."),
    Variable(
        "ANALYTICS_QUEUE_MB", "int", 64, "Most events that may wait to be copied; beyond, sites are answered 429."
    ),
    Variable(
        "COUNTRY_HEADER",
        "text",
        "",
        "Header in which your proxy names a visitor's country, as `CF-IPCountry`; it must overwrite what clients send. "
        "Absent: countries are not known.",
    ),
    Variable("S3_BUCKET", "text", "", "Bucket for uploads. Absent: files below `COGNITOR_DATA`/files."),
    Variable("S3_ENDPOINT_URL", "url", "", "Endpoint of an S3-compatible store, when it is not AWS."),
    Variable("S3_REGION", "text", "", "Region of the bucket."),
    Variable("S3_ACCESS_KEY_ID", "secret", "", "Access key of the bucket."),
    Variable("S3_SECRET_ACCESS_KEY", "secret", "", "Secret key of the bucket."),
    Variable("S3_PUBLIC_URL", "url", "", "Public address that stored files have, such as a CDN's."),
    Variable(
        "EMAIL_URL",
        "secret",
        "",
        "SMTP server as `smtp+tls://user:password@host:587`. Absent: files in `COGNITOR_DATA`/mail.",
    ),
    Variable("EMAIL_FROM", "text", "Cognitor <no-reply@localhost>", "Sender of mails."),
    Variable("GOOGLE_CLIENT_ID", "text", "", "Client of a sign-in with Google. Absent: it is not offered."),
    Variable("GOOGLE_CLIENT_SECRET", "secret", "", "Secret of that client."),
    Variable("GITHUB_CLIENT_ID", "text", "", "Client of a sign-in with GitHub. Absent: it is not offered."),
    Variable("GITHUB_CLIENT_SECRET", "secret", "", "Secret of that client."),
    Variable("OPENID_ID", "text", "openid", "Slug in addresses of a further OpenID Connect provider; never changed."),
    Variable("OPENID_NAME", "text", "OpenID Connect", "What people call that provider."),
    Variable("OPENID_ISSUER", "url", "", "Its issuer, exactly as its tokens name it. Absent: it is not offered."),
    Variable("OPENID_CLIENT_ID", "text", "", "Client of a sign-in with that provider."),
    Variable("OPENID_CLIENT_SECRET", "secret", "", "Secret of that client."),
    Variable(
        "OAUTH_REDIRECT_URIS",
        "list",
        [],
        "Addresses of your clients' pages that a provider may lead back to, exactly; `{provider}` stands for its id "
        "and the first is the default. Absent: no provider is offered.",
    ),
    Variable(
        "STRIPE_SECRET_KEY",
        "secret",
        "",
        "Key of the Stripe account that takes payments. Absent: `serve` runs a sandbox in which no money moves; in "
        "production payments are off.",
    ),
    Variable("STRIPE_PUBLISHABLE_KEY", "text", "", "Its key for browsers."),
    Variable("STRIPE_WEBHOOK_SECRET", "secret", "", "Signs its events. Absent: every event is refused."),
    Variable("STRIPE_ACCOUNT", "text", "", "Connected account whose events are taken too. Absent: none but our own."),
    Variable(
        "STRIPE_SANDBOX_URL", "secret", "", "Address of the payment sandbox; set by `serve`, refused in production."
    ),
    Variable("BILLING_CURRENCY", "text", "usd", "Currency of payments outside of packages and plans."),
    Variable("BILLING_RETURN_URL", "url", "", "Page to which payers are led back. Absent: PUBLIC_BASE_URL."),
    Variable("CREDITS_PER_UNIT", "int", 1, "Credits for the smallest unit of the currency, outside of packages."),
    Variable("PAYMENT_MIN", "int", 500, "Least payment outside of packages, in the smallest unit of the currency."),
    Variable("PAYMENT_MAX", "int", 1_000_000, "Most of it."),
    Variable(
        "DUNNING_RESTRICT_DAYS",
        "int",
        7,
        "Days after a failed renewal until a tenant loses the limits of its plan. 0: never.",
    ),
    Variable("DUNNING_SUSPEND_DAYS", "int", 0, "Days after it until the tenant is suspended. 0: never."),
    Variable(
        "AI_MODELS",
        "list",
        [],
        "Models by task, the default of each first, as `text=openai/gpt-5-mini`. Absent: the first provider that is "
        "set up and has a model for the task.",
    ),
    Variable("OPENAI_API_KEY", "secret", "", "Key of OpenAI or a server that speaks like it. Absent: not offered."),
    Variable("OPENAI_BASE_URL", "url", "https://api.openai.com/v1", "Address of that server; may be a private one."),
    Variable("ANTHROPIC_API_KEY", "secret", "", "Key of Anthropic. Absent: not offered."),
    Variable("ANTHROPIC_URL", "url", "https://api.anthropic.com", "Its address."),
    Variable("FAL_KEY", "secret", "", "Key of fal. Absent: not offered."),
    Variable("FAL_QUEUE_URL", "url", "https://queue.fal.run", "Address of its queue."),
    Variable("ELEVENLABS_API_KEY", "secret", "", "Key of ElevenLabs. Absent: not offered."),
    Variable("ELEVENLABS_URL", "url", "https://api.elevenlabs.io", "Its address."),
    Variable(
        "SEARCH_SEMANTIC",
        "bool",
        True,
        "Whether meanings of texts are computed, by a local model, so that they can be searched by them.",
    ),
    Variable("LOG_LEVEL", "text", "INFO", "Least level of log lines."),
    Variable("METRICS_PORT", "int", 9109, "Loopback port of the Prometheus metrics."),
    Variable(
        "PROMETHEUS_MULTIPROC_DIR", "text", "", "Folder through which processes sum their metrics; set by `serve`."
    ),
    Variable(
        "COGNITOR_PROCESS",
        "text",
        "command",
        "`web`, `worker` or `command`: chooses database timeouts. Set by entry points.",
    ),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}
_env = environ.Env()


def read(name: str) -> Any:
    """The variable's value, cast to its kind; its default where the environment does not name it."""
    variable = _BY_NAME[name]
    match variable.kind:
        case "bool":
            return _env.bool(name, default=variable.default)
        case "int":
            return _env.int(name, default=variable.default)
        case "list":
            return _env.list(name, default=variable.default)
        case "path":
            return Path(_env.str(name, default=str(variable.default))).resolve()
        case _:
            return _env.str(name, default=variable.default)


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database at `url`, through the tenants' backend and a connection pool.

    Statement and lock timeouts are those of the process: a web request may never wait long, a command may.
    Operations of a longer timeout class raise theirs for their own time (`apps.core.operation`).
    """
    config: dict[str, Any] = dict(_env.db_url_config(url, engine="django_tenants.postgresql_backend"))
    statement, idle = {"web": (2_000, 15_000), "worker": (60_000, 60_000)}.get(read("COGNITOR_PROCESS"), (0, 0))
    limits = {"statement_timeout": statement, "lock_timeout": 3_000 if statement else 0}
    limits |= {"idle_in_transaction_session_timeout": idle}
    options = dict(config.get("OPTIONS", {}))
    options["options"] = " ".join(f"-c {key}={value}" for key, value in limits.items())
    # After an outage the pool's pauses between attempts double up to `reconnect_timeout`, then begin anew.
    pool = {"min_size": 0, "max_size": read("DATABASE_POOL"), "timeout": 5, "max_idle": 120, "reconnect_timeout": 5}
    options |= {"pool": pool, "prepare_threshold": 5}
    return config | {"OPTIONS": options, "CONN_MAX_AGE": 0}


def minutes(name: str) -> timedelta:
    return timedelta(minutes=read(name))


def days(name: str) -> timedelta:
    return timedelta(days=read(name))
