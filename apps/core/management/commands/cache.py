"""Look at the cache, or empty it."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core import redis


class Command(BaseCommand):
    """Nothing depends on a key of the cache being there, so emptying it only costs time."""

    help = "`stats` tells how full the cache is and how often it helps; `clear` empties it."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["clear", "stats"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        try:
            redis.cache().call(self.clear if what == "clear" else self.stats)
        except redis.Away:
            raise CommandError("The cache at CACHE_URL does not answer.") from None

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


def _place(url: str) -> tuple[str | None, int | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 6379, parts.path.strip("/") or "0"
