"""Pictures in words without a model that sees: colours, light and shape are measured, what is shown is not known.

What the picture is of is taken from the lines `Name: …` of the prompt, which tell what people called it. The
description says how it came about, and facts are `{"engine": "looking", …}` with what was measured.
"""

import colorsys
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PIL import Image

from apps.ai.providers import pictures
from apps.ai.providers.local import writer
from apps.ai.providers.protocols import Call, Output, Write

_SIDE = 64
_LEAST = 0.08
"""The part of a picture that a colour has to cover to be named."""
_KNOWN = re.compile(r"^(Name|File name|Alternative text|Description|Keywords): (.+)$", re.MULTILINE)
_HUES = ((15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (200, "turquoise"), (258, "blue"),
         (295, "purple"), (335, "pink"), (361, "red"))  # fmt: skip
_GERMAN = {
    "red": "Rot", "orange": "Orange", "yellow": "Gelb", "green": "Grün", "turquoise": "Türkis", "blue": "Blau",
    "purple": "Violett", "pink": "Rosa", "white": "Weiß", "grey": "Grau", "black": "Schwarz", "brown": "Braun",
    "landscape": "Querformat", "portrait": "Hochformat", "square": "Quadratisches Format",
    "bright": "hell", "dark": "dunkel", "moderate": "mittelhell",
}  # fmt: skip
_WORDS = {
    "en": {
        "and": " and ",
        "alt": "{subject}: {orientation} picture, mostly {colours}",
        "bare": "{Orientation} picture, mostly {colours}",
        "text": "{start}A {orientation} picture of {light} tone, mostly {colours}, {kind}. This was measured and taken "
        "from its name, not seen.",
        True: "with flat areas as in a drawing or a logo",
        False: "with soft transitions as in a photograph",
    },
    "de": {
        "and": " und ",
        "alt": "{subject}: {orientation}, vor allem {colours}",
        "bare": "Bild im {orientation}, vor allem {colours}",
        "text": "{start}{orientation}, {light}, vor allem {colours}, {kind}. Das ist gemessen und dem Namen entnommen, "
        "nicht gesehen.",
        True: "mit flächigen Farben wie in einer Zeichnung oder einem Logo",
        False: "mit weichen Übergängen wie in einer Fotografie",
    },
}


def write(asked: Write, call: Call) -> Output:
    """Alternative text, description and keywords of the first picture; other fields of a schema as the writer fills
    them. Without a schema the description."""
    _ = call.seconds
    seen = look(pictures.opened(asked.pictures[0]))
    told = described(asked, seen)
    text = told["description"]
    if asked.data is not None:
        filled = json.loads(writer.write(replace(asked, pictures=()), call).texts[0])
        text = json.dumps({name: told.get(name, value) for name, value in filled.items()}, ensure_ascii=False)
    read, wrote = writer.tokens(asked.system + asked.prompt), writer.tokens(text)
    used = {"input_tokens": read, "output_tokens": wrote, "tokens": read + wrote}
    return Output(texts=(text,), used=used, facts={"engine": "looking", **seen})


def look(image: Image.Image) -> dict[str, Any]:
    """`colours`: up to three that cover most, the first the most; `orientation`; `brightness`; `flat`: whether few
    colours make up most of it."""
    wide = image.width / image.height
    small = image.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
    ground = Image.new("RGBA", small.size, "white")
    ground.alpha_composite(small)
    pixels: Any = list(ground.convert("RGB").get_flattened_data())
    named = Counter(_colour(pixel) for pixel in pixels).most_common(3)
    like = Counter(tuple(part // 16 for part in pixel) for pixel in pixels).most_common(8)
    light = sum(0.299 * r + 0.587 * g + 0.114 * b for r, g, b in pixels) / len(pixels)
    return {
        "colours": [name for at, (name, count) in enumerate(named) if at == 0 or count >= len(pixels) * _LEAST],
        "orientation": "landscape" if wide > 1.1 else "portrait" if wide < 0.9 else "square",
        "brightness": "dark" if light < 80 else "bright" if light > 170 else "moderate",
        "flat": sum(count for _, count in like) > len(pixels) * 0.75,
    }


def _colour(pixel: tuple[int, int, int]) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in pixel))
    if value < 0.18:
        return "black"
    if saturation < 0.14:
        return "white" if value > 0.85 else "grey"
    name = next(name for most, name in _HUES if hue * 360 < most)
    return "brown" if name in ("red", "orange") and value < 0.6 and saturation < 0.85 else name


def described(asked: Write, seen: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: value.strip() for name, value in _KNOWN.findall(asked.prompt)}
    language = "de" if asked.language[:2].lower() == "de" else "en"
    words: Mapping[Any, str] = _WORDS[language]

    def said(name: str) -> str:
        return _GERMAN[name] if language == "de" else name

    colours = [said(name) for name in seen["colours"]]
    listed = words["and"].join([", ".join(colours[:-1]), colours[-1]] if len(colours) > 1 else colours)
    subject = known.get("Alternative text") or _subject(known)
    shape = said(seen["orientation"])
    filling = {"subject": subject, "orientation": shape, "Orientation": shape.capitalize(), "colours": listed,
               "light": said(seen["brightness"]), "kind": words[seen["flat"]]}  # fmt: skip
    start = f"{subject.rstrip('.')}. " if subject else ""
    terms = [word.lower() for word in re.findall(r"[^\W\d_]{3,}", subject)][:6]
    return {
        "alt_text": known.get("Alternative text") or words["alt" if subject else "bare"].format(**filling),
        "description": words["text"].format(start=start, **filling),
        "keywords": list(dict.fromkeys([*terms, *(colour.lower() for colour in colours)])),
    }


def _subject(known: Mapping[str, str]) -> str:
    """What people called it; empty where that is the name of a camera's or a program's file."""
    for name in ("Name", "File name"):
        stem = re.sub(r"\.\w{2,5}$", "", known.get(name, ""))
        words = re.sub(r"[-_\s]+", " ", stem).strip()
        plain = re.sub(
            r"\b(img|dsc|dscn|pxl|image|picture|photo|screenshot|file|bild|foto|untitled)\b|\d+", "", words.lower()
        )
        if len(re.findall(r"[^\W\d_]{3,}", plain)) > 0 and not re.fullmatch(r"[0-9a-f ]{8,}", words.lower()):
            return words[:1].upper() + words[1:]
    return ""
