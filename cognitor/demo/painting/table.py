"""The kitchen every dish stands in: wall, window, table, and what is always on it."""

import math

from apps.ai.providers.local.canvas import TALL, Canvas, Shade, mix, smooth, taper, trace
from cognitor.demo.painting import boats
from cognitor.demo.painting import scenery as land
from cognitor.demo.painting.palette import CREAM, FOAM, NAVY, OCHRE, RUST, SAND, SLATE, TEAL, UMBER, Colour, Mood

TABLE = 640.0


def room(canvas: Canvas, mood: Mood, wall: Colour, cloth: Colour | None, *, window: float = 0.5) -> None:
    """A kitchen wall with a window on the sea, and the table in front of it."""
    wide = canvas.wide
    x0, x1, y0, y1 = wide * window - 330, wide * window + 330, 70.0, 500.0
    land.sky(canvas, mood, 380)
    land.orb(canvas, mood, wide * window + 150, 250, 40)
    land.cloud(canvas, mood.cloud, wide * window - 120, 190, 250)
    land.hill(canvas, land.noise_line(canvas.rng, 356, 24), mood.far, mood.mid, foot=380)
    land.sea(canvas, mood, 380, 620)
    land.glints(canvas, mood, 380, 560, wide * window + 150, count=60, spread=70)
    boats.lugger(canvas, wide * window - 190, 432, 100, mood)
    deep = mix(wall, mood.dark, 0.45)
    for left, top, right, foot in ((x0, 0, x1, y0), (x0, y1, x1, TABLE)):
        canvas.rect(left, top, right, foot, wall)
    canvas.rect(0, 0, x0, TABLE, wall, shades=[Shade(deep, "left", 0.5, 0.25)])
    canvas.rect(x1, 0, wide, TABLE, wall, shades=[Shade(deep, "right", 0.5, 0.25)])
    frame = mix(CREAM, mood.sky[-1], 0.15)
    for left, top, right, foot in (
        (x0 - 20, y0 - 20, x1 + 20, y0),
        (x0 - 20, y0, x0, y1),
        (x1, y0, x1 + 20, y1),
        (wide * window - 7, y0, wide * window + 7, y1),
        (x0, 236, x1, 248),
    ):
        canvas.rect(left, top, right, foot, frame)
    canvas.rect(x0 - 50, y1, x1 + 50, y1 + 30, frame, shades=[Shade(deep, "down", 0.35, 0.4)])
    wood = mix(UMBER, OCHRE, 0.42)
    canvas.rect(0, TABLE, wide, TALL, wood, shades=[Shade(mix(UMBER, NAVY, 0.25), "down", 0.6, 0.15)])
    canvas.rect(0, TABLE, wide, TABLE + 12, mix(wood, CREAM, 0.35))
    for _ in range(44):
        y = canvas.rng.uniform(TABLE + 26, 990)
        land.fleck(canvas, canvas.rng.uniform(0, wide), y, canvas.rng.uniform(40, 170), 2, UMBER, 0.35)
    if cloth is not None:
        canvas.shape(
            [(wide * 0.2, TABLE + 60), (wide * 0.8, TABLE + 60), (wide * 0.89, 1000), (wide * 0.11, 1000)], cloth
        )
        for i in range(1, 12):
            top, foot = wide * (0.2 + 0.05 * i), wide * (0.11 + 0.065 * i)
            canvas.shape(
                [(top - 5, TABLE + 60), (top + 5, TABLE + 60), (foot + 9, 1000), (foot - 9, 1000)], FOAM, alpha=0.4
            )
        for y in (730, 776, 830, 894, 966):
            inset = wide * (0.2 - 0.09 * (y - TABLE - 60) / (TALL - TABLE - 60))
            canvas.rect(inset, y, wide - inset, y + 10, FOAM, alpha=0.25)


def steam(canvas: Canvas, x: float, y: float, height: float, *, wisps: int = 3) -> None:
    """Steam curling up."""
    for i in range(wisps):
        sx = x + (i - (wisps - 1) / 2) * 74
        tall = height * (1.0 if i == wisps // 2 else 0.72)
        wisp = [(sx + 20 * math.sin(k * 1.25 + i * 1.7), y - tall * k / 6) for k in range(7)]
        canvas.shape(taper(smooth(wisp, closed=False), 20, 3), CREAM, alpha=0.62)


def shadow(canvas: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    """What a thing casts on the table."""
    canvas.oval(x + rx * 0.12, y, rx, ry, mix(UMBER, NAVY, 0.5), alpha=0.45)


def bread(canvas: Canvas, x: float, y: float, size: float, turn: float) -> None:
    """A slice of rye lying on its crust."""
    cos, sin = math.cos(turn) * size, math.sin(turn) * size
    outline = smooth(
        trace("-0.72,0.5 -0.8,0.0 -0.74,-0.42 -0.4,-0.64 0.0,-0.68 0.4,-0.64 0.74,-0.42 0.8,0.0 0.72,0.5 0.0,0.56")
    )
    shadow(canvas, x, y + size * 0.55, size * 0.8, size * 0.16)
    canvas.shape([(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in outline], mix(UMBER, RUST, 0.35))
    inner = [(x + (px * cos - py * sin) * 0.87, y + (px * sin + py * cos) * 0.86) for px, py in outline]
    canvas.shape(inner, mix(OCHRE, UMBER, 0.3), shades=[Shade(mix(UMBER, RUST, 0.2), "right", 0.5, 0.2)])
    for _ in range(26):
        a, far = canvas.rng.uniform(0, math.tau), canvas.rng.random() ** 0.5 * 0.5
        canvas.oval(
            x + far * size * 1.2 * math.cos(a),
            y + far * size * math.sin(a),
            canvas.rng.uniform(2, 6),
            canvas.rng.uniform(2, 4),
            mix(UMBER, SAND, canvas.rng.choice((0.1, 0.8))),
        )


def butter(canvas: Canvas, x: float, y: float) -> None:
    """A crock of butter."""
    shadow(canvas, x, y + 66, 120, 18)
    canvas.shape(
        [(x - 108, y - 56), (x + 108, y - 56), (x + 92, y + 66), (x - 92, y + 66)],
        mix(SLATE, FOAM, 0.3),
        shades=[Shade(NAVY, "right", 0.7, 0.3)],
    )
    canvas.rect(x - 104, y - 16, x + 104, y + 6, mix(NAVY, TEAL, 0.3))
    canvas.oval(x, y - 56, 112, 26, mix(SLATE, FOAM, 0.6))
    canvas.shape(
        smooth(trace("-92,-56 -60,-92 -10,-104 50,-86 92,-56 0,-38", x, y)),
        mix(OCHRE, CREAM, 0.6),
        shades=[Shade(OCHRE, "right", 0.6, 0.2)],
    )
