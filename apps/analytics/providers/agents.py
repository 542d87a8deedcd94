"""Who a user agent says it is: a list of crawlers that others keep (crawler-user-agents), and agents among them."""

import re
from functools import lru_cache

import crawleruseragents

from apps.analytics.models import Agent

SERVICE = "service account"
"""Stands in the place of a user agent where a service account's key was used."""
LONGEST = 500

# Fetchers for models and assistants that the list does not mark so, and clients of the Model Context Protocol.
_AGENTS = re.compile(
    r"GPTBot|OAI-SearchBot|ChatGPT|Claude|anthropic|Perplexity|MistralAI|cohere-|Gemini|Google-Extended|Applebot-Extended"
    r"|meta-externalagent|meta-externalfetcher|Amazonbot|CCBot|Bytespider|YouBot|DuckAssistBot|PhindBot"
    r"|\b(mcp|modelcontextprotocol|fastmcp|langchain|llamaindex|browser-use|Devin|Manus-User)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z][\w .!-]*[\w!]")
# Any browser says this first; software that says neither this nor anything of the list is no browser.
_BROWSERS = ("Mozilla/", "Opera/")


@lru_cache(maxsize=20_000)
def of(user_agent: str) -> tuple[str, str]:
    """`person`, `bot` or `agent`, and a name for the latter two. No word at all is a bot's way."""
    if user_agent == SERVICE:
        return Agent.AGENT, SERVICE
    said = user_agent[:LONGEST]
    if found := _AGENTS.search(said):
        return Agent.AGENT, found[0]
    # Nearly all requests are a browser's, and the list is long: it is asked once for each different user agent.
    for pattern, name, is_agent in _patterns():
        if match := pattern.search(said):
            return (Agent.AGENT if is_agent else Agent.BOT), (name or match[0])[:60]
    if said.startswith(_BROWSERS):
        return Agent.PERSON, ""
    known = _NAME.match(said)
    return Agent.BOT, known[0][:60] if known else "unnamed"


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str, bool]]:
    found = []
    for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
        name = _NAME.match(re.sub(r"\\(.)", r"\1", entry["pattern"]).strip("^/ "))
        tags = entry.get("tags", ())
        found.append((re.compile(entry["pattern"]), name[0] if name else "", "ai-crawler" in tags))
    return found
