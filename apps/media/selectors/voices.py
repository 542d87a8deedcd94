"""The voices that texts can be said in."""

from apps.ai import catalogue
from apps.ai.providers.protocols import Voice


def voices_for(*, language: str = "", model: str = "") -> list[Voice]:
    """Those of a language, whatever the region, and those that speak any; of a model by its id."""
    return [voice for voice in catalogue.voices() if model in ("", voice.model) and _speaks(voice, language)]


def _speaks(voice: Voice, language: str) -> bool:
    one, other = f"{voice.language}-".lower(), f"{language}-".lower()
    return not voice.language or not language or one.startswith(other) or other.startswith(one)
