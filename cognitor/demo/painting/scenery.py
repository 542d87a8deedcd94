"""What every coast picture stands on: sky, light, clouds, hills, water, sand and fog."""

import math
from collections.abc import Callable, Sequence
from random import Random

from apps.ai.providers.local.canvas import TALL, Canvas, Point, Shade, mix, oval, smooth
from cognitor.demo.painting.palette import Colour, Mood

Line = Callable[[float], float]


def sky(canvas: Canvas, mood: Mood, horizon: float) -> None:
    """The sky down to the horizon, with grain gathering above and light below."""
    canvas.gradient(0, horizon, mood.sky)
    canvas.haze(0, horizon * 0.62, mix(mood.sky[0], mood.dark, 0.28), 0.26, towards="up")


def orb(canvas: Canvas, mood: Mood, x: float, y: float, radius: float, *, rings: int = 3) -> None:
    """Sun or moon: a disc inside rings of thinning light."""
    canvas.glow(x, y, radius * 5.2, mood.orb, 0.5)
    for ring in range(rings, 0, -1):
        canvas.oval(x, y, radius * (1 + 0.46 * ring), radius * (1 + 0.46 * ring), mood.orb, alpha=0.13)
    canvas.oval(x, y, radius, radius, mood.orb, shades=[Shade(mix(mood.orb, mood.sky[-1], 0.65), "down", 0.55, 0.35)])


def craters(canvas: Canvas, mood: Mood, x: float, y: float, radius: float) -> None:
    """The grey seas of the moon."""
    grey = mix(mood.orb, mood.sky[2], 0.28)
    for dx, dy, size in ((-0.35, -0.25, 0.26), (0.2, 0.1, 0.34), (-0.2, 0.48, 0.16), (0.45, -0.42, 0.13)):
        canvas.oval(x + dx * radius, y + dy * radius, size * radius, size * radius * 0.86, grey, alpha=0.75)


def stars(canvas: Canvas, mood: Mood, horizon: float, count: int = 90) -> None:
    """Points of light, fewer towards the horizon."""
    for _ in range(count):
        x, y = canvas.rng.uniform(0, canvas.wide), horizon * 0.85 * canvas.rng.random() ** 1.4
        size = canvas.rng.choice((1.3, 1.3, 1.8, 2.6))
        canvas.oval(x, y, size, size, mood.orb, alpha=canvas.rng.uniform(0.45, 0.95))


def cloud(canvas: Canvas, colour: Colour, x: float, y: float, length: float, *, alpha: float = 0.9) -> None:
    """A cloud drawn out by wind: rounded bars, some slipped to one side, thinning with grain below."""
    rng = canvas.rng
    radius = length * rng.uniform(0.026, 0.032)
    rows = [(-0.95, rng.uniform(0.3, 0.5), rng.uniform(-0.3, 0.3)), (0.0, 1.0, 0.0)]
    rows += [
        (0.95, rng.uniform(0.55, 0.75), rng.uniform(-0.16, 0.1)),
        (1.9, rng.uniform(0.26, 0.42), rng.uniform(-0.14, 0.14)),
    ]
    bars = [pill(x + shift * length, y - row * radius * 1.9, length * share, radius) for row, share, shift in rows]
    canvas.union(bars, colour, alpha=alpha)


def pill(x: float, y: float, length: float, radius: float) -> list[Point]:
    """A bar with round ends."""
    half = max(0.0, length / 2 - radius)
    ends = oval(0, 0, radius, radius)
    return [(x + px + math.copysign(half, px), y + py) for px, py in ends]


def thunderhead(canvas: Canvas, base: float, colour: Colour, light: Colour, *, lift: float, puff: float) -> None:
    """A ceiling of cloud with a scalloped belly around `base`, rising by `lift` towards the right."""
    puffs: list[list[Point]] = []
    x = -puff
    while x < canvas.wide + puff:
        reach = puff * canvas.rng.uniform(0.6, 1.3)
        y = base - lift * max(0.0, x / canvas.wide - 0.42) ** 1.3 * 2 + canvas.rng.uniform(-0.18, 0.18) * puff
        puffs.append(oval(x + reach / 2, y, reach / 2, puff * canvas.rng.uniform(0.26, 0.42)))
        puffs.append([(x - reach * 0.1, -60), (x + reach * 0.96, -60), (x + reach * 0.96, y), (x - reach * 0.1, y)])
        x += reach * 0.84
    canvas.union(puffs, colour, shades=[Shade(light, "down", 0.62, 0.5)])


def noise_line(rng: Random, y: float, height: float, *, length: float = 620, octaves: int = 4) -> Line:
    """A rolling line around `y`: waves of halving length and height, each with its own phase."""
    waves = [
        (height / 1.9**k, math.tau * 1.83**k / length * rng.uniform(0.85, 1.15), rng.uniform(0, math.tau))
        for k in range(octaves)
    ]
    return lambda x: y + sum(size * math.sin(turn * x + phase) for size, turn, phase in waves) / 1.6


def below(
    canvas: Canvas, line: Line, *, left: float = 0, right: float | None = None, foot: float = TALL
) -> list[Point]:
    """The outline of everything between `line` and `foot`."""
    right = canvas.wide if right is None else right
    steps = max(2, round((right - left) / 6))
    along = [left + (right - left) * i / steps for i in range(steps + 1)]
    return [(x, line(x)) for x in along] + [(right, foot), (left, foot)]


def hill(canvas: Canvas, line: Line, colour: Colour, shade: Colour, *, foot: float = TALL, amount: float = 0.5) -> None:
    """Land under a line, darkening with grain from the crest."""
    canvas.shape(below(canvas, line, foot=foot), colour, shades=[Shade(shade, "down", amount, 0.1)])


def headland(
    canvas: Canvas, crest: Sequence[Point], colour: Colour, shade: Colour, *, foot: float, light: Colour | None = None
) -> None:
    """A cape given by its crest from left to right, with a lit band along the top when `light` is given."""
    curve = smooth(crest, closed=False, steps=14)
    outline = [*curve, (curve[-1][0], foot), (curve[0][0], foot)]
    canvas.shape(outline, colour, shades=[Shade(shade, "down", 0.75, 0.05)])
    if light is not None:
        lip = [(x, min(foot, y + 9 + 5 * math.sin(x / 23))) for x, y in reversed(curve)]
        canvas.shape(curve + lip, light)


def cliff(canvas: Canvas, crest: Sequence[Point], rock: Colour, shade: Colour, turf: Colour, *, foot: float) -> None:
    """A rock face under `crest`, split into slabs that catch the light differently, with turf on top."""
    rng = canvas.rng
    curve = smooth(crest, closed=False, steps=16)
    canvas.shape([*curve, (curve[-1][0], foot), (curve[0][0], foot)], rock, shades=[Shade(shade, "down", 0.7, 0.1)])
    at = 0
    while at < len(curve) - 3:
        reach = rng.randint(4, 9)
        slab = curve[at : at + reach + 1]
        slant = rng.uniform(-16, 34)
        feet = [(x + slant * (foot - y) / 400, y + (foot - y) * rng.uniform(0.55, 1.0)) for x, y in reversed(slab)]
        feet = [(x, min(y, foot)) for x, y in feet]
        tone, thick = rng.choice(
            ((mix(rock, shade, 0.75), 0.55), (mix(rock, shade, 0.5), 0.5), (mix(rock, turf, 0.2), 0.4))
        )
        canvas.shape(slab + feet, tone, alpha=thick)
        at += reach + rng.randint(0, 3)
    for _ in range(9):
        x, y = rng.choice(curve)
        if foot - y > 120:
            top = y + (foot - y) * rng.uniform(0.1, 0.4)
            drop = (foot - y) * rng.uniform(0.18, 0.4)
            crack = [(x, top), (x + 7, top + drop * 0.4), (x + 1, top + drop * 0.6), (x + 9, top + drop)]
            canvas.shape([*crack, (x - 3, top + drop * 0.6)], shade, alpha=0.55)
    deep = [
        (x, min(foot, y + (15 + 9 * math.sin(x / 19) + 5 * math.sin(x / 7)) * min(1.0, (foot - y) / 200)))
        for x, y in reversed(curve)
    ]
    canvas.shape(curve + deep, turf)


def strata(canvas: Canvas, colour: Colour, x0: float, x1: float, y0: float, y1: float, count: int) -> None:
    """Broken ledges in a rock face."""
    for _ in range(count):
        x, y = canvas.rng.uniform(x0, x1), canvas.rng.uniform(y0, y1)
        length = canvas.rng.uniform(18, 74)
        canvas.shape([(x, y), (x + length, y + 3), (x + length * 0.8, y + 9), (x + 5, y + 7)], colour, alpha=0.7)


def sea(canvas: Canvas, mood: Mood, horizon: float, foot: float = TALL, *, swell: float = 1.0) -> None:
    """Water from the horizon to `foot`: bands that widen and roll more the nearer they are."""
    canvas.gradient(horizon, foot, mood.sea)
    bands = 9
    for band in range(1, bands):
        near = (band / bands) ** 1.55
        y = horizon + (foot - horizon) * near
        line = noise_line(canvas.rng, y, (2 + 15 * near) * swell, length=260 + 620 * near, octaves=3)
        tone = mix(mood.sea[min(2, 1 + band // 5)], mood.sea[2], 0.35 + 0.5 * near)
        outline = below(canvas, line, foot=min(foot, y + 26 + 150 * near))
        canvas.shape(outline, tone, alpha=0.16)
    canvas.rect(0, horizon, canvas.wide, horizon + 3, mix(mood.sea[1], mood.dark, 0.3), alpha=0.7)


def glints(
    canvas: Canvas, mood: Mood, horizon: float, foot: float, x: float, *, spread: float = 130, count: int = 120
) -> None:
    """The path of light under sun or moon: lens-shaped flecks, longer and sparser towards the viewer."""
    for _ in range(count):
        near = canvas.rng.random() ** 1.5
        y = horizon + 5 + (foot - horizon - 5) * near
        cx = canvas.rng.gauss(x, spread * (0.24 + near))
        half, thick = canvas.rng.uniform(8, 20) + 46 * near * canvas.rng.random(), 1.4 + 3.8 * near
        fleck(canvas, cx, y, half, thick, mood.glint, 0.9 - 0.35 * near)


def flecks(canvas: Canvas, colour: Colour, top: float, foot: float, count: int, *, alpha: float = 0.5) -> None:
    """Loose highlights or shadows on the water."""
    for _ in range(count):
        near = canvas.rng.random() ** 1.3
        y = top + (foot - top) * near
        fleck(canvas, canvas.rng.uniform(0, canvas.wide), y, 10 + 54 * near, 1.2 + 3.4 * near, colour, alpha)


def fleck(canvas: Canvas, x: float, y: float, half: float, thick: float, colour: Colour, alpha: float) -> None:
    """One thin lens of light."""
    lens = [(x - half, y), (x - half * 0.5, y - thick * 0.8), (x + half * 0.1, y - thick), (x + half, y + thick * 0.2)]
    lens += [(x + half * 0.4, y + thick), (x - half * 0.3, y + thick * 0.8)]
    canvas.shape(lens, colour, alpha=alpha)


def beach(canvas: Canvas, mood: Mood, line: Line, *, foam: bool = True) -> None:
    """Sand in front of the sea, with wet sand and a hem of foam along its upper edge."""
    if foam:
        canvas.shape(below(canvas, lambda x: line(x) - 22 - 5 * math.sin(x / 61), foot=TALL), mood.glint, alpha=0.5)
        canvas.shape(below(canvas, lambda x: line(x) - 10 - 4 * math.sin(x / 37)), mood.glint)
        canvas.shape(below(canvas, line), mix(mood.sand_shade, mood.sea[1], 0.35))
    dry: Line = (lambda x: line(x) + 34 + 7 * math.sin(x / 83)) if foam else line
    canvas.shape(below(canvas, dry), mood.sand, shades=[Shade(mood.sand_shade, "down", 0.6, 0.15)])


def ripples(canvas: Canvas, colour: Colour, top: float, foot: float, count: int) -> None:
    """Short curved ridges in the sand."""
    for _ in range(count):
        near = canvas.rng.random()
        x, y, half = canvas.rng.uniform(0, canvas.wide), top + (foot - top) * near, 18 + 60 * near
        arc = [(x + half * (t / 4 - 1), y - 5 * (0.4 + near) * math.sin(math.pi * t / 8)) for t in range(9)]
        canvas.shape(arc + [(px, py + 2 + 3 * near) for px, py in reversed(arc)], colour, alpha=0.5)


def fog(canvas: Canvas, colour: Colour, y: float, *, alpha: float = 0.4, thick: float = 60) -> None:
    """A bank of fog across the picture: long overlapping lenses."""
    for _ in range(5):
        x, half = canvas.rng.uniform(0, canvas.wide), canvas.rng.uniform(0.25, 0.55) * canvas.wide
        canvas.oval(
            x,
            y + canvas.rng.uniform(-0.5, 0.5) * thick,
            half,
            thick * canvas.rng.uniform(0.25, 0.6),
            colour,
            alpha=alpha,
        )


def rain(canvas: Canvas, colour: Colour, x: float, y0: float, y1: float, width: float) -> None:
    """A curtain of rain falling slantwise under a cloud."""
    slant = (y1 - y0) * 0.28
    canvas.shape([(x, y0), (x + width, y0), (x + width - slant, y1), (x - slant, y1)], colour, alpha=0.3)
    for _ in range(round(width / 5)):
        start, length = canvas.rng.uniform(0, 0.6), canvas.rng.uniform(0.12, 0.4)
        sx = x + canvas.rng.uniform(0, width)
        a, b = y0 + (y1 - y0) * start, y0 + (y1 - y0) * min(1.0, start + length)
        ax, bx = sx - slant * start, sx - slant * min(1.0, start + length)
        canvas.shape([(ax, a), (ax + 2.4, a), (bx + 2.4, b), (bx, b)], colour, alpha=0.55)
