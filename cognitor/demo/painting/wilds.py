"""Scenes close to the ground: marsh, mud, dunes and the boat yard."""

import math

from apps.ai.providers.local.canvas import TALL, Canvas, Shade, mix, oval, smooth, taper, trace
from cognitor.demo.painting import animals, boats, plants
from cognitor.demo.painting import scenery as land
from cognitor.demo.painting.palette import CORAL, CREAM, FOAM, MOSS, NAVY, OCHRE, PINE, RUST, SLATE, TEAL, UMBER, Mood


def marsh_heron(canvas: Canvas, mood: Mood) -> None:
    """Merrow Marsh at sunrise: a heron in a bend of still water between beds of reed."""
    wide, horizon = canvas.wide, 520.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.4, 372, 92)
    for x, y, length in ((0.74, 180, 520), (0.18, 140, 420), (0.86, 310, 300)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.75)
    for i in range(23):
        side, step = (1, i // 2 + 1) if i % 2 else (-1, i // 2)
        animals.gull(canvas, wide * 0.66 + side * step * 17, 250 + step * 8 * (1.6 if side < 0 else 1), 22, mood.near)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 40, 34, length=700), mood.far, mood.mid, foot=horizon)
    canvas.gradient(horizon, TALL, (mood.sky[-1], mood.sky[2], mood.sea[1], mood.sea[2]))
    land.glints(canvas, mood, horizon + 40, 930, wide * 0.4, count=100, spread=90)
    for bank, height, tone in ((548.0, 84.0, 0.8), (606.0, 118.0, 0.45)):
        colour = mix(mood.mid, mood.far, tone)
        inset = (bank - 548) * 1.4
        for left, right in ((-40.0, wide * 0.29 - inset), (wide * 0.53 + inset, wide + 40)):
            plants.reedbed(canvas, left, right, bank, height, colour, mix(colour, OCHRE, 0.5))
            canvas.shape(
                [
                    (left, bank + 4),
                    ((left + right) / 2, bank - 2),
                    (right, bank + 4),
                    ((left + right) / 2, bank + height * 0.55),
                ],
                colour,
                alpha=0.45,
            )
    for x, y, half in ((0.48, 720, 120), (0.34, 790, 150), (0.6, 840, 170)):
        land.fleck(canvas, wide * x, y, half, 4, mood.glint, 0.6)
    hx, hy = wide * 0.565, 800.0
    animals.heron(canvas, hx, hy, 340, mix(SLATE, mood.near, 0.5), mix(SLATE, FOAM, 0.55))
    for drop, half in ((4, 74), (20, 56), (44, 66), (70, 40), (96, 30)):
        land.fleck(canvas, hx + (drop % 7) * 3 - 6, hy + drop, half, 4, mood.dark, 0.38)
    for x0, x1, count in ((-0.04, 0.3, 46), (0.74, 1.04, 50)):
        for _ in range(count):
            x = wide * canvas.rng.uniform(x0, x1)
            edge = (x / wide - x0) / (x1 - x0) if x0 < 0.5 else (x1 - x / wide) / (x1 - x0)
            tall = canvas.rng.uniform(260, 430) * (1.15 - 0.75 * edge)
            colour = mix(mood.dark, mood.near, canvas.rng.choice((0.0, 0.25, 0.5)))
            plume = mix(OCHRE, mood.dark, 0.25) if canvas.rng.random() < 0.6 else None
            plants.reed(canvas, x, 1010, tall, colour, plume, lean=canvas.rng.uniform(0.04, 0.16))


def knot_swarm(canvas: Canvas, mood: Mood) -> None:
    """Knots over the mud at dusk: thousands of birds in one turning cloud."""
    wide, horizon = canvas.wide, 640.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.74, 556, 76)
    land.hill(
        canvas, land.noise_line(canvas.rng, horizon - 24, 22, length=900), mood.far, mood.mid, foot=horizon, amount=0.3
    )
    spine = smooth(
        trace("0.1,420 0.24,250 0.4,220 0.53,330 0.66,400 0.8,300 0.9,190", across=wide), closed=False, steps=24
    )
    for _ in range(2100):
        at = canvas.rng.random()
        px, py = spine[min(len(spine) - 1, int(at * len(spine)))]
        body = 26 + 62 * math.sin(math.pi * at) * (0.65 + 0.35 * math.sin(at * 11))
        x, y = px + canvas.rng.gauss(0, 22), py + canvas.rng.gauss(0, body * 0.62)
        size, turn = canvas.rng.uniform(4, 8.5), canvas.rng.uniform(-0.6, 0.2)
        cos, sin = math.cos(turn) * size, math.sin(turn) * size
        tone = mix(mood.dark, mood.sky[1], canvas.rng.choice((0.0, 0.15, 0.35)))
        canvas.shape(
            [(x - cos, y - sin), (x + sin * 0.5, y - cos * 0.5), (x + cos, y + sin), (x - sin * 0.2, y + cos * 0.24)],
            tone,
        )
    canvas.gradient(horizon, TALL, (mix(mood.sea[0], mood.glint, 0.25), mood.sea[1], mood.sea[2]))
    land.glints(canvas, mood, horizon, 900, wide * 0.74, count=150, spread=80)
    for y, thick, start, end in (
        (690, 16, -0.1, 0.5),
        (716, 14, 0.58, 1.1),
        (770, 24, -0.1, 0.36),
        (800, 22, 0.3, 0.86),
        (868, 34, 0.5, 1.1),
    ):
        x0, x1 = wide * start, wide * end
        mud = smooth(
            [
                (x0, y),
                (x0 + (x1 - x0) * 0.3, y - thick),
                (x0 + (x1 - x0) * 0.7, y - thick * 0.7),
                (x1, y + 2),
                (x0 + (x1 - x0) * 0.6, y + thick * 0.8),
                (x0 + (x1 - x0) * 0.25, y + thick * 0.6),
            ]
        )
        canvas.shape(mud, mix(mood.near, mood.mid, 0.4), shades=[Shade(mood.dark, "down", 0.7, 0.2)])
    for _ in range(34):
        x = wide * canvas.rng.uniform(0.02, 0.42)
        animals.wader(
            canvas,
            x,
            768 + 6 * math.sin(x / 40),
            24,
            mood.dark,
            facing=canvas.rng.choice((-1, 1)),
            feeding=canvas.rng.random() < 0.6,
        )
    front = land.noise_line(canvas.rng, 918, 18, length=900)
    land.hill(canvas, front, mood.dark, mix(mood.dark, NAVY, 0.4))
    for share, size, facing, feeding in (
        (0.1, 120, 1, False),
        (0.19, 104, 1, True),
        (0.3, 128, -1, True),
        (0.42, 112, 1, False),
        (0.53, 124, 1, True),
        (0.66, 108, -1, False),
        (0.78, 130, 1, True),
        (0.9, 114, -1, False),
    ):
        x = wide * share
        animals.wader(canvas, x, front(x) + 8, size, mood.dark, facing=facing, feeding=feeding)


def dunes(canvas: Canvas, mood: Mood) -> None:
    """The Long Dune: sand and marram in folds, a fenced path down to the sea."""
    wide, horizon = canvas.wide, 410.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.2, 196, 60)
    for x, y, length in ((0.47, 150, 460), (0.8, 240, 560), (0.3, 310, 280)):
        land.cloud(canvas, mood.cloud, wide * x, y, length)
    land.sea(canvas, mood, horizon, 640)
    land.flecks(canvas, mood.glint, horizon + 14, 600, 46, alpha=0.6)
    boats.lugger(canvas, wide * 0.53, 452, 74, mood)
    folds = (
        (trace("-90,430 0.14,400 0.3,470 0.44,560 0.56,640"), 0.35),
        (trace("0.42,640 0.56,560 0.7,470 0.84,420 1.03,380"), 0.2),
        (trace("-90,560 0.12,520 0.28,590 0.44,690 0.6,730 0.8,640 1.03,560"), 0.1),
        (trace("-90,800 0.15,740 0.33,760 0.5,850 0.68,810 0.85,700 1.03,660"), 0.0),
    )
    for number, (crest, tint) in enumerate(folds):
        points = [(x if x < 0 else wide * x, y) for x, y in crest]
        sand = mix(mood.sand, mood.far, tint)
        curve = smooth(points, closed=False, steps=16)
        canvas.shape(
            [*curve, (curve[-1][0], TALL), (curve[0][0], TALL)],
            mix(sand, mood.sand_shade, 0.12 + 0.1 * number),
            shades=[Shade(mix(mood.sand_shade, UMBER, 0.12), "down", 0.75, 0.0)],
        )
        lee = [(x + 30, y + 16 + (50 + 26 * number) * abs(math.sin(x / 190 + number))) for x, y in reversed(curve)]
        canvas.shape(curve + lee, mix(sand, CREAM, 0.5))
        for _ in range((26, 26, 30, 20)[number]):
            px, py = canvas.rng.choice(curve)
            green = mix(MOSS, PINE, canvas.rng.choice((0.1, 0.4, 0.65)))
            size = (34, 36, 66, 118)[number] * canvas.rng.uniform(0.7, 1.2)
            plants.marram(
                canvas, px, py + canvas.rng.uniform(0, 26) * (1 + number * 0.5), size, mix(green, mood.far, tint)
            )
    path = smooth(trace("0.44,1000 0.5,900 0.46,800 0.5,730 0.49,660 0.51,610", across=wide), closed=False)
    canvas.shape(taper(path, 190, 16), mix(mood.sand, CREAM, 0.6), shades=[Shade(mood.sand_shade, "down", 0.35, 0.3)])
    for side in (-1, 1):
        tops = []
        for near in (0.02, 0.2, 0.36, 0.5, 0.64, 0.78, 0.9):
            px, py = path[int(near * (len(path) - 1))]
            half = 95 + (8 - 95) * near + 14
            tall = 120 * (1 - near) ** 1.2 + 16
            px += side * half
            canvas.stroke([(px, py + 8), (px + 2, py - tall)], 4 + 12 * (1 - near), mix(UMBER, mood.sand_shade, 0.3))
            tops.append((px, py - tall * 0.78))
        for drop in (0, 1):
            rope = [(x, y + drop * 34 * (1 - i / 7)) for i, (x, y) in enumerate(tops)]
            canvas.shape(taper(smooth(rope, closed=False, steps=4), 5, 1.5), mix(UMBER, CREAM, 0.25))
    for x, y, span, tilt in ((0.66, 190, 78, -0.1), (0.73, 150, 52, 0.1), (0.6, 290, 44, 0.05)):
        animals.gull(canvas, wide * x, y, span, mood.dark, tilt=tilt)


def boatyard(canvas: Canvas, mood: Mood) -> None:
    """The clinker yard: a half-planked hull on the slip, the shed behind, the creek going by."""
    wide, horizon = canvas.wide, 560.0
    land.sky(canvas, mood, horizon)
    for x, y, length in ((0.16, 150, 420), (0.44, 230, 360), (0.9, 130, 300)):
        land.cloud(canvas, mood.cloud, wide * x, y, length)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 70, 44, length=1000), mood.far, mood.mid, foot=horizon)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 20, 24, length=800), mood.mid, mood.near, foot=horizon)
    land.sea(canvas, mood, horizon, 840)
    land.flecks(canvas, mood.glint, horizon + 20, 760, 50, alpha=0.6)
    boats.lugger(canvas, wide * 0.1, 640, 130, mood)
    ground = land.noise_line(canvas.rng, 800, 10, length=1200)
    left, right, eaves, ridge = wide * 0.6, wide * 0.98, 420.0, 250.0
    tar = mix(NAVY, UMBER, 0.3)
    canvas.rect(left, eaves, right, 820, tar, shades=[Shade(mood.dark, "right", 0.6, 0.3)])
    for i in range(1, 24):
        x = left + (right - left) * i / 24
        canvas.rect(x, eaves, x + 2, 820, mix(tar, SLATE, 0.45), alpha=0.7)
    canvas.shape(
        [(left - 34, eaves + 10), (left + 40, ridge), (right - 40, ridge), (right + 34, eaves + 10)],
        CORAL,
        shades=[Shade(mix(RUST, UMBER, 0.5), "right", 0.7, 0.2)],
    )
    canvas.rect(left + 62, 512, left + 338, 830, mix(UMBER, CREAM, 0.35))
    canvas.rect(
        left + 70,
        520,
        left + 330,
        830,
        mix(OCHRE, UMBER, 0.45),
        shades=[Shade(mix(UMBER, NAVY, 0.6), "right", 0.95, 0.0)],
    )
    canvas.rect(left + 84, 590, left + 220, 600, mix(UMBER, NAVY, 0.4))
    for i, tool in enumerate((26, 40, 20, 34, 28)):
        canvas.rect(left + 96 + i * 25, 600, left + 103 + i * 25, 600 + tool, mix(UMBER, NAVY, 0.6))
    for x in (left + 400, left + 500):
        canvas.rect(x - 4, 500, x + 74, 590, CREAM)
        canvas.rect(x, 504, x + 70, 586, mix(TEAL, FOAM, 0.3))
        canvas.rect(x + 33, 504, x + 37, 586, CREAM)
    canvas.shape(
        land.below(canvas, ground), mix(mood.sand, UMBER, 0.18), shades=[Shade(mood.sand_shade, "down", 0.6, 0.1)]
    )
    for x in range(0, round(wide), 150):
        canvas.shape(
            [(x + 40, 872), (x + 60, 872), (x + 24, 1000), (x - 8, 1000)], mix(UMBER, mood.sand, 0.35), alpha=0.6
        )
    bx, by, size = wide * 0.41, 822.0, 620.0

    def edge(level: float) -> list[tuple[float, float]]:
        """One plank's upper edge, from the keel (0) to the sheer (1)."""
        low, fullness = 0.02 + 0.02 * level, level**0.8
        shape = [
            (-0.44 - 0.2 * level, -0.06 - 0.42 * fullness),
            (-0.4 - 0.1 * level, -low - 0.32 * level**1.15),
            (-0.16, -low - 0.24 * level),
            (0.14, -low - 0.24 * level),
            (0.4 + 0.08 * level, -low - 0.33 * level**1.1),
            (0.46 + 0.18 * level, -0.05 - 0.46 * fullness),
        ]
        return smooth([(bx + px * size, by + py * size) for px, py in shape], closed=False, steps=10)

    for side in (-0.3, -0.02, 0.28):
        canvas.stroke([(bx + side * size, by - 20), (bx + side * size - 34, 930)], 18, UMBER)
        canvas.stroke([(bx + side * size, by - 20), (bx + side * size + 44, 930)], 18, mix(UMBER, mood.dark, 0.3))
    canvas.rect(bx - 0.5 * size, by - 4, bx + 0.5 * size, by + 22, mix(UMBER, mood.dark, 0.2))
    timber = mix(OCHRE, CREAM, 0.3)
    for i in range(17):
        ribs, keel = edge(1.0), edge(0.1)
        at = 3 + i * (len(ribs) - 7) // 16
        canvas.stroke([(keel[at][0], keel[at][1]), (ribs[at][0], ribs[at][1] - 10)], 11, mix(timber, UMBER, 0.45))
    canvas.shape(taper(edge(1.0), 9, 9), mix(timber, UMBER, 0.2))
    planks = 6
    for plank in range(planks):
        lower, upper = edge(plank / 9), edge((plank + 1) / 9)
        tone = mix(timber, RUST, 0.12 * (plank % 3))
        canvas.shape(upper + lower[::-1], tone, shades=[Shade(mix(UMBER, tone, 0.35), "right", 0.5, 0.25)])
        canvas.shape(taper(upper, 3, 3), mix(UMBER, mood.dark, 0.3))
        for i in range(4, len(upper) - 3, 3):
            canvas.oval(upper[i][0], upper[i][1] + 7, 2, 2, UMBER)
    for end in (0, -1):
        head, heel = edge(1.0)[end], edge(0.0)[end]
        out = -1 if end == 0 else 1
        stem = [
            (heel[0] - out * 90, by + 2),
            (heel[0], heel[1] + 4),
            ((heel[0] + head[0]) / 2 + out * 26, (heel[1] + head[1]) / 2 + 24),
            (head[0] + out * 6, head[1] - 26),
        ]
        canvas.shape(taper(smooth(stem, closed=False), 20, 24), mix(RUST, UMBER, 0.4))
    for i in range(5):
        canvas.rect(
            wide * 0.035 - i * 6, 905 - i * 15, wide * 0.2 + i * 9, 917 - i * 15, mix(timber, UMBER, 0.14 * (i % 3))
        )
    for _ in range(46):
        px, py = bx + canvas.rng.gauss(0, 300), canvas.rng.uniform(925, 985)
        canvas.shape(taper(oval(px, py, 9, 6, 0.4, 12)[: canvas.rng.randint(5, 9)], 3, 1), mix(OCHRE, CREAM, 0.55))
    for x, y, span, tilt in ((0.28, 300, 70, 0.1), (0.34, 260, 48, -0.1)):
        animals.gull(canvas, wide * x, y, span, mood.dark, tilt=tilt)
