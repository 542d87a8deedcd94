"""Settings that every kind of installation shares."""

from typing import Any
from urllib.parse import urlsplit

from django.templatetags.static import static

from cognitor.settings import oauth
from cognitor.settings.environment import ROOT, database, days, minutes, read

BASE_DIR = ROOT
DATA = read("COGNITOR_DATA")
ARCHIVES = DATA / "archives"
DELIVERY_GENERATIONS = DATA / "delivery.generations"
DELIVERY_MEMORY_BYTES = read("DELIVERY_MEMORY_MB") * 1024 * 1024
DELIVERY_LISTENS = True
RATE_LIMITS = read("RATE_LIMITS")
ARCHIVE_KEEP_DAYS = read("ARCHIVE_KEEP_DAYS")
SECRET_KEY = read("SECRET_KEY")
SECRET_KEY_FALLBACKS = read("SECRET_KEY_FALLBACKS")
DEBUG = False
ALLOWED_HOSTS = read("ALLOWED_HOSTS")
PUBLIC_BASE_URL = read("PUBLIC_BASE_URL").rstrip("/")
TRUSTED_PROXIES = read("TRUSTED_PROXIES")
DNS_SERVERS = read("DNS_SERVERS")
REDIS_URL = read("REDIS_URL") or "redis://127.0.0.1:6379/0"
CACHE_URL = read("CACHE_URL") or "redis://127.0.0.1:6380/0"

# Which side a table is on: all third-party apps are shared only (see ARCHITECTURE.md).
SHARED_APPS = [
    "cognitor.apps.CognitorConfig",
    "apps.core",
    "apps.sites",
    "apps.accounts",
    "apps.billing",
    "apps.ai",
    "apps.analytics",
    # After our apps, whose `create_tenant` would otherwise be hidden by its own.
    "cognitor.apps.TenantsConfig",
    "unfold",
    "cognitor.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "djstripe",
]
TENANT_APPS = ["apps.media", "apps.content", "apps.search", "apps.websites"]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS]

TENANT_MODEL = "sites.Tenant"
TENANT_DOMAIN_MODEL = "sites.Domain"
PG_EXTRA_SEARCH_PATHS = ["extensions"]
# The path is set when it changes and after rollbacks, not before each statement: half the round trips of a request.
# `tests/test_isolation.py` holds that it is the right one after savepoints, rollbacks and strays.
TENANT_LIMIT_SET_CALLS = True
ORIGINAL_BACKEND = "apps.core.database"
DATABASES = {"default": database(read("DATABASE_URL") or "postgres://cognitor@127.0.0.1:5432/cognitor")}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "apps.core.middleware.RequestLog",
    "apps.analytics.middleware.Counted",
    "apps.sites.middleware.Hosts",
    "apps.accounts.middleware.NoKeyInAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.Slash",
    "apps.core.middleware.AnyOrigin",
    "corsheaders.middleware.CorsMiddleware",
    "apps.core.middleware.PublicSchema",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "cognitor.admin.AdminTenant",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "cognitor.urls"
WSGI_APPLICATION = "cognitor.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MFA_ADAPTER = "apps.accounts.providers.mfa.Sealed"
MFA_TOTP_ISSUER = "Cognitor"
MFA_TOTP_TOLERANCE = 1
SIGNUP_KEPT = days("SIGNUP_KEPT_DAYS")
SESSION_COOKIE_NAME = "cognitor_admin"
SESSION_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_AGE = 12 * 3600

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
SOCIALACCOUNT_PROVIDERS = oauth.providers()
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
OAUTH_REDIRECT_URIS = read("OAUTH_REDIRECT_URIS")

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["cognitor.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MANIFEST_STRICT = False

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}

# The sandbox's address holds its secret, of which its keys are made.
STRIPE_SANDBOX_URL = "" if read("STRIPE_SECRET_KEY") else read("STRIPE_SANDBOX_URL")
_sandbox = urlsplit(STRIPE_SANDBOX_URL)
STRIPE_API_BASE = f"http://{_sandbox.hostname}:{_sandbox.port}" if STRIPE_SANDBOX_URL else ""
STRIPE_SECRET_KEY = f"sk_test_{_sandbox.password}" if STRIPE_SANDBOX_URL else read("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = f"whsec_{_sandbox.password}" if STRIPE_SANDBOX_URL else read("STRIPE_WEBHOOK_SECRET")
STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox" if STRIPE_SANDBOX_URL else read("STRIPE_PUBLISHABLE_KEY")
STRIPE_ACCOUNT = read("STRIPE_ACCOUNT")
# The mirror of Stripe's objects; its first migration takes these from here, so they do not change any more.
DJSTRIPE_SUBSCRIBER_MODEL = "sites.Tenant"
DJSTRIPE_SUBSCRIBER_MODEL_MIGRATION_DEPENDENCY = "0001_initial"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
BILLING_CURRENCY = read("BILLING_CURRENCY")
BILLING_RETURN_URL = read("BILLING_RETURN_URL")
CREDITS_PER_UNIT = read("CREDITS_PER_UNIT")
PAYMENT_MIN, PAYMENT_MAX = read("PAYMENT_MIN"), read("PAYMENT_MAX")
DUNNING_RESTRICT_DAYS = read("DUNNING_RESTRICT_DAYS")
DUNNING_SUSPEND_DAYS = read("DUNNING_SUSPEND_DAYS")

AI_MODELS = read("AI_MODELS")
OPENAI_API_KEY, OPENAI_BASE_URL = read("OPENAI_API_KEY"), read("OPENAI_BASE_URL").rstrip("/")
ANTHROPIC_API_KEY, ANTHROPIC_URL = read("ANTHROPIC_API_KEY"), read("ANTHROPIC_URL").rstrip("/")
FAL_KEY, FAL_QUEUE_URL = read("FAL_KEY"), read("FAL_QUEUE_URL").rstrip("/")
ELEVENLABS_API_KEY, ELEVENLABS_URL = read("ELEVENLABS_API_KEY"), read("ELEVENLABS_URL").rstrip("/")

DATA_INDEXES = read("DATA_INDEXES")
ANALYTICS_QUEUE_BYTES = read("ANALYTICS_QUEUE_MB") * 1024 * 1024
ANALYTICS_TELLS = True
ANALYTICS_KEPT = {
    "event": days("ANALYTICS_EVENT_DAYS"),
    "minute": days("ANALYTICS_MINUTE_DAYS"),
    "hour": days("ANALYTICS_HOUR_DAYS"),
    "day": days("ANALYTICS_DAY_DAYS"),
}
COUNTRY_HEADER = read("COUNTRY_HEADER")
SEARCH_SEMANTIC = read("SEARCH_SEMANTIC")
GENERATION_WAIT = read("GENERATION_WAIT")
UPLOAD_MAX_BYTES = read("UPLOAD_MAX_MB") * 1024 * 1024
DIRECT_UPLOAD_MAX_BYTES = read("DIRECT_UPLOAD_MAX_MB") * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILES_URL = "/files/"
if read("S3_BUCKET"):
    _files: dict[str, Any] = {
        "BACKEND": "apps.media.providers.s3.Bucket",
        "OPTIONS": {
            "bucket_name": read("S3_BUCKET"),
            "endpoint_url": read("S3_ENDPOINT_URL") or None,
            "region_name": read("S3_REGION") or None,
            "access_key": read("S3_ACCESS_KEY_ID") or None,
            "secret_key": read("S3_SECRET_ACCESS_KEY") or None,
            "custom_domain": read("S3_PUBLIC_URL").removeprefix("https://").removeprefix("http://") or None,
            "url_protocol": "http:" if read("S3_PUBLIC_URL").startswith("http://") else "https:",
            # Both defaults of django-storages are wrong for public media: addresses must be stable
            # and a name that is taken must never be overwritten.
            "querystring_auth": False,
            "file_overwrite": False,
        },
    }
else:
    _files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "files", "base_url": PUBLIC_BASE_URL + FILES_URL},
    }
STORAGES = {
    "default": _files,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

if read("EMAIL_URL"):
    from environ import Env

    vars().update(Env.email_url_config(read("EMAIL_URL")))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = read("EMAIL_FROM")
EMAIL_TIMEOUT = 10

CORS_ALLOWED_ORIGINS = read("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/(?!public/|search/sites/|admin/$)"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = ["etag", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["apps.accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["apps.core.parsers.JSONBodyParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.openapi.OperationSchema",
    "EXCEPTION_HANDLER": "apps.core.problems.answer",
    "UNAUTHENTICATED_USER": None,
    # Python drops the microseconds of a whole second; known clients rely on all six digits.
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "COERCE_DECIMAL_TO_STRING": True,
}

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "ISSUER": "cognitor",
    "AUDIENCE": "cognitor-api",
    "ACCESS_TOKEN_LIFETIME": minutes("ACCESS_TOKEN_MINUTES"),
    "REFRESH_TOKEN_LIFETIME": days("REFRESH_TOKEN_DAYS"),
    "USER_ID_CLAIM": "sub",
    "LEEWAY": 30,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Cognitor",
    "DESCRIPTION": "Headless CMS for teams whose authors are people and agents.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": ["apps.core.openapi.finish"],
    "ENUM_NAME_OVERRIDES": {},
}

# Where the kernel finds who reacts to what; the kernel itself imports no app.
COGNITOR_REACTIONS = "cognitor.reactions"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "socket_timeout": 5, "socket_connect_timeout": 1}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "events": {"task": "core.dispatch_events", "schedule": 5.0, "options": {"expires": 5}},
    "analytics": {"task": "analytics.copy_events", "schedule": 5.0, "options": {"expires": 5}},
    "due": {"task": "core.run_due", "schedule": 10.0, "options": {"expires": 10}},
}

LOGIN_REDIRECT_URL = "admin:index"
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Cognitor",
    "SITE_HEADER": "Cognitor",
    "SITE_SUBHEADER": "cognitor.admin.subheader",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("cognitor/logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("cognitor/logo.svg")}],
    "STYLES": [lambda request: static("cognitor/admin.css")],
    "SHOW_VIEW_ON_SITE": False,
    "THEME": None,
    "LOGIN": {"image": lambda request: static("cognitor/login.svg")},
    "DASHBOARD_CALLBACK": "cognitor.admin.dashboard",
    "ACCOUNT": {"navigation": "cognitor.second_step.links"},
    "SITE_DROPDOWN": "cognitor.admin.tenant_choices",
    "ENVIRONMENT": "cognitor.admin.environment",
    "SIDEBAR": {"show_search": True, "navigation": "cognitor.admin.navigation"},
    "COLORS": {
        "primary": {
            "50": "#effcfb",
            "100": "#d0f6f3",
            "200": "#a3ece7",
            "300": "#6cdad6",
            "400": "#36bfbf",
            "500": "#17a2a6",
            "600": "#0e8189",
            "700": "#10676f",
            "800": "#13525a",
            "900": "#14444b",
            "950": "#052a30",
        }
    },
}

LOGGING_CONFIG = None
LOG_LEVEL = read("LOG_LEVEL")
METRICS_PORT = read("METRICS_PORT")
