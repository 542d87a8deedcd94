"""Keeps pieces of a text out of the way of what is done to the rest, in time linear in its length."""

import re
from collections.abc import Callable

_INLINE, _BLOCK, _END = "\ue000", "\ue002", "\ue001"
_TOKEN = re.compile(f"[{_INLINE}{_BLOCK}]([a-z]+)(\\d+){_END}")
TOKEN_CHARACTERS = f"{_INLINE}{_BLOCK}{_END}"
BLOCK_TOKEN = f"{_BLOCK}[a-z]+\\d+{_END}"


class Shelf:
    """`put` gives a token to stand in the text, marked by private-use characters; the input must be rid of those.

    Shelves used on one text have different names, of lower-case letters.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._pieces: list[str] = []

    def put(self, piece: str, *, block: bool = False) -> str:
        self._pieces.append(piece)
        return f"{_BLOCK if block else _INLINE}{self._name}{len(self._pieces) - 1}{_END}"

    def restore(self, text: str) -> str:
        return _TOKEN.sub(lambda token: self._pieces[int(token[2])] if token[1] == self._name else token[0], text)


def drop_tokens(text: str) -> str:
    return _TOKEN.sub("", text)


def replace_pairs(
    text: str,
    opener: re.Pattern[str],
    closer: Callable[[re.Match[str]], str],
    make: Callable[[re.Match[str], str], str],
) -> str:
    """Replaces opener, body and closer (a regular expression, cases ignored) by what `make(opener, body)` gives.

    An opener without a closer is left as it is. A closer that was once not found is not looked for again: `.*?`
    would make a hostile text take quadratic time.
    """
    done: list[str] = []
    at = 0
    missing: set[str] = set()
    for match in opener.finditer(text):
        if match.start() < at or (wanted := closer(match)) in missing:
            continue
        end = re.compile(wanted, re.IGNORECASE).search(text, match.end())
        if end is None:
            missing.add(wanted)
            continue
        done += text[at : match.start()], make(match, text[match.end() : end.start()])
        at = end.end()
    return "".join(done) + text[at:]
