"""Settings of a server that strangers reach. Refuses to start on what would be unsafe there."""

import redis
from django.core.exceptions import ImproperlyConfigured

from cognitor.settings.base import *  # noqa: F403
from cognitor.settings.base import ALLOWED_HOSTS, PUBLIC_BASE_URL, REDIS_URL, STRIPE_SANDBOX_URL
from cognitor.settings.environment import read

SECURE_SSL_REDIRECT = True
# The proxy in front ends TLS and says so; a client cannot, as only its own header is passed on.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health(/ready)?$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True


def _faults() -> list[str]:
    faults = [
        f"{name} is missing" for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CACHE_URL") if not read(name)
    ]
    if len(read("SECRET_KEY")) < 50 or len(set(read("SECRET_KEY"))) < 10:
        faults.append("SECRET_KEY has fewer than 50 characters, or repeats a few")
    if not ALLOWED_HOSTS or any(host.startswith(("*", ".")) for host in ALLOWED_HOSTS):
        faults.append("ALLOWED_HOSTS must name each host; a wildcard lets a forged Host header through")
    if not PUBLIC_BASE_URL.startswith("https://"):
        faults.append("PUBLIC_BASE_URL must be an https:// origin: links in mails begin with it")
    if STRIPE_SANDBOX_URL:
        faults.append(
            "STRIPE_SANDBOX_URL is set: the payment sandbox would give credits for nothing; set STRIPE_SECRET_KEY"
        )
    return faults


def evicting(url: str) -> str:
    """The broker's eviction policy if it may throw away jobs and limits, else empty. Unreachable is not evicting."""
    try:
        server = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
        policy = str(server.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction"))
    except redis.RedisError:
        return ""
    return "" if policy == "noeviction" else policy


if found := _faults():
    raise ImproperlyConfigured("Production settings: " + "; ".join(found))
if policy := evicting(REDIS_URL):
    raise ImproperlyConfigured(
        f"REDIS_URL evicts ({policy}): it holds jobs and limits, use maxmemory-policy noeviction"
    )
