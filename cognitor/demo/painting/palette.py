"""The colours of the demo pictures: one family of inks, and the moods of light they are mixed into."""

from dataclasses import dataclass

from apps.ai.providers.local.canvas import Colour, ink

NAVY = ink("16293c")
TEAL = ink("1f5f6b")
SEAGREEN = ink("5b9a94")
FOAM = ink("e6eee2")
CREAM = ink("f8edd6")
SAND = ink("e9cf9f")
OCHRE = ink("e0a24e")
RUST = ink("b9583a")
CORAL = ink("e0715a")
BRICK = ink("a8433a")
PINE = ink("1f4239")
MOSS = ink("6f8052")
UMBER = ink("5a3a2e")
SLATE = ink("4c6470")


@dataclass(frozen=True)
class Mood:
    """A light in which a scene is painted; stops run from the top downwards."""

    sky: tuple[Colour, ...]
    sea: tuple[Colour, ...]
    orb: Colour
    cloud: Colour
    far: Colour
    mid: Colour
    near: Colour
    dark: Colour
    glint: Colour
    sand: Colour
    sand_shade: Colour


MOODS: dict[str, Mood] = {
    "dawn": Mood(
        sky=(ink("6fa5ad"), ink("b9cfc0"), ink("f5dcb0"), ink("f3b08d")),
        sea=(ink("dba58f"), ink("7fa7a4"), ink("2b6470")),
        orb=ink("fff3d6"),
        cloud=ink("fbe6c8"),
        far=ink("8fb0aa"),
        mid=ink("5f8a86"),
        near=ink("2f5f60"),
        dark=ink("17343f"),
        glint=ink("fff0d0"),
        sand=ink("efd3a2"),
        sand_shade=ink("c9976f"),
    ),
    "noon": Mood(
        sky=(ink("5fa9b8"), ink("a3d2cf"), ink("f1ecd4")),
        sea=(ink("8cc4bd"), ink("4a9aa0"), ink("1d6370")),
        orb=ink("fff6dc"),
        cloud=ink("fdf6e6"),
        far=ink("9fbcab"),
        mid=ink("73967a"),
        near=ink("3f6b58"),
        dark=ink("1b3c42"),
        glint=ink("f4f7e8"),
        sand=ink("f2ddb0"),
        sand_shade=ink("d2a878"),
    ),
    "dusk": Mood(
        sky=(ink("223650"), ink("6d5871"), ink("d97c66"), ink("f7c688")),
        sea=(ink("f0ae7c"), ink("a86a6c"), ink("263f58")),
        orb=ink("ffe9b8"),
        cloud=ink("f1a27c"),
        far=ink("8c6673"),
        mid=ink("584f66"),
        near=ink("2c3c54"),
        dark=ink("14253a"),
        glint=ink("ffdda0"),
        sand=ink("d99a74"),
        sand_shade=ink("7c5563"),
    ),
    "storm": Mood(
        sky=(ink("2a3f4d"), ink("536f79"), ink("9fb1aa"), ink("e4dcc0")),
        sea=(ink("8ba6a1"), ink("4d7479"), ink("193845")),
        orb=ink("f6efd8"),
        cloud=ink("3b525e"),
        far=ink("7d9594"),
        mid=ink("4f6d70"),
        near=ink("2c4b52"),
        dark=ink("15303c"),
        glint=ink("e8eee0"),
        sand=ink("cdbb96"),
        sand_shade=ink("8d8570"),
    ),
    "night": Mood(
        sky=(ink("0e1b30"), ink("16304b"), ink("2a5566"), ink("6b9791")),
        sea=(ink("5d8a8a"), ink("28526a"), ink("0e2238")),
        orb=ink("fbf1d3"),
        cloud=ink("3a6473"),
        far=ink("2f5a69"),
        mid=ink("1f4257"),
        near=ink("15304a"),
        dark=ink("0b1a2d"),
        glint=ink("f3e7bf"),
        sand=ink("5d7f88"),
        sand_shade=ink("28465c"),
    ),
    "fog": Mood(
        sky=(ink("a9bcba"), ink("cdd6cc"), ink("f0e7d3")),
        sea=(ink("d3d9cd"), ink("9fb5b2"), ink("5f8388")),
        orb=ink("fff4da"),
        cloud=ink("eae7d8"),
        far=ink("b3c3bd"),
        mid=ink("86a09f"),
        near=ink("4d6f75"),
        dark=ink("20404c"),
        glint=ink("f9f3e2"),
        sand=ink("dccdaa"),
        sand_shade=ink("a79b82"),
    ),
}
