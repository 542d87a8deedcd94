"""Coast scenes in fair light: cape, cove, harbour and bar."""

import math

from apps.ai.providers.local.canvas import TALL, Canvas, Shade, mix, smooth, trace
from cognitor.demo.painting import animals, boats, buildings, plants
from cognitor.demo.painting import scenery as land
from cognitor.demo.painting.palette import (
    BRICK,
    CORAL,
    CREAM,
    FOAM,
    MOSS,
    NAVY,
    OCHRE,
    RUST,
    SEAGREEN,
    SLATE,
    TEAL,
    UMBER,
    Mood,
)


def cape_light(canvas: Canvas, mood: Mood) -> None:
    """The lighthouse on its cape, a lugger running home under the low sun."""
    wide, horizon = canvas.wide, 590.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.27, 505, 62)
    for x, y, length in ((0.16, 250, 420), (0.5, 165, 560), (0.84, 300, 380), (0.36, 372, 300)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.55)
    far = land.noise_line(canvas.rng, horizon - 34, 26)
    land.hill(canvas, far, mood.far, mood.mid, foot=horizon, amount=0.3)
    land.sea(canvas, mood, horizon)
    land.glints(canvas, mood, horizon, 960, wide * 0.27, count=170)
    crest = trace("0.47,702 0.51,640 0.56,560 0.63,470 0.7,430 0.8,418 0.9,400 1.02,380", across=wide)
    land.cliff(canvas, crest, mood.mid, mood.dark, mix(mood.mid, mood.sky[2], 0.38), foot=704)
    buildings.lighthouse(canvas, wide * 0.765, 432, 330, mood)
    buildings.house(
        canvas, wide * 0.81, 424, 120, 46, mix(CREAM, mood.far, 0.35), mix(BRICK, mood.near, 0.4), mood, lit=0.7
    )
    low = trace("0.385,801 0.43,765 0.5,700 0.6,655 0.74,690 0.86,640 1.02,590", across=wide)
    land.headland(canvas, low, mood.near, mood.dark, foot=801)
    for x, y, half in ((0.45, 772, 60), (0.55, 790, 130), (0.72, 800, 190), (0.9, 800, 170)):
        land.fleck(canvas, wide * x, y, half, 5, mood.glint, 0.8)
    boats.lugger(canvas, wide * 0.3, 800, 190, mood)
    front = land.noise_line(canvas.rng, 960, 26, length=500)
    land.hill(canvas, front, mood.dark, mix(mood.dark, NAVY, 0.5))
    for _ in range(26):
        x = canvas.rng.uniform(0, wide)
        plants.marram(canvas, x, front(x) + 6, canvas.rng.uniform(46, 96), mood.dark)
    for x, y, span, tilt in ((0.42, 330, 74, -0.1), (0.48, 290, 50, 0.08), (0.37, 260, 40, 0.1), (0.55, 350, 34, 0.0)):
        animals.gull(canvas, wide * x, y, span, mix(mood.dark, mood.mid, 0.2), tilt=tilt)


def cove(canvas: Canvas, mood: Mood) -> None:
    """A green cove between two cliffs, one red boat at anchor."""
    wide, horizon = canvas.wide, 430.0
    land.sky(canvas, mood, horizon)
    for x, y, length in ((0.3, 150, 380), (0.62, 240, 520), (0.47, 320, 260)):
        land.cloud(canvas, mood.cloud, wide * x, y, length)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 26, 24), mood.far, mood.mid, foot=horizon, amount=0.2)
    land.sea(canvas, mood, horizon)
    land.flecks(canvas, mood.glint, horizon + 20, 800, 70, alpha=0.55)
    stone, deep = mix(mood.sand, SLATE, 0.38), mix(mood.near, UMBER, 0.35)
    right = trace("0.63,640 0.66,540 0.7,420 0.74,340 0.83,300 1.02,250", across=wide)
    land.cliff(canvas, right, mix(stone, mood.far, 0.3), deep, mix(MOSS, mood.far, 0.25), foot=660)
    for x, y, half in ((0.66, 660, 60), (0.78, 662, 130), (0.95, 660, 150)):
        land.fleck(canvas, wide * x, y, half, 5, mood.glint, 0.9)
    left = [
        (-20, 190),
        (wide * 0.1, 205),
        (wide * 0.2, 260),
        (wide * 0.28, 330),
        (wide * 0.33, 470),
        (wide * 0.36, 640),
        (wide * 0.39, 770),
    ]
    land.cliff(canvas, left, stone, deep, MOSS, foot=790)
    for x, y, half in ((0.05, 786, 120), (0.2, 792, 160), (0.34, 788, 110)):
        land.fleck(canvas, wide * x, y, half, 6, mood.glint, 0.95)
    stack = trace("0.45,690 0.46,600 0.475,560 0.5,566 0.512,640 0.52,690", across=wide)
    land.cliff(canvas, stack, stone, deep, MOSS, foot=692)
    land.fleck(canvas, wide * 0.484, 692, 86, 5, mood.glint, 0.95)
    boats.workboat(canvas, wide * 0.62, 760, 170, mood)
    shore = land.noise_line(canvas.rng, 868, 22, length=1500, octaves=2)
    land.beach(canvas, mood, lambda x: shore(x) - 70 * math.cos(math.pi * x / wide) ** 2)
    for _ in range(34):
        px, py = canvas.rng.uniform(0, wide), canvas.rng.uniform(925, 995)
        size = canvas.rng.uniform(5, 17)
        canvas.oval(px, py + size * 0.3, size * 1.2, size * 0.4, mood.sand_shade, alpha=0.6)
        canvas.oval(px, py, size, size * 0.6, canvas.rng.choice((SLATE, stone, FOAM, mood.far)))
    for x, y, span, tilt in ((0.44, 330, 66, 0.1), (0.5, 280, 46, -0.1), (0.57, 350, 40, 0.0)):
        animals.gull(canvas, wide * x, y, span, mood.dark, tilt=tilt)


def harbour(canvas: Canvas, mood: Mood) -> None:
    """Saltmere in the first sun: a crooked row of houses over the quay, boats on still water."""
    wide, quay = canvas.wide, 640.0
    land.sky(canvas, mood, quay)
    land.orb(canvas, mood, wide * 0.71, 262, 58)
    for x, y, length in ((0.2, 170, 480), (0.88, 150, 360), (0.48, 110, 300)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.8)
    hill = land.noise_line(canvas.rng, 430, 60, length=1300, octaves=3)
    land.hill(canvas, hill, mood.far, mood.mid, foot=quay)
    nearer = land.noise_line(canvas.rng, 520, 44, length=900, octaves=3)
    land.hill(canvas, nearer, mix(mood.mid, MOSS, 0.3), mood.near, foot=quay)
    walls = (
        CREAM,
        mix(CORAL, CREAM, 0.25),
        FOAM,
        mix(OCHRE, CREAM, 0.35),
        mix(SEAGREEN, CREAM, 0.35),
        mix(SLATE, FOAM, 0.3),
    )
    x, number = wide * 0.03, 0
    while x < wide * 0.97:
        width, height = canvas.rng.uniform(96, 136), canvas.rng.choice((104.0, 120.0, 144.0, 166.0))
        roof = (BRICK, mix(SLATE, NAVY, 0.3), RUST)[number % 3]
        buildings.house(
            canvas,
            x,
            quay,
            width,
            height,
            walls[(number * 5 + number // 6) % 6],
            roof,
            mood,
            gable=number % 3 != 1,
            lit=0.3,
        )
        x, number = x + width + canvas.rng.choice((3, 3, 16)), number + 1
    canvas.gradient(quay + 60, TALL, (mix(mood.sea[0], mood.orb, 0.2), mood.sea[1], mood.sea[2]))
    stone = mix(SLATE, mood.sand, 0.35)
    canvas.rect(0, quay, wide, quay + 66, stone, shades=[Shade(mood.dark, "down", 0.8, 0.2)])
    canvas.rect(0, quay, wide, quay + 9, mix(stone, CREAM, 0.5))
    for i in range(90):
        canvas.rect(
            bx := canvas.rng.uniform(0, wide), by := quay + 16 + 14 * (i % 3), bx + 26, by + 2.5, mood.dark, alpha=0.45
        )
    for share in (0.12, 0.385, 0.6, 0.86):
        canvas.rect(wide * share - 5, quay - 16, wide * share + 5, quay + 2, mood.dark)
    for _ in range(120):
        fx, near = canvas.rng.uniform(0, wide), canvas.rng.random()
        tone = canvas.rng.choice((CORAL, CREAM, OCHRE, FOAM, mood.dark))
        land.fleck(canvas, fx, quay + 76 + 200 * near, 14 + 34 * near, 1.6 + 2.4 * near, tone, 0.34)
    land.glints(canvas, mood, quay + 66, 1000, wide * 0.71, spread=90, count=110)
    boats.workboat(canvas, wide * 0.15, 780, 210, mood, TEAL)
    boats.workboat(canvas, wide * 0.83, 766, 180, mood, OCHRE)
    boats.lugger(canvas, wide * 0.47, 890, 320, mood)
    for gx, gy, span, tilt in (
        (0.3, 300, 64, 0.1),
        (0.37, 262, 46, -0.1),
        (0.56, 330, 40, 0.05),
        (0.93, 330, 52, -0.08),
    ):
        animals.gull(canvas, wide * gx, gy, span, FOAM, tilt=tilt)


def bar_seals(canvas: Canvas, mood: Mood) -> None:
    """Skerry Bar at low water: seals on the sand, the sea gone out to a line."""
    wide, horizon = canvas.wide, 400.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.62, 236, 66)
    for x, y, length in ((0.22, 200, 520), (0.84, 130, 420), (0.45, 96, 280)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.8)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 22, 20), mood.far, mood.mid, foot=horizon, amount=0.25)
    land.sea(canvas, mood, horizon, 830)
    land.glints(canvas, mood, horizon, 640, wide * 0.62, count=150)
    bars = ((560.0, 0.16, 0.94, 30), (650.0, -0.1, 0.62, 44))
    for bar, start, end, thick in bars:
        x0, x1 = wide * start, wide * end
        outline = smooth(
            [
                (x0, bar),
                (x0 + (x1 - x0) * 0.25, bar - thick * 0.7),
                (x0 + (x1 - x0) * 0.6, bar - thick),
                (x1, bar),
                (x0 + (x1 - x0) * 0.65, bar + thick * 0.36),
                (x0 + (x1 - x0) * 0.3, bar + thick * 0.3),
            ]
        )
        canvas.shape([(x, py + 9) for x, py in outline], mood.glint, alpha=0.8)
        canvas.shape(outline, mood.sand, shades=[Shade(mood.sand_shade, "down", 0.7, 0.2)])
    dark = mix(SLATE, UMBER, 0.35)
    for x, y, size, facing in ((0.3, 546, 92, 1), (0.42, 538, 84, -1), (0.53, 534, 96, 1), (0.7, 540, 88, -1)):
        animals.seal(canvas, wide * x, y, size, dark, mix(dark, mood.sand, 0.6), facing=facing)
    front = land.noise_line(canvas.rng, 764, 26, length=1400, octaves=3)
    land.beach(canvas, mood, front)
    land.ripples(canvas, mood.sand_shade, 850, 1000, 70)
    pool = smooth(trace("0.05,930 0.2,895 0.36,915 0.3,950 0.16,965", across=wide))
    canvas.shape(pool, mix(mood.sea[1], mood.sky[1], 0.5), shades=[Shade(mood.glint, "up", 0.6, 0.4)])
    for x, y, size, facing, coat in (
        (0.72, 905, 330, -1, NAVY),
        (0.47, 850, 240, 1, UMBER),
        (0.94, 836, 210, -1, SLATE),
    ):
        hide = mix(coat, SLATE, 0.55)
        animals.seal(canvas, wide * x, y, size, hide, mix(hide, mood.sand, 0.55), facing=facing)
    for x, y, span, tilt in ((0.3, 300, 70, 0.1), (0.37, 262, 44, -0.06), (0.8, 300, 48, -0.1)):
        animals.gull(canvas, wide * x, y, span, mix(mood.dark, mood.mid, 0.3), tilt=tilt)
