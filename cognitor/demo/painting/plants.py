"""What grows on the coast: pines, reeds, dune grass."""

import math

from apps.ai.providers.local.canvas import Canvas, Point, Shade, mix, oval, smooth, taper
from cognitor.demo.painting.palette import Colour


def pine(
    canvas: Canvas, x: float, y: float, height: float, trunk: Colour, leaf: Colour, light: Colour, *, lean: float = 0.1
) -> None:
    """A wind-shaped pine: a bare leaning trunk under flat layers of needles."""
    rng = canvas.rng
    bend = smooth(
        [(x, y + 10), (x + lean * height * 0.25, y - height * 0.42), (x + lean * height, y - height * 0.9)],
        closed=False,
    )
    canvas.shape(taper(bend, height * 0.056, height * 0.02), trunk)
    crowns = [(0.62, -0.22, 0.17), (0.7, 0.2, 0.19), (0.82, -0.1, 0.24), (0.9, 0.16, 0.2), (1.0, 0.02, 0.19)]
    for up, aside, half in crowns:
        cx = x + lean * height * up + (aside + rng.uniform(-0.05, 0.05)) * height * 0.8
        cy = y - height * (up + rng.uniform(-0.02, 0.02))
        start = (x + lean * height * up * 0.8, y - height * (up - 0.12))
        canvas.stroke([start, (cx, cy + height * 0.02)], height * 0.022, trunk, end=height * 0.012)
        rx, ry = half * height * rng.uniform(0.9, 1.1), half * height * 0.36
        puff = [
            (
                cx + rx * math.cos(a) * rng.uniform(0.86, 1.1),
                cy + ry * (math.sin(a) if math.sin(a) < 0 else math.sin(a) * 0.55) * rng.uniform(0.85, 1.2),
            )
            for a in (i * math.tau / 16 for i in range(16))
        ]
        canvas.shape(smooth(puff, steps=5), leaf, shades=[Shade(light, "up", 0.6, 0.35)])


def reed(
    canvas: Canvas, x: float, y: float, height: float, colour: Colour, head: Colour | None, *, lean: float = 0.1
) -> None:
    """One reed bending with the wind, with a plume or without."""
    tip = (x + lean * height, y - height)
    stem = smooth([(x, y), (x + lean * height * 0.2, y - height * 0.5), tip], closed=False, steps=7)
    canvas.shape(taper(stem, 5.2, 2.2), colour)
    if head is not None:
        plume = [
            (tip[0] + dx * height * 0.05, tip[1] + dy * height * 0.2)
            for dx, dy in ((0, 0.28), (-0.34, -0.1), (0.2, -0.62), (0.75, -1.0), (0.95, -0.55), (0.6, 0.0))
        ]
        canvas.shape(smooth(plume, steps=5), head)
    else:
        blade = smooth(
            [
                (x, y - height * 0.3),
                (x + lean * height + 22, y - height * 0.62),
                (x + lean * height + 54, y - height * 0.52),
            ],
            closed=False,
            steps=5,
        )
        canvas.shape(taper(blade, 6.0, 1.0), colour)


def reedbed(canvas: Canvas, left: float, right: float, y: float, height: float, colour: Colour, plume: Colour) -> None:
    """A bed of reeds seen across water, as one mass with a ragged top, low at its ends."""
    rng = canvas.rng
    top: list[Point] = []
    plumes: list[list[Point]] = []
    x = left
    while x < right:
        ends = min(1.0, (x - left) / 130, (right - x) / 130)
        tall = height * (0.25 + 0.75 * max(0.0, ends) ** 0.6) * rng.uniform(0.66, 1.0)
        top += [(x, y - tall * 0.6), (x + 4, y - tall), (x + 7, y - tall * 0.62)]
        if rng.random() < 0.55:
            plumes.append(oval(x + 5, y - tall * 1.04, 3.2, height * 0.13, 0.2, 14))
        x += rng.uniform(7, 14)
    canvas.shape(
        [(left - 10, y), *top, (right + 10, y), ((left + right) / 2, y + 12)],
        colour,
        shades=[Shade(mix(colour, plume, 0.45), "up", 0.7, 0.45)],
    )
    canvas.union(plumes, plume)


def marram(
    canvas: Canvas, x: float, y: float, size: float, colour: Colour, *, lean: float = 0.25, blades: int = 11
) -> None:
    """A tuft of dune grass."""
    rng = canvas.rng
    for i in range(blades):
        aside = i / (blades - 1) - 0.5
        spread = aside * 0.9 + lean + rng.uniform(-0.16, 0.16)
        tall = size * rng.uniform(0.6, 1.0) * (1.1 - 0.9 * abs(aside))
        foot, ground = x + aside * size * 0.8, y + size * rng.uniform(-0.02, 0.08)
        tip = (foot + spread * tall * 0.85, y - tall * (0.95 - 0.35 * abs(spread)))
        blade = smooth([(foot, ground), (foot + spread * tall * 0.22, y - tall * 0.55), tip], closed=False, steps=5)
        canvas.shape(taper(blade, size * 0.042, size * 0.006), colour)
