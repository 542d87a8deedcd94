"""Texts without a language model: extracts from what the prompt gives, and templates around its subject words.

The text is honest filler, made to be rewritten: coherent sentences about the right things in English or German. Facts
say `{"engine": "template"}`.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from apps.ai.providers.protocols import Call, Output, Write

_STOP = {
    "en": "a an and are as at about be been but by can do for from has have how i if in into is it its me "
    "my no not of on "
    "or our please so some such than that the their them then there these they this to up us was we were "
    "what when which "
    "who will with you your should would could make just also any all more most very",
    "de": "aber alle als am an auch auf aus bei bin bis bitte da das dass dem den der des die dir du ein "
    "eine einem einen "
    "einer eines er es für hat haben hier ich ihr im in ist ja kann mit mir nach nicht noch nur oder sich "
    "sie sind so über "
    "um und uns unser unsere unseren vom von vor war was wenn wer wie wir wird zu zum zur mehr sehr man soll sollte",
}
_ORDERS = (
    "write text article blog post posts create generate draft paragraph paragraphs sentence sentences word "
    "words title titles headline headlines keywords keyword description meta seo summary summarise summarize "
    "short long tone language english german copy content give answer json return following page website "
    "section alt image topic maximum max characters character translate rewrite improve "
    "schreibe schreib text artikel beitrag erstelle erzeuge "
    "absatz absätze satz sätze wörter titel überschrift überschriften schlagwörter beschreibung "
    "zusammenfassung fasse zusammen kurz kurzen kurze lang ton sprache deutsch deutsche englisch inhalt gib "
    "antworte folgenden seite abschnitt bild thema friendly professional freundlich professionell "
)
_NUMBERS = {
    word: number
    for number, words in enumerate(
        ("one a ein eine einen", "two zwei", "three drei", "four vier", "five fünf", "six sechs"), start=1
    )
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_TEMPLATES = {
    "en": (
        "{A} begins with a clear look at what matters: {b}.",
        "Whoever deals with {a} soon notices how much depends on {b}.",
        "A good start is to see {a} and {b} together rather than one by one.",
        "In practice {a} is easiest to understand through examples from everyday life.",
        "Small steps help: choose one aspect of {b}, try it, and keep what works.",
        "What makes {a} worth the effort is the difference that people can see.",
        "With a little patience {b} becomes a strength instead of a question.",
        "It helps to write down what {a} should achieve, and by when.",
        "Those who know {b} well share the same advice: keep it simple.",
        "So {a} grows from an idea into something that lasts.",
    ),
    "de": (
        "{A}: Am Anfang steht ein klarer Blick auf das, worauf es ankommt, nämlich {b}.",
        "Beim Thema {a} zeigt sich schnell, wie viel mit {b} zusammenhängt.",
        "Ein guter Einstieg ist es, {a} und {b} gemeinsam zu betrachten.",
        "In der Praxis versteht man {a} am besten an Beispielen aus dem Alltag.",
        "Kleine Schritte helfen: einen Teil von {b} auswählen, ausprobieren und behalten, was sich bewährt.",
        "Der Aufwand für {a} lohnt sich dort, wo andere den Unterschied sehen.",
        "Mit etwas Geduld wird {b} von einer Frage zu einer Stärke.",
        "Es hilft, aufzuschreiben, was mit {a} erreicht werden soll und bis wann.",
        "Kenner von {b} geben denselben Rat: es einfach halten.",
        "So wächst aus {a} etwas, das bleibt.",
    ),
}
_SHORT = {
    "en": "{A}: what matters about {b}, told briefly and clearly.",
    "de": "{A}: was bei {b} zählt, kurz und klar erzählt.",
}
_TITLE = {"en": "{A} and {b}", "de": "{A} und {b}"}


@dataclass(frozen=True, slots=True)
class Matter:
    """What a prompt gives: its language, its subject words, and the sentences of a text that it holds."""

    language: str
    words: tuple[str, ...]
    sentences: tuple[str, ...]
    rng: Random

    def named(self, at: int) -> str:
        return self.words[at % len(self.words)]

    def fill(self, template: str, at: int = 0) -> str:
        a, b = self.named(at), self.named(at + 1)
        return template.format(A=a[:1].upper() + a[1:], a=a, b=b)


def write(asked: Write, call: Call) -> Output:
    _ = call.seconds
    return _output(asked, _compose(asked))


def stream(asked: Write, call: Call) -> Iterator[str | Output]:
    """Sentence by sentence."""
    text = _compose(asked)
    for piece in re.findall(r"\S+\s*|\s+", text):
        _ = call.seconds
        yield piece
    yield _output(asked, text)


def _output(asked: Write, text: str) -> Output:
    read, wrote = tokens(asked.system + asked.prompt), tokens(text)
    used = {"input_tokens": read, "output_tokens": wrote, "tokens": read + wrote}
    return Output(texts=(text,), used=used, facts={"engine": "template"})


def tokens(text: str) -> int:
    """About what a language model would count: four characters each."""
    return math.ceil(len(text) / 4)


def language_of(text: str, otherwise: str = "en") -> str:
    """`en` or `de`, by the small words."""
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {language: sum(word in set(stop.split()) for word in words) for language, stop in _STOP.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > 0 and len(set(counts.values())) > 1 else otherwise


def matter_of(asked: Write) -> Matter:
    wanted = asked.language[:2].lower()
    language = wanted if wanted in _TEMPLATES else language_of(asked.prompt)
    stop = {word for words in _STOP.values() for word in words.split()} | {*_ORDERS.split(), *_NUMBERS}
    seen = [word.strip("'’-") for word in _WORD.findall(re.sub(r"https?://\S+|<[^>]+>", " ", asked.prompt))]
    counted = Counter(word.lower() for word in seen if len(word) > 2 and word.lower() not in stop)
    spelling = {word.lower(): word for word in reversed(seen)}
    words = tuple(spelling[word] for word, _ in counted.most_common(12))
    if not words:
        words = ("das Thema", "der Alltag") if language == "de" else ("the subject", "everyday life")
    given = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", asked.prompt)]
    sentences = tuple(part for part in given if len(part) > 40 and part[-1:] in ".!?")
    return Matter(language, words, sentences if len(sentences) > 2 else (), Random(asked.seed or 0))


def _compose(asked: Write) -> str:
    matter = matter_of(asked)
    if asked.data is not None:
        filled = _filled(asked.data, "", matter, asked.data, 0)
        return json.dumps(filled, ensure_ascii=False)
    order = asked.prompt.lower()
    if re.search(r"\b(keywords?|schlagwörter|stichwörter)\b", order):
        text = ", ".join(word.lower() for word in matter.words[:8])
    elif re.search(r"\b(title|headline|titel|überschrift)\b", order) and not re.search(
        r"\b(article|artikel|post)\b", order
    ):
        text = title(matter)
    elif re.search(r"\b(meta|alt|description|beschreibung|summary|zusammenfassung|summari[sz]e|fasse|teaser)\b", order):
        text = short(matter, 160 if "meta" in order else 400)
    elif count := re.search(r"\b(\w+)\s+(?:sentences?|sätze?|satz)\b", order):
        text = sentences(matter, int(count[1]) if count[1].isdecimal() else _NUMBERS.get(count[1], 2))
    else:
        count = re.search(r"(\d{2,4})\s*(?:words?|wörter|worte)", order)
        text = body(matter, int(count[1]) if count else 120)
    return _cut(text, asked.most_tokens * 4)


def title(matter: Matter) -> str:
    if len(matter.words) == 1:
        return matter.words[0][:1].upper() + matter.words[0][1:]
    return matter.fill(_TITLE[matter.language])


def short(matter: Matter, most: int) -> str:
    """One or two sentences: the weightiest of a given text, otherwise a template's."""
    return _cut(_weightiest(matter, 2) if matter.sentences else matter.fill(_SHORT[matter.language]), most)


def sentences(matter: Matter, count: int) -> str:
    """So many sentences, 20 at most."""
    templates = _TEMPLATES[matter.language]
    return " ".join(matter.fill(templates[at % len(templates)], at) for at in range(min(max(count, 1), 20)))


def body(matter: Matter, words: int) -> str:
    """Paragraphs of about that many words."""
    templates = list(_TEMPLATES[matter.language])
    middle = templates[1:-1]
    matter.rng.shuffle(middle)
    written: list[str] = []
    if matter.sentences:
        written.append(_weightiest(matter, 3))
    written.append(matter.fill(templates[0]))
    at = 1
    while sum(len(sentence.split()) for sentence in written) < words - 8 and at < 400:
        written.append(matter.fill(middle[(at - 1) % len(middle)], at))
        at += 1
    written.append(matter.fill(templates[-1]))
    return "\n\n".join(" ".join(written[i : i + 4]) for i in range(0, len(written), 4))


def _weightiest(matter: Matter, count: int) -> str:
    """The sentences whose words are said most, in their own order (Luhn 1958)."""
    weights = {word.lower(): len(matter.words) - at for at, word in enumerate(matter.words)}

    def weight(sentence: str) -> float:
        found = _WORD.findall(sentence.lower())
        return sum(weights.get(word, 0) for word in found) / math.sqrt(len(found) or 1)

    best = sorted(range(len(matter.sentences)), key=lambda at: -weight(matter.sentences[at]))[:count]
    return " ".join(matter.sentences[at] for at in sorted(best))


def _cut(text: str, most: int) -> str:
    """At most that many characters, ended at a sentence or else at a word."""
    if len(text) <= most:
        return text
    kept = text[: max(0, most)]
    end = max(kept.rfind(". "), kept.rfind(".\n"))
    if end > most * 0.5:
        return kept[: end + 1]
    return kept.rsplit(" ", 1)[0].rstrip(" ,;:") if " " in kept else kept


def _filled(schema: Mapping[str, Any], name: str, matter: Matter, root: Mapping[str, Any], depth: int) -> Any:
    """A value that follows the schema (JSON Schema 2020-12: what is used to describe answers of models)."""
    if "$ref" in schema:
        found: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found.get(step, {}) if isinstance(found, Mapping) else {}
        return _filled(found, name, matter, root, depth + 1) if depth < 12 else None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("examples"):
        return schema["examples"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            options = [option for option in schema[choice] if option.get("type") != "null"] or schema[choice]
            return _filled({**schema, choice: None, **options[0]}, name, matter, root, depth + 1)
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((kind for kind in kinds if kind != "null"), "null") if isinstance(kinds, list) else kinds
    match kind:
        case "object":
            fields = schema.get("properties", {})
            wanted = fields if depth < 8 else {key: fields[key] for key in schema.get("required", ()) if key in fields}
            return {key: _filled(part, key, matter, root, depth + 1) for key, part in wanted.items()}
        case "array":
            count = min(max(schema.get("minItems", 3), 1), schema.get("maxItems", 50))
            items = schema.get("items", {"type": "string"})
            one = Matter(matter.language, matter.words, (), matter.rng)
            turned = [
                Matter(one.language, one.words[at % len(one.words) :] + one.words[: at % len(one.words)], (), one.rng)
                for at in range(count)
            ]
            return [_filled(items, _singular(name), part, root, depth + 1) for part in turned]
        case "integer" | "number":
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + (1 if "exclusiveMinimum" in schema else 0))
            number = min(max(low, 1), schema.get("maximum", math.inf))
            grid = schema.get("multipleOf")
            number = math.ceil(number / grid) * grid if grid else number
            return int(number) if kind == "integer" else number
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return _text_for(schema, name.lower(), matter)


def _singular(name: str) -> str:
    return name.removesuffix("s")


def _text_for(schema: Mapping[str, Any], name: str, matter: Matter) -> str:
    fixed = {
        "date": "2026-01-01",
        "date-time": "2026-01-01T09:00:00Z",
        "email": "info@example.com",
        "uri": "https://example.com/",
        "time": "09:00:00Z",
    }
    if schema.get("format") in fixed:
        return fixed[schema["format"]]
    slug = "-".join(re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-") for word in matter.words[:3]).strip("-")
    if schema.get("pattern"):
        return next((c for c in (slug, title(matter), "a", "1", "#336699") if re.search(schema["pattern"], c)), slug)
    if re.search(r"slug|identifier|path|^id$", name):
        text = slug or "text"
    elif re.search(r"keyword|tag|schlagw|categor", name):
        text = matter.named(0).lower()
    elif re.search(r"title|headline|heading|name|label|titel|subject", name):
        text = title(matter)
    elif re.search(r"body|content|text|html|markdown|inhalt|paragraph", name):
        text = body(matter, 60)
    else:
        text = short(matter, 300)
    if schema.get("format") == "html" or "html" in name:
        text = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    text = _cut(text, schema.get("maxLength", 100_000))
    return text if len(text) >= schema.get("minLength", 0) else (body(matter, 400) * 9)[: schema["minLength"]]
