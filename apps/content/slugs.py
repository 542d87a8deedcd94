"""Slugs made of titles and of what other systems call slugs."""

import re
import unicodedata

LONGEST = 200

# Accents and cases are gone before these are asked: й arrives as и, ß as ss. A hyphen stands for no letter at all.
_LETTERS = {
    "αβγδεζηθικλμνξοπρστυφχψω": "a v g d e z i th i k l m n x o p r s t y f ch ps o",
    "абвгдежзиклмнопрстуфхцчшщъыьэюя": "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch - y - e yu ya",
    "єіґђјљњћџ": "ye i g dj j lj nj c dz",
    "æœøđðłþıħŋ": "ae oe o d d l th i h n",
}
_ASCII = {
    ord(letter): ascii_.replace("-", "")
    for letters, all_ascii in _LETTERS.items()
    for letter, ascii_ in zip(letters, all_ascii.split(), strict=True)
}


def clean_slug(text: str, fallback: str) -> str:
    """`[a-z0-9]+(-[a-z0-9]+)*`, at most 200 characters; `fallback` where letters would be lost.

    Latin, Greek and Cyrillic letters are written in ASCII. A text with any letter of another script takes the
    fallback whole: what remained of it would be misleading (`日本-2` is not `2`).
    """
    lowered = unicodedata.normalize("NFKD", text.casefold()).translate(_ASCII)
    if any(char.isalnum() and not char.isascii() for char in lowered):
        return fallback
    bare = "".join(char for char in lowered if not unicodedata.combining(char) and char not in "'\u2019")
    slug = "-".join(re.findall(r"[a-z0-9]+", bare))
    return slug[:LONGEST].strip("-") or fallback
