"""What a website is made from."""

import zlib
from dataclasses import asdict, dataclass
from typing import Any

SECTIONS = ("hero", "features", "about", "team", "testimonials", "faq", "pricing", "blog", "contact")
"""In the order in which a home page has them."""
USUAL = ("hero", "features", "about", "testimonials", "faq", "blog", "contact")
PAGES = {"about": ("about", "team"), "blog": ("blog",), "contact": ("contact",)}
"""Pages beside the home page, and the sections that they show."""
DESIGNS = ("atelier", "harbor", "bloom")
MOST_LOCALES, MOST_POSTS, FEATURES = 4, 5, 3
MOST_PICTURES = 2 + FEATURES

_SUITS = {
    "atelier": "architect architektur art artist atelier book buch design essay fashion fotograf gallery galerie "
    "journal kunst magazine mode museum music photograph poet portfolio quiet studio theatre verlag wine winzer writer",
    "harbor": "agency agentur anwalt b2b bank beratung business clinic company consult engineer enterprise finance "
    "firma handwerk hotel insurance kanzlei law legal logist praxis professional security software steuer tax tech",
    "bloom": "bakery bäcker baker café cafe child community eltern essen family familie flower food friendly garden "
    "garten kids kinder kita kuchen market markt plant playful restaurant school schule sport verein warm yoga",
}


@dataclass(frozen=True, kw_only=True)
class Brief:
    """`pictures` and `posts` are how many; `colours` may have `primary` and `accent` as `#rrggbb`."""

    name: str
    purpose: str
    audience: str
    tone: str
    sections: tuple[str, ...]
    locales: tuple[str, ...]
    design: str
    colours: dict[str, str]
    pictures: int
    posts: int
    seed: int | None

    def written(self) -> dict[str, Any]:
        """As the row keeps it."""
        return asdict(self) | {"sections": list(self.sections), "locales": list(self.locales)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Brief":
        return cls(**kept | {"sections": tuple(kept["sections"]), "locales": tuple(kept["locales"])})

    @property
    def pages(self) -> dict[str, list[str]]:
        """The pages beside the home page, with those of their sections that are wanted."""
        found = {page: [name for name in names if name in self.sections] for page, names in PAGES.items()}
        return {page: names for page, names in found.items() if names}

    @property
    def places(self) -> list[str]:
        """Where pictures stand, at most as many as are wanted: `hero`, `about`, and of all features or of none."""
        spots = [str(name) for name in ("hero", "about") if name in self.sections][: self.pictures]
        features = [f"features.{at}" for at in range(FEATURES)] if "features" in self.sections else []
        return [*spots, *features] if len(spots) + len(features) <= self.pictures else spots


def suited(purpose: str, tone: str, audience: str, name: str) -> str:
    """The design for `auto`: the one whose words the brief says most often, else one by the name."""
    text = f"{purpose} {tone} {audience} {name}".lower()
    counts = {design: sum(word in text for word in words.split()) for design, words in _SUITS.items()}
    best = max(counts, key=lambda design: counts[design])
    return best if counts[best] else DESIGNS[zlib.crc32(name.encode()) % len(DESIGNS)]
