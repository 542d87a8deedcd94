"""Look at what is kept, empty it, call some of it old, or fetch a site's answers before anybody asks."""

import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.content.models import ContentType, PublicDocument
from apps.core import redis
from apps.core.delivery.touching import touch_now
from apps.core.tenancy import inside
from apps.sites.models import Site, Tenant


class Command(BaseCommand):
    """Nothing depends on a key of the cache being there, so emptying it only costs time."""

    help = (
        "`stats` tells how full the cache is and how often it helps; `clear` empties it; `invalidate` makes public "
        "answers be read anew (all, or of a tag, a site, a tenant), on this host and on all that hear it; `warm` "
        "asks the server for a site's public paths."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["clear", "stats", "invalidate", "warm"])
        parser.add_argument("--tag", help="such as `site:3:post` (invalidate)")
        parser.add_argument("--site", help="its identifier (invalidate, warm)")
        parser.add_argument("--tenant", help="its identifier (invalidate)")
        parser.add_argument("--base-url", default="", help="of the server to ask; PUBLIC_BASE_URL by default (warm)")
        parser.add_argument("--most", type=int, default=1000, help="documents to ask for (warm; 1000)")

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "invalidate":
            return self.invalidate(options)
        if what == "warm":
            return self.warm(options)
        try:
            redis.cache().call(self.clear if what == "clear" else self.stats)
        except redis.Away:
            raise CommandError("The cache at CACHE_URL does not answer.") from None

    def invalidate(self, options: dict[str, Any]) -> None:
        tags = [options["tag"]] if options["tag"] else []
        if options["site"]:
            tags.append(f"site:{_named(Site, options['site']).pk}")
        if options["tenant"]:
            tags.append(f"tenant:{_named(Tenant, options['tenant']).pk}")
        touch_now(*tags)
        self.stdout.write(f"Old from now on: {', '.join(tags) or 'everything'}.")

    def warm(self, options: dict[str, Any]) -> None:
        if not options["site"]:
            raise CommandError("Say which site with --site.")
        site = _named(Site, options["site"])
        base = (options["base_url"] or settings.PUBLIC_BASE_URL).rstrip("/")
        counts = {"warm": 0, "failed": 0}
        with inside(site.tenant_id):
            paths = list(_paths(site, options["most"]))
        for path in paths:
            try:
                with urllib.request.urlopen(f"{base}{path}", timeout=10) as answer:  # noqa: S310 - our own server
                    answer.read()
                counts["warm"] += 1
            except (urllib.error.URLError, OSError) as error:
                counts["failed"] += 1
                self.stderr.write(f"{path}: {error}")
        self.stdout.write(f"Asked for {len(paths)} paths: {counts['warm']} warm, {counts['failed']} failed.")

    def clear(self, server: Any) -> None:
        if _place(settings.CACHE_URL) == _place(settings.REDIS_URL):
            raise CommandError("CACHE_URL and REDIS_URL are one database: clearing it would delete queued work.")
        keys = server.dbsize()
        server.flushdb()
        self.stdout.write(f"Deleted {keys} keys.")

    def stats(self, server: Any) -> None:
        memory, counted = server.info("memory"), server.info("stats")
        hits, misses = counted["keyspace_hits"], counted["keyspace_misses"]
        bound = memory["maxmemory_human"] if memory["maxmemory"] else "no bound"
        self.stdout.write(f"memory   {memory['used_memory_human']} of {bound} ({memory['maxmemory_policy']})")
        self.stdout.write(f"keys     {server.dbsize()}")
        self.stdout.write(f"hits     {hits}")
        self.stdout.write(f"misses   {misses}")
        self.stdout.write(f"hit rate {hits / (hits + misses):.1%}" if hits + misses else "hit rate –")
        self.stdout.write(f"evicted  {counted['evicted_keys']}")


def _named(model: Any, identifier: str) -> Any:
    found = model.objects.filter(identifier=identifier).first()
    if found is None:
        raise CommandError(f"There is no {model._meta.verbose_name} {identifier}.")
    return found


def _paths(site: Site, most: int) -> Iterator[str]:
    """Lists as clients ask for them by default, then the newest documents one by one."""
    own = f"/public/{site.identifier}"
    yield from (f"{own}/{name}" for name in ("elements", "posts", "pages", "navigation"))
    for key in ContentType.objects.filter(site=site).order_by("id").values_list("key", flat=True):
        yield f"{own}/elements?type={key}"
    rows = PublicDocument.objects.filter(site_id=site.pk, original=True).order_by("-updated_at")
    for doc_type, doc_id, slug in rows.values_list("doc_type", "doc_id", "slug")[:most]:
        yield f"{own}/{doc_type}s/{slug or doc_id}"


def _place(url: str) -> tuple[str | None, int | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 6379, parts.path.strip("/") or "0"
