"""Counting what this server answers: in the memory of the process, told to the queue every few seconds.

An anonymous read costs a look into a dictionary and one step of a counter; nothing is sent for a single one.
"""

import atexit
import itertools
import os
import threading
import time
from typing import Any

import structlog
from django.conf import settings

from apps.analytics.errors import Busy
from apps.analytics.models import Agent, Kind
from apps.analytics.providers import agents
from apps.analytics.services import queue, visitors
from apps.core import redis

log = structlog.get_logger(__name__)

SECONDS = 5.0
MOST_KEYS, MOST_SEARCHES = 5_000, 2_000

_READ = Kind.READ.value  # a member of an enumeration takes longer to be looked up than all the rest

Key = tuple[str, str, str]
"""Kind, the site's identifier, user agent."""
Counts = dict[Key, "itertools.count[int]"]


class Tally:
    """The counts of one process. `aside` are those that are not counted on any more and told the next time."""

    def __init__(self) -> None:
        self.now: Counts = {}
        self.aside: Counts = {}
        self.searches: list[list[Any]] = []
        self.process = 0
        self.lock = threading.Lock()

    def read(self, path: str, user_agent: str) -> None:
        """An anonymous read that the lane answered, at `/public/{site}…`."""
        key = _READ, path.split("/", 3)[2], user_agent
        # `next` of a counter cannot be torn by another thread, as `+= 1` could.
        next(self.now.get(key) or self._begin(key))

    def add(self, kind: str, site: str, user_agent: str) -> None:
        key = str(kind), site, user_agent
        next(self.now.get(key) or self._begin(key))

    def search(self, entry: list[Any]) -> None:
        self._begin(None)
        if len(self.searches) < MOST_SEARCHES:
            self.searches.append(entry)

    def _begin(self, key: Key | None) -> "itertools.count[int]":
        """A new counter. Whoever invents user agents fills one counter of the site's together with the others."""
        with self.lock:
            if self.process != os.getpid():  # in the process that serves, not in the one that it was forked from
                self.process, self.now, self.aside, self.searches = os.getpid(), {}, {}, []
                if settings.ANALYTICS_TELLS:
                    threading.Thread(target=self._go_on, name="analytics-tally", daemon=True).start()
                    atexit.register(self.tell)
            if key is None:
                return itertools.count()
            if len(self.now) >= MOST_KEYS:
                key = key[0], key[1][:63], ""
                if key not in self.now and len(self.now) >= 2 * MOST_KEYS:
                    return itertools.count()
            return self.now.setdefault((key[0], key[1], key[2][: agents.LONGEST]), itertools.count())

    def _go_on(self) -> None:
        while True:
            time.sleep(SECONDS)
            try:
                self._tell(whole=False)
            except Exception as error:  # the next round tries again
                log.warning("counts_not_told", error=type(error).__name__)

    def tell(self) -> None:
        """Tells all that was counted so far."""
        self._tell(whole=True)

    def _tell(self, *, whole: bool) -> None:
        """Tells what was set aside a round ago, so that no thread still counts on it; with `whole` the rest too."""
        with self.lock:
            told, self.aside, self.now = self.aside, self.now, {}
            if whole:
                told, self.aside = _joined(told, self.aside), {}
            searches, self.searches = self.searches, []
        # Reading a counter steps it, so it is read once; what cannot be told starts from there again.
        counts = {key: next(counter) for key, counter in told.items()}
        if not counts and not searches:
            return
        try:
            queue.put({"n": _named(counts), "q": searches})
        except (redis.Away, Busy):
            with self.lock:
                kept: Counts = {key: itertools.count(n) for key, n in counts.items()}
                self.aside = _joined(kept, self.aside)
                self.searches = [*searches, *self.searches][:MOST_SEARCHES]


def _joined(first: Counts, second: Counts) -> Counts:
    """Both as one; the second's counters are read only where the first counted the same."""
    both = first | second
    for key in first.keys() & second.keys():
        both[key] = itertools.count(next(first[key]) + next(second[key]))
    return both


def _named(counts: dict[Key, int]) -> list[list[Any]]:
    """[kind, site, agent, its name, how many], user agents of one name taken together."""
    found: dict[tuple[str, str, str, str], int] = {}
    for (kind, site, user_agent), n in counts.items():
        key = (kind, site, *agents.of(user_agent))
        found[key] = found.get(key, 0) + n
    return [[*key, n] for key, n in found.items()]


_tally = Tally()
read = _tally.read
tell = _tally.tell


def answered(kind: str, site: str, user_agent: str) -> None:
    """An answer that Django gave: `read` or `api`."""
    _tally.add(kind, site, user_agent)


def search(
    *, site_id: int, query: str, total: int, address: str, user_agent: str, country: str = "", locale: str = ""
) -> None:
    """A public search with how much it found. Never fails: the search matters more than its counting."""
    agent, name = agents.of(user_agent)
    try:
        visitor = visitors.number(site_id, address, user_agent) if agent == Agent.PERSON else None
    except redis.Away:
        visitor = None
    words = " ".join(query.lower().split())[:200].replace("\0", "")
    _tally.search([site_id, agent, name, visitor, country, locale[:35], words, min(max(total, 0), 2**31 - 1)])
