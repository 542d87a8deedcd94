"""What a prompt asks for, by its words: palette, mood, setting, style, subjects, and a title where one is quoted."""

import re
import unicodedata
from dataclasses import dataclass
from random import Random

from apps.ai.providers.local.canvas import Colour, ink, mix
from apps.ai.providers.local.nature import NATURE
from apps.ai.providers.local.things import THINGS

SUBJECTS = NATURE | THINGS
WORDS: dict[str, str] = {word: name for name, (words, _) in SUBJECTS.items() for word in words.split()}

STYLES = ("flat", "gradient", "geometric", "papercut")
MOST_SUBJECTS = 5

_STYLE_WORDS = {
    "flat": "flat minimal minimalist minimalistisch simple schlicht icon logo vector vektor",
    "gradient": "gradient verlauf soft weich dreamy verträumt glow modern 3d photo realistic realistisch",
    "geometric": "geometric geometrisch abstract abstrakt bauhaus pattern muster retro",
    "papercut": "paper papier papercut scherenschnitt collage origami layered cut-out craft",
}
_COLOUR_WORDS = {
    "red rot rote roter rotes crimson scarlet": "c8443a",
    "orange": "e2823a",
    "yellow gelb gelbe gelber gold golden goldene goldener": "e9b44c",
    "green grün grüne grüner grünes emerald olive": "4f8a5b",
    "teal turquoise türkis cyan mint petrol": "2f8f8b",
    "blue blau blaue blauer blaues azure navy": "2f6fb0",
    "purple violet lila violett violette lavender lavendel": "7a5aa6",
    "pink rosa magenta": "d76a97",
    "brown braun braune brauner brown-ish": "8a5f43",
    "black schwarz schwarze schwarzer dark dunkel dunkle": "23262e",
    "white weiß weiss weiße weißer": "f2efe8",
    "grey gray grau graue grauer silver silber": "8b9299",
}
_MOOD_WORDS = {
    "dawn": "dawn sunrise morning morgen morgens sonnenaufgang calm ruhig ruhige friendly freundlich",
    "noon": "noon day sunny sonnig summer sommer fresh frisch happy fröhlich fröhliche spring frühling",
    "dusk": "dusk sunset evening abend sonnenuntergang warm warme cozy gemütlich autumn herbst romantic romantisch",
    "storm": "storm sturm stormy dramatic dramatisch rain regen serious ernst",
    "night": "night nacht dark dunkel moon mond starry elegant luxury luxus space weltraum",
    "winter": "winter snow schnee cold kalt kalte ice eis frost frosty",
}
_MOODS = {  # ground above, ground below, main, second, accent, dark, light, soft
    "dawn": "f7e3c6 f2b79a 3d7a7c 7fb0a8 e0715a 1f3d48 fff6e6 f4cfae",
    "noon": "bfe3e8 f4f1dc 2f7f8d 6fb08a eeb04c 1b3f4a fffaf0 d8ead6",
    "dusk": "3b3560 f19a74 6b4a7c b0647d f7c35f 231c3d ffeed6 d98a80",
    "storm": "5d747e c7d0cb 35515c 6d8b90 d8a24a 1d2f38 eef2ec a2b3b2",
    "night": "0f1b33 2f4a73 345f8f 5583a8 f2c75c 0a1222 f4efdc 3d5a80",
    "winter": "dcebf3 f7fbfd 3f7397 8fb9d0 d9534f 24455c ffffff c3d9e6",
}
_PALETTES = [
    *_MOODS.values(),
    "f6ead7 e8cfa9 2c5f5d 7a9e7e d96c4a 22333b fffaf1 ead8bd",
    "ffe9df fbc6b4 b5485d e58a7b f3b44e 3d2238 fff8f2 f7d6c8",
    "e4eedd b9d3ae 2f6b4f 73a071 e6a23c 1d3a2f fbfdf4 cfe0c3",
    "e8e4f3 c5badf 5b4b9a 8f7fc4 f08a5d 2a2350 fdfbff d6cdec",
]
_SETTINGS = {
    "sea": "sea ocean meer ozean wave waves welle wellen coast küste strand beach boat boats boot schiff "
    "ship sail segel "
    "lighthouse leuchtturm harbour hafen lake see bridge brücke",
    "hills": "mountain mountains berg berge landscape landschaft hill hügel nature natur field feld tree "
    "trees baum bäume "
    "forest wald camp camping tent zelt hiking wandern garden garten park house haus meadow wiese spring "
    "frühling village "
    "dorf farm bauernhof",
    "town": "city stadt skyline street straße urban downtown traffic verkehr taxi",
    "sky": "sky himmel cloud wolke plane flugzeug space weltraum rocket rakete bird vogel moon mond star "
    "sterne balloon",
    "table": "table tisch coffee kaffee bread brot kitchen küche wine wein cooking kochen recipe rezept "
    "food essen book buch "
    "desk schreibtisch breakfast frühstück soup suppe apple",
}
_ENDINGS = ("s", "es", "e", "n", "en")


@dataclass(frozen=True, slots=True)
class Inks:
    above: Colour
    below: Colour
    main: Colour
    second: Colour
    accent: Colour
    dark: Colour
    light: Colour
    soft: Colour


@dataclass(frozen=True, slots=True)
class Plan:
    """What was understood of a prompt."""

    subjects: tuple[str, ...]
    style: str
    setting: str
    inks: Inks
    night: bool
    title: str


def words_of(text: str) -> list[str]:
    return re.findall(r"[\w-]+", unicodedata.normalize("NFC", text).lower())


def subjects_in(text: str) -> list[str]:
    """The subjects that the words name, in their order, each once.

    Endings of plurals are forgiven, and of a German compound the last part counts: "Segelboote" is a boat.
    """
    found: list[str] = []
    for word in words_of(text):
        forms = [word, *word.split("-")]
        forms += [word.removesuffix(end) for end in _ENDINGS if word.endswith(end) and len(word) > 4]
        forms += [form[cut:] for form in tuple(forms) for cut in range(3, len(form) - 3)]
        name = next((WORDS[form] for form in forms if form in WORDS), None)
        if name and name not in found:
            found.append(name)
    return found


def plan(prompt: str, seed: int) -> Plan:
    """What to draw: decided by the prompt's words where they say it, and by the seed where they do not."""
    rng = Random(seed)
    title = next((found.strip() for found in re.findall(r"[\"“„«]([^\"“”„«»]{1,60})[\"”“»]", prompt)), "")
    words = words_of(prompt)
    spoken = set(words)
    style = _first(_STYLE_WORDS, words) or rng.choice(STYLES)
    mood = _first(_MOOD_WORDS, words)
    inks = inks_of(_MOODS[mood] if mood else rng.choice(_PALETTES))
    hues = [ink(code) for names, code in _COLOUR_WORDS.items() if spoken & set(names.split())]
    inks = _towards(inks, hues)
    found = subjects_in(prompt)[:MOST_SUBJECTS]
    setting = _first(_SETTINGS, words) or rng.choice(("blob", "rings", "blocks"))
    night = mood == "night" or sum(inks.above) < 240
    if not found and setting in ("blob", "rings", "blocks"):
        found = [rng.choice(("star", "leaf", "globe", "sun", "flower"))]
    return Plan(tuple(found), style, setting, inks, night, title)


def _first(table: dict[str, str], words: list[str]) -> str:
    by_word = {word: name for name, names in table.items() for word in names.split()}
    return next((by_word[word] for word in words if word in by_word), "")


def inks_of(codes: str) -> Inks:
    return Inks(*(ink(code) for code in codes.split()))


def _towards(inks: Inks, hues: list[Colour]) -> Inks:
    """The palette drawn to the colours that were asked for: the first rules, the second is the accent."""
    if not hues:
        return inks
    rule, accent = hues[0], hues[1] if len(hues) > 1 else inks.accent
    pale, deep = sum(rule) > 640, sum(rule) < 200
    main = mix(rule, inks.dark, 0.35) if pale else rule
    return Inks(
        above=mix(rule, (255, 255, 255), 0.1 if deep else 0.62),
        below=mix(rule, (255, 255, 255), 0.25 if deep else 0.84),
        main=mix(main, (255, 255, 255), 0.3) if deep else main,
        second=mix(main, (255, 255, 255), 0.5 if deep else 0.32),
        accent=accent if len(hues) > 1 or _far(accent, main) else mix(main, (255, 214, 120), 0.7),
        dark=mix(main, (10, 14, 24), 0.72),
        light=mix(rule, (255, 255, 255), 0.92),
        soft=mix(rule, (255, 255, 255), 0.45 if deep else 0.72),
    )


def _far(one: Colour, other: Colour) -> bool:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) > 120
