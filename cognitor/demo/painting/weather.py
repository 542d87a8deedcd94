"""Coast scenes that the light makes: rain, fog, evening and night."""

import math

from apps.ai.providers.local.canvas import TALL, Canvas, Shade, mix, smooth, trace
from cognitor.demo.painting import animals, boats, plants
from cognitor.demo.painting import scenery as land
from cognitor.demo.painting.palette import CORAL, CREAM, FOAM, NAVY, OCHRE, PINE, RUST, UMBER, Mood


def front_at_sea(canvas: Canvas, mood: Mood) -> None:
    """A rain front over open water; a boat making for the harbour ahead of it."""
    wide, horizon = canvas.wide, 560.0
    land.sky(canvas, mood, horizon)
    canvas.glow(wide * 0.78, horizon - 60, 420, mood.orb, 0.75)
    land.rain(canvas, mix(mood.cloud, mood.sky[1], 0.3), wide * 0.2, 300, horizon + 2, wide * 0.3)
    land.rain(canvas, mix(mood.cloud, mood.sky[2], 0.4), wide * 0.56, 290, horizon + 2, wide * 0.1)
    for base, tone, puff in ((318.0, 0.5, 150.0), (246.0, 0.26, 210.0), (150.0, 0.0, 260.0)):
        colour = mix(mood.cloud, mood.sky[2], tone)
        land.thunderhead(canvas, base, colour, mix(colour, mood.sky[3], 0.42), lift=240, puff=puff)
    land.sea(canvas, mood, horizon, swell=2.1)
    land.glints(canvas, mood, horizon, 800, wide * 0.78, count=120, spread=170)
    for near in (0.2, 0.38, 0.6, 0.84):
        y = horizon + (TALL - horizon) * near
        for _ in range(round(9 - near * 4)):
            x, half = canvas.rng.uniform(0, wide), 22 + 74 * near
            crest = [
                (x - half, y + 5 * near),
                (x - half * 0.3, y - 15 * near),
                (x, y - 22 * near),
                (x + half * 0.3, y - 9 * near),
                (x + half, y + 6 * near),
            ]
            canvas.shape(smooth(crest, steps=5), FOAM, alpha=0.85)
    boats.workboat(canvas, wide * 0.63, 724, 200, mood, CORAL)
    land.fleck(canvas, wide * 0.65, 732, 150, 6, FOAM, 0.9)
    swell = land.noise_line(canvas.rng, 800, 34, length=760, octaves=3)
    canvas.shape(
        land.below(canvas, swell), mix(mood.sea[2], mood.sea[1], 0.3), shades=[Shade(mood.dark, "down", 0.8, 0.1)]
    )
    nearer = land.noise_line(canvas.rng, 915, 30, length=900, octaves=3)
    canvas.shape(
        land.below(canvas, nearer), mix(mood.sea[2], mood.dark, 0.45), shades=[Shade(mood.dark, "down", 0.7, 0.1)]
    )
    for _ in range(46):
        x = canvas.rng.uniform(0, wide)
        land.fleck(
            canvas,
            x,
            swell(x) + canvas.rng.uniform(22, 100),
            canvas.rng.uniform(14, 60),
            2.6,
            mix(mood.sea[1], FOAM, 0.35),
            0.4,
        )
    lip = [(x, swell(x)) for x in range(0, round(wide) + 8, 8)]
    canvas.shape(lip + [(x, y + 7 + 6 * math.sin(x / 29)) for x, y in reversed(lip)], FOAM, alpha=0.85)
    for x, y, span, tilt in ((0.28, 640, 92, -0.25), (0.86, 380, 60, 0.2), (0.8, 430, 42, 0.1), (0.45, 470, 48, -0.2)):
        animals.gull(canvas, wide * x, y, span, FOAM, tilt=tilt)


def fog_bell(canvas: Canvas, mood: Mood) -> None:
    """The fog bell in its frame on the rocks, the coast dissolving behind it."""
    wide, horizon = canvas.wide, 620.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.26, 280, 84)
    for y, tone in ((470.0, 0.75), (530.0, 0.45), (580.0, 0.15)):
        ridge = land.noise_line(canvas.rng, y, 44, length=760)
        land.hill(canvas, ridge, mix(mood.far, mood.sky[1], tone), mood.sky[1], foot=horizon, amount=0.5)
        land.fog(canvas, mood.cloud, y + 50, alpha=0.5, thick=70)
    land.sea(canvas, mood, horizon)
    land.flecks(canvas, mood.glint, horizon, 960, 60, alpha=0.6)
    boats.lugger(canvas, wide * 0.24, 716, 130, mood, mix(RUST, mood.far, 0.4))
    land.fog(canvas, mood.cloud, 690, alpha=0.45, thick=64)
    rock = trace("0.36,1000 0.42,900 0.5,846 0.6,800 0.74,806 0.86,840 1.02,812", across=wide)
    land.headland(canvas, rock, mood.near, mood.dark, foot=TALL, light=mix(mood.near, mood.far, 0.45))
    land.strata(canvas, mood.dark, wide * 0.5, wide * 0.97, 860, 985, 40)
    cx, wood = wide * 0.68, mix(UMBER, mood.dark, 0.45)
    for side in (-1, 1):
        canvas.shape(
            [(cx + side * 168, 824), (cx + side * 140, 824), (cx + side * 104, 330), (cx + side * 126, 330)],
            wood,
            shades=[Shade(mood.mid, "left", 0.4, 0.5)],
        )
        canvas.stroke([(cx + side * 118, 420), (cx + side * 40, 348)], 18, wood)
    canvas.rect(cx - 172, 318, cx + 172, 350, wood, shades=[Shade(mood.dark, "down", 0.7, 0.2)])
    canvas.shape([(cx - 196, 322), (cx, 232), (cx + 196, 322)], mood.dark)
    canvas.shape([(cx - 128, 318), (cx, 266), (cx + 128, 318)], mix(wood, mood.mid, 0.2))
    canvas.rect(cx - 9, 346, cx + 9, 392, mood.dark)
    bell = smooth(trace("-26,386 -62,402 -78,470 -90,540 -122,596", cx), closed=False)
    bell += smooth(trace("122,596 90,540 78,470 62,402 26,386", cx), closed=False)
    brass = mix(OCHRE, UMBER, 0.18)
    canvas.shape(
        bell, brass, shades=[Shade(mix(UMBER, mood.dark, 0.5), "right", 0.9, 0.35), Shade(CREAM, "left", 0.5, 0.72)]
    )
    canvas.shape([(cx - 126, 592), (cx + 126, 592), (cx + 132, 614), (cx - 132, 614)], mix(brass, UMBER, 0.45))
    for y, half in ((430.0, 71.0), (556.0, 98.0)):
        canvas.rect(cx - half, y, cx + half, y + 7, mix(brass, UMBER, 0.6), alpha=0.8)
    canvas.oval(cx, 628, 24, 22, mood.dark)
    canvas.stroke(smooth([(cx, 640), (cx + 5, 700), (cx - 8, 790)], closed=False), 6, CREAM)
    land.fog(canvas, mood.cloud, 850, alpha=0.2, thick=44)
    for x, y, span in ((0.44, 300, 54), (0.5, 260, 38)):
        animals.gull(canvas, wide * x, y, span, mood.near, tilt=0.1)
    animals.gull(canvas, wide * 0.9, 400, 60, mix(PINE, mood.near, 0.5), tilt=-0.15)


def night_dunes(canvas: Canvas, mood: Mood) -> None:
    """The dunes by moonlight, one walker with a lantern on the crest."""
    wide, horizon = canvas.wide, 540.0
    land.sky(canvas, mood, horizon)
    land.stars(canvas, mood, horizon)
    mx, my = wide * 0.68, 228.0
    land.orb(canvas, mood, mx, my, 86)
    land.craters(canvas, mood, mx, my, 86)
    for x, y, length in ((0.24, 300, 480), (0.86, 370, 420), (0.5, 420, 300)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.5)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 24, 24), mood.far, mood.mid, foot=horizon, amount=0.3)
    land.sea(canvas, mood, horizon, 800)
    land.glints(canvas, mood, horizon, 780, mx, count=150, spread=110)
    folds = (
        (trace("0.3,760 0.46,690 0.62,640 0.8,690 1.03,620"), 0.2),
        (trace("-0.02,560 0.12,590 0.26,650 0.44,730 0.62,800 0.8,790 1.03,740"), 0.55),
        (trace("-0.02,830 0.2,800 0.38,850 0.6,900 0.8,870 1.03,820"), 0.85),
    )
    for number, (crest, depth) in enumerate(folds):
        curve = smooth([(wide * x, y) for x, y in crest], closed=False, steps=16)
        canvas.shape(
            [*curve, (curve[-1][0], TALL), (curve[0][0], TALL)],
            mix(mood.sand, mood.sand_shade, depth),
            shades=[Shade(mood.dark, "down", 0.85, 0.05)],
        )
        rim = [(x, y + 7 + 4 * math.sin(x / 40)) for x, y in reversed(curve)]
        canvas.shape(curve + rim, mix(mood.sand, mood.glint, 0.35), alpha=0.75)
        for _ in range((18, 26, 30)[number]):
            px, py = canvas.rng.choice(curve)
            if number == 1 and wide * 0.18 < px < wide * 0.36:
                continue
            plants.marram(
                canvas,
                px,
                py + canvas.rng.uniform(2, 20),
                (30, 56, 104)[number] * canvas.rng.uniform(0.7, 1.2),
                mix(mood.dark, mood.near, 0.2),
            )
    wx, wy = wide * 0.26, 652.0
    canvas.glow(wx + 34, wy - 44, 190, OCHRE, 0.75)
    coat = mix(mood.dark, NAVY, 0.3)
    canvas.shape(smooth(trace("-20,-20 -17,-84 -5,-100 11,-94 20,-22", wx, wy), steps=5), coat)
    canvas.oval(wx + 2, wy - 111, 12, 13, coat)
    canvas.shape(trace("-13,-112 17,-112 12,-121 2,-127 -9,-121", wx, wy), CORAL)
    for lean in (-9, 11):
        canvas.stroke([(wx + lean * 0.5, wy - 26), (wx + lean, wy + 6)], 10, coat)
    canvas.stroke([(wx + 8, wy - 80), (wx + 33, wy - 62)], 8, coat)
    canvas.rect(wx + 27, wy - 56, wx + 41, wy - 36, CREAM)
    canvas.rect(wx + 25, wy - 60, wx + 43, wy - 55, mood.dark)
    canvas.rect(wx + 25, wy - 36, wx + 43, wy - 32, mood.dark)


def pinewood(canvas: Canvas, mood: Mood) -> None:
    """Pinfold Wood: wind-bent pines against the evening, the sea between the trunks."""
    wide, horizon = canvas.wide, 640.0
    land.sky(canvas, mood, horizon)
    land.orb(canvas, mood, wide * 0.56, 512, 104)
    for x, y, length in ((0.3, 250, 420), (0.72, 330, 460), (0.5, 160, 360)):
        land.cloud(canvas, mood.cloud, wide * x, y, length, alpha=0.5)
    land.hill(canvas, land.noise_line(canvas.rng, horizon - 26, 24), mood.far, mood.mid, foot=horizon, amount=0.3)
    land.sea(canvas, mood, horizon, 860)
    land.glints(canvas, mood, horizon, 820, wide * 0.56, count=120, spread=90)
    boats.lugger(canvas, wide * 0.47, 690, 84, mood)
    rows = (
        (760.0, 0.45, ((0.05, 330), (0.13, 290), (0.3, 250), (0.71, 270), (0.82, 330), (0.93, 300), (0.99, 350))),
        (850.0, 0.2, ((0.0, 560), (0.17, 470), (0.27, 400), (0.77, 450), (0.9, 560))),
        (950.0, 0.0, ((0.09, 830), (0.86, 850), (0.98, 720))),
    )
    for base, tint, trees in rows:
        ground = land.noise_line(canvas.rng, base, 22, length=900)
        wood = mix(mood.dark, mood.mid, tint * 1.6)
        for share, height in trees:
            x = wide * share
            leaf = mix(mix(PINE, mood.dark, 0.55), mood.mid, tint * 1.3)
            plants.pine(
                canvas,
                x,
                ground(x),
                height,
                mix(wood, UMBER, 0.25),
                leaf,
                mix(leaf, mood.sky[2], 0.5),
                lean=canvas.rng.uniform(0.05, 0.16),
            )
        land.hill(canvas, ground, wood, mood.dark)
    for _ in range(44):
        x = canvas.rng.uniform(0, wide)
        plants.marram(
            canvas,
            x,
            985 + canvas.rng.uniform(-26, 10),
            canvas.rng.uniform(30, 70),
            mix(mood.dark, NAVY, 0.3),
            lean=0.1,
            blades=7,
        )
    fox = smooth(
        trace(
            "0.5,-0.42 0.4,-0.5 0.3,-0.42 0.05,-0.44 -0.3,-0.4 -0.62,-0.5 -0.86,-0.4 -0.6,-0.3 -0.32,-0.24 "
            "-0.32,0.0 -0.26,0.0 -0.2,-0.22 0.16,-0.22 0.2,0.0 0.26,0.0 0.3,-0.26 0.42,-0.34"
        ),
        steps=4,
    )
    fx, fy, size = wide * 0.4, 948.0, 120.0
    canvas.shape([(fx + px * size, fy + py * size) for px, py in fox], mix(RUST, mood.dark, 0.2))
    canvas.shape(
        [
            (fx + 0.33 * size, fy - 0.46 * size),
            (fx + 0.35 * size, fy - 0.62 * size),
            (fx + 0.43 * size, fy - 0.48 * size),
        ],
        RUST,
    )
    canvas.oval(fx - 0.83 * size, fy - 0.41 * size, 9, 6, CREAM)
    for x, y, span in ((0.42, 330, 60), (0.47, 300, 42), (0.64, 380, 36)):
        animals.gull(canvas, wide * x, y, span, mood.dark, tilt=0.08)
