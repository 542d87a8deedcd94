"""The people of the demo site as flat busts: each a face, hair, clothes and one thing they carry."""

from collections.abc import Callable

from apps.ai.providers.local.canvas import TALL, Canvas, Point, Shade, mix, oval, taper, trace
from cognitor.demo.painting.bust import Sitter
from cognitor.demo.painting.palette import (
    BRICK,
    CORAL,
    CREAM,
    FOAM,
    MOSS,
    NAVY,
    OCHRE,
    PINE,
    RUST,
    SEAGREEN,
    SLATE,
    TEAL,
    UMBER,
    Mood,
    ink,
)

FAIR, ROSY, TAN, BROWN, OLIVE = ink("e8b994"), ink("dfa083"), ink("c58a63"), ink("7d4c36"), ink("a9734f")


def editor(canvas: Canvas, mood: Mood) -> None:
    """A grey bob over a yellow oilskin."""
    it = Sitter(canvas, mood, FAIR)
    hair, hair_dark = ink("d9d6cb"), SLATE
    it.backdrop(mix(CORAL, CREAM, 0.25))
    it.patch(
        trace("-172,150 -186,-20 -150,-180 0,-236 150,-180 186,-20 172,150 120,190 -120,190"),
        mix(hair, hair_dark, 0.35),
    )
    it.shoulders(OCHRE, mix(RUST, UMBER, 0.2))
    it.patch(trace("-150,300 -90,262 -70,300 0,372 70,300 90,262 150,300 40,430 -40,430"), NAVY)
    for side in (-1, 1):
        it.patch(trace("84,240 172,300 190,350 60,470 22,440 104,330", across=side), mix(OCHRE, CREAM, 0.2), RUST)
    it.ribbon([(0, 440), (2, 520), (0, 600)], 7, 7, mix(RUST, UMBER, 0.5))
    for y in (482, 544):
        canvas.oval(it.x + 32, it.y + y, 11, 11, mix(UMBER, NAVY, 0.4))
    it.head(brow=SLATE)
    it.patch(
        trace(
            "-150,150 -178,20 -160,-140 -60,-228 70,-226 160,-140 178,20 152,150 118,60 120,-60 60,-112 "
            "-30,-146 -96,-80 -122,20 -116,90"
        ),
        hair,
        hair_dark,
    )
    it.ribbon([(-30, -214), (-110, -160), (-150, -40), (-146, 70)], 5, 2, mix(hair, hair_dark, 0.5))
    it.ribbon([(40, -216), (120, -160), (154, -40), (148, 70)], 5, 2, mix(hair, hair_dark, 0.5))


def skipper(canvas: Canvas, mood: Mood) -> None:
    """A red beard between a watch cap and a cable jumper."""
    it = Sitter(canvas, mood, ROSY)
    beard, wool = ink("b5582f"), ink("efe3c8")
    it.backdrop(mix(OCHRE, CREAM, 0.2))
    it.shoulders(wool, mix(SLATE, UMBER, 0.3))
    for x in (-250, -160, -80, 0, 80, 160, 250):
        for y in range(372 + abs(x) // 5, 600, 34):
            it.ribbon([(x - 14, y), (x, y + 17), (x + 14, y)], 5, 5, mix(wool, UMBER, 0.3))
    it.patch(trace("-98,236 0,216 98,236 122,312 0,372 -122,312"), mix(wool, CREAM, 0.4), SLATE)
    for x in range(-96, 100, 24):
        it.ribbon([(x * 0.86, 246), (x, 322)], 4, 4, mix(wool, UMBER, 0.3))
    it.head(smile=0.3, brow=mix(beard, UMBER, 0.3))
    it.patch(
        trace("-134,-20 -112,60 -62,74 0,62 62,74 112,60 134,-20 150,90 110,210 40,274 0,282 -40,274 -110,210 -150,90"),
        beard,
        mix(beard, UMBER, 0.75),
    )
    it.ribbon([(-30, 118), (0, 126), (32, 116)], 14, 14, mix(BRICK, it.shadow, 0.5))
    it.patch(trace("-80,92 -40,74 0,88 40,74 80,92 46,112 0,102 -46,112"), mix(beard, CREAM, 0.16))
    for x, y in ((-70, 150), (-30, 196), (30, 200), (74, 148), (0, 236)):
        it.ribbon([(x, y - 22), (x + 5, y), (x, y + 24)], 5, 2, mix(beard, UMBER, 0.35))
    it.patch(trace("-150,-66 -158,-160 -110,-252 0,-290 110,-252 158,-160 150,-66"), NAVY, mood.dark, amount=0.9)
    cuff = trace("-164,-64 -166,-132 -80,-152 0,-158 80,-152 166,-132 164,-64 80,-86 0,-92 -80,-86")
    it.patch(cuff, mix(NAVY, TEAL, 0.5), NAVY, amount=0.9)
    for x in range(-144, 150, 24):
        it.ribbon([(x, -140 + abs(x) * 0.1), (x * 1.01, -84 + abs(x) * 0.09)], 4, 4, mix(NAVY, TEAL, 0.1))


def birder(canvas: Canvas, mood: Mood) -> None:
    """A fair plait, a green jacket, binoculars."""
    it = Sitter(canvas, mood, ink("edbf98"))
    hair, dark = ink("c98f45"), ink("7d4f2b")
    it.backdrop(mix(SEAGREEN, CREAM, 0.2))
    it.patch(trace("-158,110 -172,-60 -130,-190 0,-232 130,-190 172,-60 158,110 90,190 -90,190"), mix(hair, dark, 0.6))
    it.shoulders(mix(MOSS, PINE, 0.45), PINE)
    it.patch(trace("-118,262 0,336 118,262 128,330 0,410 -128,330"), CREAM, SLATE)
    for side in (-1, 1):
        it.patch(trace("98,244 182,312 148,420 40,470 30,430 110,350", across=side), mix(MOSS, CREAM, 0.1), PINE)
        it.ribbon([(side * 110, 290), (side * 96, 400), (side * 62, 486)], 13, 13, NAVY)
    it.head(brow=dark)
    it.patch(
        trace("-140,60 -168,-60 -134,-184 0,-234 134,-184 168,-60 142,60 116,-50 20,-160 -84,-96 -118,-30"), hair, dark
    )
    it.ribbon([(10, -222), (-80, -170), (-136, -60)], 6, 2, dark)
    for i in range(8):
        px, py = 150 + 22 * (i / 3 if i < 4 else (7 - i) / 3), 70 + i * 48
        canvas.oval(
            it.x + px,
            it.y + py,
            34 - i * 1.6,
            32,
            mix(hair, dark, 0.12),
            turn=0.5 if i % 2 else -0.5,
            shades=[Shade(dark, "right", 0.7, 0.3)],
        )
    canvas.rect(it.x + 136, it.y + 440, it.x + 174, it.y + 458, CORAL)
    it.patch([(130, 456), (178, 456), (166, 530), (146, 530)], mix(hair, dark, 0.3))
    steel = mix(NAVY, mood.dark, 0.5)
    for side in (-1, 1):
        it.patch(
            trace("22,474 74,474 92,560 96,640 14,640 12,560", across=side), steel, mix(SLATE, FOAM, 0.2), amount=0.4
        )
        canvas.rect(it.x + side * 48 - 30, it.y + 462, it.x + side * 48 + 30, it.y + 482, mix(SLATE, NAVY, 0.4))
    canvas.rect(it.x - 20, it.y + 500, it.x + 20, it.y + 530, mix(SLATE, NAVY, 0.2))


def forecaster(canvas: Canvas, mood: Mood) -> None:
    """Round glasses under a crown of dark curls, a coral roll-neck."""
    it = Sitter(canvas, mood, BROWN)
    curls = ink("2c2126")
    it.backdrop(mix(OCHRE, mood.sky[-1], 0.35))
    puffs: list[list[Point]] = [oval(it.x, it.y - 96, 190, 176)]
    for dx, dy, size in (
        (-176, -60, 64),
        (-168, -150, 66),
        (-106, -226, 66),
        (-20, -254, 68),
        (70, -246, 66),
        (146, -186, 66),
        (182, -96, 64),
        (176, -10, 52),
        (-178, 10, 50),
    ):
        puffs.append(oval(it.x + dx, it.y + dy, size, size))
    canvas.union(puffs, curls, shades=[Shade(mix(curls, CORAL, 0.45), "left", 0.45, 0.55)])
    it.shoulders(CORAL, BRICK)
    it.patch(trace("-92,222 0,206 92,222 112,306 0,352 -112,306"), mix(CORAL, CREAM, 0.16), BRICK)
    for y in (256, 284):
        it.ribbon([(-100, y), (0, y + 24), (100, y)], 4, 4, mix(CORAL, BRICK, 0.6))
    it.head(blush=BRICK, brow=curls, lips=mix(CORAL, CREAM, 0.15))
    it.patch(
        trace("-140,-30 -134,-130 -70,-196 0,-208 70,-196 134,-130 140,-30 112,-104 50,-140 0,-134 -50,-140 -112,-104"),
        curls,
    )
    for side in (-1, 1):
        rim = oval(it.x + side * 60, it.y, 46, 46)
        canvas.shape(rim, FOAM, alpha=0.08)
        canvas.shape(taper([*rim, rim[0]], 7, 7), OCHRE)
        it.ribbon([(side * 104, -8), (side * 134, -12)], 7, 7, OCHRE)
        canvas.oval(it.x + side * 137, it.y + 62, 11, 11, OCHRE)
    it.ribbon([(-16, -6), (0, -14), (16, -6)], 7, 7, OCHRE)


def cook(canvas: Canvas, mood: Mood) -> None:
    """A bald head, a white moustache, a striped shirt behind an apron."""
    it = Sitter(canvas, mood, TAN)
    white = ink("f1ece0")
    it.backdrop(mix(RUST, CREAM, 0.3))
    it.shoulders(FOAM, SLATE)
    for y in range(390, 620, 44):
        half = 366 - max(0, 470 - y) * 0.9
        it.ribbon([(-half, y + 26), (-120, y - 6), (120, y - 6), (half, y + 26)], 15, 15, mix(NAVY, TEAL, 0.35))
    for side in (-1, 1):
        it.patch(trace("66,252 112,268 170,340 96,380 12,344", across=side), white, SLATE)
        it.ribbon([(side * 150, 330), (side * 168, 420), (side * 172, 480)], 26, 26, mix(PINE, TEAL, 0.4))
    it.patch(trace("-196,470 -120,448 0,444 120,448 196,470 214,700 -214,700"), mix(PINE, TEAL, 0.4), PINE)
    it.head(smile=0.7, brow=white)
    for side in (-1, 1):
        it.patch(trace("122,-64 150,-50 148,20 128,62 124,0", across=side), white)
        it.patch(trace("0,74 40,68 92,92 122,84 100,118 50,116 0,96", across=side), white)
    canvas.oval(it.x - 44, it.y - 136, 46, 20, CREAM, alpha=0.4, turn=-0.35)


def listener(canvas: Canvas, mood: Mood) -> None:
    """Black hair in a knot, headphones, a teal coat: the one who records the bell."""
    it = Sitter(canvas, mood, OLIVE)
    hair = ink("1c1a24")
    it.backdrop(mix(SEAGREEN, mood.sky[-1], 0.5))
    canvas.oval(it.x + 6, it.y - 256, 74, 66, hair, shades=[Shade(mix(hair, SLATE, 0.6), "left", 0.6, 0.5)])
    it.patch(trace("-152,60 -168,-70 -128,-190 0,-226 128,-190 168,-70 152,60 100,150 -100,150"), hair)
    it.shoulders(mix(BRICK, RUST, 0.4), mix(BRICK, mood.dark, 0.6))
    it.patch(trace("-196,330 -104,236 0,250 104,236 196,330 150,400 0,424 -150,400"), OCHRE, mix(RUST, UMBER, 0.3))
    it.ribbon([(-150, 316), (0, 376), (150, 316)], 7, 4, mix(OCHRE, RUST, 0.6))
    it.ribbon([(-122, 284), (0, 332), (122, 284)], 6, 3, mix(OCHRE, RUST, 0.6))
    it.patch(trace("60,380 130,370 152,560 128,600 84,590"), mix(OCHRE, CREAM, 0.1), mix(RUST, UMBER, 0.3))
    it.head(brow=hair)
    it.patch(
        trace("-138,30 -164,-70 -124,-186 0,-228 124,-186 164,-70 140,30 118,-70 64,-132 6,-166 -60,-130 -116,-70"),
        hair,
        mix(hair, SLATE, 0.5),
    )
    it.ribbon([(6, -222), (6, -164)], 4, 2, mix(hair, SLATE, 0.6))
    band = trace("-164,-10 -172,-120 -110,-224 0,-262 110,-224 172,-120 164,-10")
    it.ribbon(band, 20, 20, CREAM)
    for side in (-1, 1):
        it.patch(trace("132,-50 176,-54 196,6 176,66 132,62", across=side), TEAL, NAVY)
        it.patch([(side * 122, -40), (side * 142, -44), (side * 144, 56), (side * 122, 52)], mix(NAVY, TEAL, 0.2))
    it.ribbon([(-166, 64), (-190, 180), (-150, 330), (-176, 460), (-160, TALL)], 7, 7, NAVY)


SITTERS: dict[str, Callable[[Canvas, Mood], None]] = {
    "editor": editor,
    "skipper": skipper,
    "birder": birder,
    "forecaster": forecaster,
    "cook": cook,
    "listener": listener,
}
