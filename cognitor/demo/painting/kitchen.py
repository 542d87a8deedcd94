"""Food on the table by the window: bowl, loaf, mug and pan."""

import math
from collections.abc import Callable

from apps.ai.providers.local.canvas import Canvas, Shade, mix, smooth, taper, trace
from cognitor.demo.painting import animals
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
    SAND,
    SEAGREEN,
    SLATE,
    TEAL,
    UMBER,
    Colour,
    Mood,
)
from cognitor.demo.painting.table import bread, butter, room, shadow, steam


def chowder(canvas: Canvas, mood: Mood) -> None:
    """A deep bowl of chowder, a spoon, two pieces of bread."""
    room(canvas, mood, mix(SEAGREEN, CREAM, 0.25), mix(TEAL, SEAGREEN, 0.35))
    x, rim = canvas.wide / 2, 640.0
    shadow(canvas, x, 888, 330, 46)
    glaze = mix(NAVY, TEAL, 0.4)
    side = smooth([(x - 340, rim), (x - 300, 760), (x - 180, 862), (x - 120, 884)], closed=False)
    canvas.shape(
        side + [(2 * x - px, py) for px, py in reversed(side)],
        CREAM,
        shades=[Shade(mix(SLATE, UMBER, 0.4), "right", 0.8, 0.3)],
    )
    for drop, thick in ((50, 26), (92, 9)):
        arc = [
            (x + (338 - drop * 0.34) * math.cos(a), rim + drop + 86 * math.sin(a))
            for a in (math.pi * k / 30 for k in range(31))
        ]
        canvas.shape(arc + [(px, py + thick) for px, py in reversed(arc)], CORAL if drop == 50 else glaze)
    canvas.shape([(x - 124, 880), (x + 124, 880), (x + 112, 902), (x - 112, 902)], mix(CREAM, SLATE, 0.5))
    canvas.oval(x, rim, 344, 92, mix(CREAM, FOAM, 0.4))
    canvas.oval(x, rim + 6, 318, 78, mix(SAND, CREAM, 0.35), shades=[Shade(mix(OCHRE, SAND, 0.3), "down", 0.6, 0.2)])
    bits: tuple[tuple[float, float, float, Colour], ...] = (
        (-190, -8, 44, FOAM),
        (-60, 22, 50, FOAM),
        (90, -20, 46, FOAM),
        (200, 14, 42, FOAM),
        (-120, 34, 26, OCHRE),
        (10, -34, 28, OCHRE),
        (150, 40, 30, OCHRE),
        (-240, 18, 22, OCHRE),
        (40, 46, 24, OCHRE),
        (-20, -6, 34, CORAL),
        (-150, -40, 28, CORAL),
        (230, -14, 26, CORAL),
    )
    for dx, dy, size, tone in bits:
        canvas.oval(x + dx, rim + 6 + dy * 0.9 + 5, size, size * 0.42, mix(OCHRE, UMBER, 0.35), alpha=0.5)
        canvas.oval(
            x + dx,
            rim + 6 + dy * 0.9,
            size,
            size * 0.42,
            tone,
            turn=canvas.rng.uniform(-0.3, 0.3),
            shades=[Shade(mix(tone, UMBER, 0.4), "down", 0.5, 0.4)],
        )
    for _ in range(46):
        a, far = canvas.rng.uniform(0, math.tau), canvas.rng.random() ** 0.5
        canvas.oval(
            x + 280 * far * math.cos(a),
            rim + 6 + 62 * far * math.sin(a),
            canvas.rng.uniform(5, 11),
            4,
            mix(MOSS, PINE, canvas.rng.choice((0.0, 0.6))),
        )
    steam(canvas, x, 560, 330)
    spoon = x + 470
    canvas.shape(
        taper(smooth([(spoon - 66, 930), (spoon + 40, 850), (spoon + 180, 770)], closed=False), 16, 26),
        mix(SLATE, FOAM, 0.55),
    )
    canvas.oval(spoon - 104, 950, 66, 36, mix(SLATE, FOAM, 0.4), turn=-0.55, shades=[Shade(FOAM, "up", 0.8, 0.3)])
    for dx, dy, turn in ((-560, 862, 0.12), (-470, 900, -0.16)):
        bread(canvas, x + dx, dy, 128, turn)


def rye_loaf(canvas: Canvas, mood: Mood) -> None:
    """A floured loaf, cut, on a board."""
    room(canvas, mood, mix(CORAL, CREAM, 0.55), None, window=0.34)
    x, y = canvas.wide * 0.5, 800.0
    shadow(canvas, x, 918, 560, 40)
    board = mix(OCHRE, SAND, 0.45)
    plank = trace("-560,846 -540,818 540,818 580,838 690,838 712,856 690,874 580,874 540,896 -540,896", x)
    canvas.shape(plank, board, shades=[Shade(UMBER, "down", 0.5, 0.4)])
    canvas.shape(
        trace("-540,896 540,896 580,874 690,874 690,886 582,888 542,912 -544,912 -560,846", x), mix(board, UMBER, 0.45)
    )
    canvas.oval(x + 678, 856, 16, 8, UMBER)
    crust, dark = mix(RUST, UMBER, 0.3), mix(UMBER, NAVY, 0.25)
    shadow(canvas, x - 120, 856, 380, 30)
    loaf = smooth(trace("-490,846 -520,740 -450,600 -280,530 -90,520 90,560 190,660 200,780 170,850 -150,862", x))
    canvas.shape(loaf, crust, shades=[Shade(dark, "down", 0.8, 0.25), Shade(mix(OCHRE, CREAM, 0.3), "up", 0.6, 0.6)])
    for i in range(5):
        sx = x - 400 + i * 118
        cut = smooth(
            [
                (sx - 26, 690 - 14 * i + 8 * i * i * 0.4),
                (sx + 20, 606),
                (sx + 74, 574 + i * 4),
                (sx + 46, 622),
                (sx + 6, 684),
            ],
            steps=8,
        )
        canvas.shape(cut, mix(SAND, CREAM, 0.3), shades=[Shade(mix(OCHRE, RUST, 0.3), "down", 0.7, 0.2)])
    for _ in range(260):
        px, py = canvas.rng.gauss(x - 170, 150), canvas.rng.gauss(610, 40)
        if py > 545 + abs(px - x + 140) * 0.22:
            canvas.oval(px, py, canvas.rng.uniform(1.5, 4), 2, CREAM, alpha=0.75)
    bread(canvas, x + 300, y - 40, 168, 0.06)
    bread(canvas, x + 440, y + 2, 150, 0.3)
    blade = trace("-560,938 -130,908 -120,934 -470,966 -545,958", x)
    canvas.shape(blade, mix(SLATE, FOAM, 0.65), shades=[Shade(SLATE, "down", 0.7, 0.2)])
    canvas.shape(smooth(trace("-126,902 60,888 110,900 104,922 -118,940", x), steps=6), mix(UMBER, NAVY, 0.2))
    for dx in (-70, 0, 66):
        canvas.oval(x + dx, 915 - dx * 0.07, 6, 6, OCHRE)
    for _ in range(50):
        canvas.oval(
            x + canvas.rng.gauss(250, 160),
            canvas.rng.uniform(872, 960),
            canvas.rng.uniform(2, 6),
            2.5,
            canvas.rng.choice((CREAM, mix(UMBER, RUST, 0.4), SAND)),
        )
    butter(canvas, canvas.wide * 0.9, 724)


def buckthorn_mug(canvas: Canvas, mood: Mood) -> None:
    """A steaming mug, a sprig of orange berries, a jar of honey."""
    room(canvas, mood, mix(NAVY, SLATE, 0.55), mix(BRICK, RUST, 0.4), window=0.56)
    x, top, foot = canvas.wide * 0.46, 500.0, 868.0
    shadow(canvas, x + 20, foot, 260, 40)
    handle = smooth(trace("176,560 290,556 334,656 280,772 160,800", x), closed=False)
    enamel = mix(FOAM, CREAM, 0.5)
    canvas.shape(taper(handle, 44, 36), mix(enamel, SLATE, 0.4))
    body = [
        (x - 210, top),
        (x + 210, top),
        (x + 194, foot - 40),
        (x + 150, foot),
        (x - 150, foot),
        (x - 194, foot - 40),
    ]
    canvas.shape(body, enamel, shades=[Shade(SLATE, "right", 0.85, 0.3)])
    wave = [(x - 206 + 411 * k / 40, 700 + 15 * math.sin(k / 40 * math.tau * 3)) for k in range(41)]
    canvas.shape(
        [*wave, (x + 194, foot - 40), (x + 150, foot), (x - 150, foot), (x - 194, foot - 40)],
        mix(TEAL, NAVY, 0.15),
        shades=[Shade(NAVY, "right", 0.9, 0.3)],
    )
    canvas.shape(wave + [(px, py + 13) for px, py in reversed(wave)], CREAM)
    animals.gull(canvas, x - 60, 620, 110, NAVY, tilt=-0.1)
    animals.gull(canvas, x + 60, 590, 66, NAVY, tilt=0.1)
    canvas.oval(x, top, 214, 52, mix(NAVY, TEAL, 0.2))
    canvas.oval(x, top + 5, 198, 42, mix(OCHRE, CORAL, 0.35), shades=[Shade(mix(RUST, OCHRE, 0.3), "down", 0.7, 0.2)])
    canvas.oval(x - 40, top + 6, 60, 17, mix(OCHRE, CREAM, 0.65))
    canvas.oval(x - 40, top + 6, 46, 12, mix(OCHRE, CREAM, 0.2))
    steam(canvas, x, 468, 350)
    stem = smooth([(x - 620, 930), (x - 470, 872), (x - 330, 880), (x - 240, 930)], closed=False)
    canvas.shape(taper(stem, 13, 5), UMBER)
    for i in range(4, len(stem) - 2, 2):
        px, py = stem[i]
        side = -1 if i % 4 else 1
        leaf = smooth(
            [(px, py), (px + 40, py + side * 26), (px + 96, py + side * 46), (px + 48, py + side * 44)], steps=6
        )
        canvas.shape(leaf, mix(MOSS, SEAGREEN, 0.4 if i % 3 else 0.1))
    for i in range(3, len(stem) - 1, 1):
        px, py = stem[i]
        for _ in range(2):
            bx, by = px + canvas.rng.uniform(-16, 16), py + canvas.rng.uniform(-26, 26)
            canvas.oval(
                bx, by, 17, 16, mix(OCHRE, CORAL, 0.55), shades=[Shade(mix(RUST, BRICK, 0.3), "down", 0.7, 0.35)]
            )
            canvas.oval(bx - 5, by - 5, 4, 4, CREAM)
    jar = canvas.wide * 0.76
    shadow(canvas, jar, 826, 150, 26)
    canvas.shape(
        smooth(trace("-120,600 -136,640 -130,790 -104,826 104,826 130,790 136,640 120,600", jar), steps=8),
        mix(OCHRE, CREAM, 0.15),
        shades=[Shade(mix(RUST, UMBER, 0.2), "right", 0.8, 0.25)],
    )
    canvas.rect(jar - 112, 676, jar + 112, 768, CREAM, shades=[Shade(mix(OCHRE, UMBER, 0.4), "right", 0.5, 0.4)])
    canvas.shape(smooth(trace("-24,708 0,694 24,708 24,736 0,750 -24,736", jar), steps=5), OCHRE)
    canvas.rect(jar - 128, 564, jar + 128, 606, mix(NAVY, TEAL, 0.3), shades=[Shade(NAVY, "right", 0.8, 0.2)])
    canvas.shape(
        smooth([(jar - 104, 630), (jar - 92, 636), (jar - 92, 786), (jar - 104, 776)], steps=5), CREAM, alpha=0.5
    )


def dulse_cakes(canvas: Canvas, mood: Mood) -> None:
    """Potato cakes in an iron pan, dulse and lemon beside it."""
    room(canvas, mood, mix(OCHRE, CREAM, 0.5), None, window=0.62)
    x, y = canvas.wide * 0.46, 770.0
    iron = mix(NAVY, UMBER, 0.25)
    shadow(canvas, x, y + 92, 450, 100)
    canvas.shape(taper([(x + 380, y + 30), (x + 760, y + 120)], 62, 48), iron)
    canvas.oval(x + 716, y + 110, 22, 11, UMBER, turn=0.23)
    canvas.oval(x, y + 52, 440, 140, mix(iron, NAVY, 0.5))
    canvas.rect(x - 440, y, x + 440, y + 50, mix(iron, NAVY, 0.5))
    canvas.oval(x, y, 446, 150, mix(iron, SLATE, 0.35))
    canvas.oval(x, y + 6, 416, 132, iron, shades=[Shade(mix(iron, SLATE, 0.5), "down", 0.5, 0.4)])
    gold = mix(OCHRE, RUST, 0.12)
    for dx, dy in ((-120, -66), (120, -66), (-254, -2), (0, 4), (254, -2), (-128, 72), (128, 72)):
        canvas.oval(x + dx, y + dy + 20, 122, 46, mix(RUST, UMBER, 0.45))
        canvas.oval(
            x + dx,
            y + dy,
            122,
            46,
            gold,
            shades=[Shade(mix(RUST, UMBER, 0.25), "right", 0.75, 0.25), Shade(mix(OCHRE, CREAM, 0.6), "up", 0.5, 0.6)],
        )
        for _ in range(9):
            a, far = canvas.rng.uniform(0, math.tau), canvas.rng.random() ** 0.5 * 0.8
            canvas.oval(
                x + dx + 116 * far * math.cos(a),
                y + dy + 42 * far * math.sin(a),
                canvas.rng.uniform(6, 16),
                canvas.rng.uniform(2, 5),
                mix(BRICK, NAVY, 0.4),
                turn=canvas.rng.uniform(-0.5, 0.5),
            )
    steam(canvas, x, 660, 300)
    for i, (lean, tall) in enumerate(((-150, 128), (-88, 176), (-30, 150), (34, 190), (92, 148), (150, 120))):
        fx, tone = canvas.wide * 0.86 + lean * 0.4, mix(BRICK, NAVY, 0.24 + 0.09 * (i % 3))
        fork = (fx + lean * 0.3, 668 - tall * 0.55)
        canvas.shape(taper(smooth([(fx, 700), (fx + lean * 0.05, 670), fork], closed=False), 14, 34), tone)
        for turn in (-1, 1):
            end = (fork[0] + lean * 0.28 + turn * 34, fork[1] - tall * 0.5)
            bend = (fork[0] + turn * 22, fork[1] - tall * 0.2)
            canvas.shape(taper(smooth([fork, bend, end], closed=False), 30, 12), tone)
    cup = canvas.wide * 0.86
    canvas.shape(
        [(cup - 96, 660), (cup + 96, 660), (cup + 78, 778), (cup - 78, 778)],
        FOAM,
        shades=[Shade(SLATE, "right", 0.7, 0.3)],
    )
    canvas.rect(cup - 90, 690, cup + 90, 706, TEAL)
    for lx, ly, tilt in ((0.1, 900, -0.2), (0.185, 940, 0.15)):
        cx = canvas.wide * lx
        shadow(canvas, cx, ly + 44, 82, 16)
        canvas.oval(cx, ly, 84, 66, OCHRE, turn=tilt)
        canvas.oval(cx, ly, 74, 57, CREAM, turn=tilt)
        canvas.oval(cx, ly, 66, 50, mix(OCHRE, CREAM, 0.45), turn=tilt)
        for k in range(8):
            a = k * math.tau / 8 + tilt
            canvas.shape(taper([(cx, ly), (cx + 66 * math.cos(a), ly + 50 * math.sin(a))], 3, 6), CREAM)


PLATES: dict[str, Callable[[Canvas, Mood], None]] = {
    "chowder": chowder,
    "rye-loaf": rye_loaf,
    "buckthorn-mug": buckthorn_mug,
    "dulse-cakes": dulse_cakes,
}
