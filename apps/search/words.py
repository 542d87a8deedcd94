"""Words: how texts and questions become what PostgreSQL's full text search compares.

Both go the same way: accents fall, capitals too, and whatever is no letter or digit separates words, hyphens as well:
a compound is found by its parts. What a word's stem is says the language's configuration in the database.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_WORDS = 32
LONGEST_WORD = 100
SIMPLE = "simple"

# The configurations that PostgreSQL 15 brings, by the first part of a locale.
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# Words that say nothing, which the configurations know by their accents only.
_EMPTY = {
    "german": {"für", "über", "können", "könnte", "würde", "würden", "während", "daß", "hätte", "wäre"},
    "french": {"à", "été", "même", "êtes", "où"},
    "spanish": {"más", "también", "está", "están", "qué", "sí", "él", "mí", "tú"},
    "portuguese": {"não", "é", "à", "às", "são", "está", "até", "já", "só", "também", "você"},
    "italian": {"è", "più", "perché", "là", "lì"},
}
_MARKS = re.compile(r"(?<=[A-Za-z])[\u0300-\u036f]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"})
_GERMAN = re.compile(r"(?<![aeoq])([aou])e")
_BETWEEN = re.compile(r"[\W_]+")
_TERMS = re.compile(r'(?P<not>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


def language_of(locale: str) -> str:
    """The text search configuration of a locale; `simple`, which compares words as they are, of one it has none for."""
    return LANGUAGES.get(locale.partition("-")[0].lower(), SIMPLE)


def folded(text: str, language: str) -> str:
    """The words of a text, separated by single spaces. `Müller`, `Mueller` and `MULLER` are the same in German."""
    if not text.isascii():
        plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
        text = unicodedata.normalize("NFC", _MARKS.sub("", plain)).translate(_LETTERS)
    text = text.lower()
    if language == "german":
        text = _GERMAN.sub(r"\1", text)
    return _BETWEEN.sub(" ", text.replace("\0", " ")).strip()


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: `terms` in the order given, each its words, whether they must not be there, and whether it is
    an alternative to the one before."""

    terms: tuple[tuple[str, bool, bool], ...]

    def __bool__(self) -> bool:
        """Whether anything is asked for: what only says what must not be there would find nearly everything."""
        return any(not excluded for _, excluded, _ in self.terms)

    @property
    def wider(self) -> "Question | None":
        """Any of the terms instead of all; None where that is no other question. What must not be there is left out:
        see `excluded`."""
        loose = any(not excluded and not alternative for _, excluded, alternative in self.terms[1:])
        return self.any if len(self.any.terms) > 1 and loose else None

    @property
    def any(self) -> "Question":
        """Any of what is wanted."""
        return Question(tuple((text, False, True) for text, excluded, _ in self.terms if not excluded))

    @property
    def excluded(self) -> "Question":
        """What must not be there, as a question for any of it."""
        return Question(tuple((text, False, True) for text, excluded, _ in self.terms if excluded))

    def web(self, language: str) -> str:
        """For `websearch_to_tsquery`, which takes any text without an error."""
        said: list[str] = []
        for text, excluded, alternative in self.terms:
            joined = _telling(text, language)
            if not joined:
                continue
            if alternative and said:
                said.append("or")
            quoted = f'"{joined}"'  # a word alone too: `or` is one
            said.append(f"-{quoted}" if excluded else quoted)
        return " ".join(said)

    def wanted(self, language: str) -> list[str]:
        """The words that are looked for."""
        found = (_telling(text, language) for text, excluded, _ in self.terms if not excluded)
        return list(dict.fromkeys(" ".join(found).split()))


def _telling(text: str, language: str) -> str:
    empty = _EMPTY.get(language, ())
    return " ".join(filter(None, (folded(part, language) for part in text.split() if part.lower() not in empty)))


def question(text: str) -> Question:
    """Reads what people write into search boxes: `"a phrase"`, `-without`, `this or that`, else all words.

    Words beyond `MOST_WORDS` are left out; so is an `or` beside what must not be there.
    """
    terms: list[tuple[str, bool, bool]] = []
    either, count = False, 0
    for phrase, excluded, quoted in _terms(text):
        if not quoted and phrase.lower() == "or":
            either = bool(terms) and not terms[-1][1]
            continue
        size = len(_BETWEEN.sub(" ", phrase).split())
        if size and count + size <= MOST_WORDS:
            terms.append((phrase, excluded, either and not excluded))
            count += size
        either = False
    return Question(tuple(terms))


def _terms(text: str) -> Iterator[tuple[str, bool, bool]]:
    for found in _TERMS.finditer(text):
        quoted = found["phrase"] is not None
        phrase = " ".join(word[:LONGEST_WORD] for word in (found["phrase"] if quoted else found["word"]).split())
        yield phrase, bool(found["not"]), quoted
