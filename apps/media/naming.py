"""Names of files: what a client called one, made harmless, and what it is called in the storage."""

import re
import unicodedata

from django.utils.text import slugify

# Name and random part together; counted in bytes because file systems do (255), with room for later suffixes.
MAX_BYTES = 150
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_DRAWN = re.compile(r"[0-9a-f]{8}_(?=.)")
# Some web servers run `x.php.png` for its inner extension.
_INNER = re.compile(
    r"\.(?=(?:php[0-9]?|phtml|phar|html?|xhtml|shtml|m?js|svgz?|aspx?|jspx?|cgi|pl|py|rb|sh|exe|bat|cmd|com|htaccess)(?:\.|$))",
    re.IGNORECASE,
)


def cleaned(name: str, extensions: tuple[str, ...]) -> str:
    """A name for people: no folders, no control characters, ends with one of the extensions (by default the first)."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if char.isprintable()).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    if extension.lower() not in extensions:
        extension = extensions[0]
    stem = _INNER.sub("_", stem).strip(" .") or "file"
    if _RESERVED.fullmatch(stem):
        stem = f"file_{stem}"
    return f"{_cut(stem, MAX_BYTES - len(extension) - 10)}.{extension.lower()}"


def stored(filename: str, token: str) -> str:
    """The storage's name for a cleaned one: 8 hex characters, `_`, and the name with `-` and spaces turned to `_`."""
    return f"{token}_" + re.sub(r"[^\w.]", "", re.sub(r"[-\s]", "_", filename))


def shown(stored: str) -> tuple[str, bool]:
    """The name within a stored one, and whether random characters stood before it: such a name is never given again,
    that of a generated file is when the file is gone."""
    drawn = _DRAWN.match(stored)
    return (stored[drawn.end() :], True) if drawn else (stored, False)


def stem(name: str) -> str:
    """What a generated file is stored as: its slugged name with `-` turned to `_`."""
    return _cut(slugify(name).replace("-", "_"), MAX_BYTES - 20) or "generated"


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
