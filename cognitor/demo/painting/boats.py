"""Boats under sail and under power."""

import math

from apps.ai.providers.local.canvas import Canvas, Point, Shade, mix, smooth, trace
from cognitor.demo.painting.palette import CORAL, CREAM, NAVY, OCHRE, RUST, SLATE, Colour, Mood


def lugger(
    canvas: Canvas, x: float, y: float, size: float, mood: Mood, sail: Colour = RUST, *, heel: float = 0.06
) -> None:
    """A clinker boat under two tan lugsails, its waterline at `y`."""
    cos, sin = math.cos(heel), math.sin(heel)

    def at(points: list[Point]) -> list[Point]:
        return [(x + size * (px * cos - py * sin), y + size * (px * sin + py * cos)) for px, py in points]

    for drop, share in ((0.1, 0.42), (0.24, 0.3), (0.38, 0.2), (0.5, 0.12)):
        half = size * share
        canvas.shape(
            [
                (x - half, y + drop * size),
                (x, y + (drop - 0.018) * size),
                (x + half, y + drop * size),
                (x, y + (drop + 0.022) * size),
            ],
            mix(sail, mood.sea[1], 0.35),
            alpha=0.6,
        )
    canvas.stroke(at([(-0.1, -0.1), (-0.08, -1.08)]), size * 0.022, mood.dark, end=size * 0.014)
    canvas.stroke(at([(0.3, -0.1), (0.32, -0.68)]), size * 0.018, mood.dark, end=size * 0.012)
    main = (
        smooth([(-0.36, -0.86), (-0.1, -1.0), (0.16, -1.08)], closed=False)
        + smooth([(0.16, -1.08), (0.26, -0.62), (0.22, -0.2)], closed=False)
        + smooth([(0.22, -0.2), (-0.12, -0.14), (-0.42, -0.2)], closed=False)
    )
    canvas.shape(at(main), sail, shades=[Shade(mix(sail, mood.dark, 0.55), "left", 0.7, 0.3)])
    mizzen = smooth(trace("0.22,-0.62 0.46,-0.7 0.56,-0.42 0.52,-0.2 0.26,-0.22"), steps=6)
    canvas.shape(at(mizzen), mix(sail, OCHRE, 0.3), shades=[Shade(mix(sail, mood.dark, 0.5), "left", 0.6, 0.3)])
    canvas.stroke(at([(-0.4, -0.84), (0.2, -1.1)]), size * 0.018, mood.dark)
    hull = smooth([(-0.56, -0.2), (-0.2, -0.11), (0.2, -0.1), (0.54, -0.17)], closed=False) + smooth(
        trace("0.54,-0.17 0.48,0.0 0.34,0.05 -0.3,0.06 -0.46,-0.02 -0.56,-0.2"), closed=False
    )
    canvas.shape(at(hull), mix(NAVY, mood.near, 0.25), shades=[Shade(mood.dark, "down", 0.7, 0.4)])
    rail = smooth([(-0.57, -0.215), (-0.2, -0.125), (0.2, -0.115), (0.55, -0.185)], closed=False)
    canvas.stroke(at(rail), size * 0.026, CREAM)
    canvas.shape(
        [
            (x - 0.6 * size, y + 0.05 * size),
            (x, y + 0.025 * size),
            (x + 0.62 * size, y + 0.05 * size),
            (x, y + 0.075 * size),
        ],
        mood.glint,
        alpha=0.7,
    )


def workboat(canvas: Canvas, x: float, y: float, size: float, mood: Mood, hull: Colour = CORAL) -> None:
    """A small fishing boat with a wheelhouse, its waterline at `y`."""
    shade = mix(hull, mood.dark, 0.6)
    canvas.shape(
        [
            (x - 0.5 * size, y + 0.02 * size),
            (x + 0.5 * size, y + 0.02 * size),
            (x + 0.36 * size, y + 0.2 * size),
            (x - 0.34 * size, y + 0.2 * size),
        ],
        mix(hull, mood.sea[2], 0.55),
        alpha=0.5,
    )
    canvas.stroke([(x - 0.1 * size, y - 0.3 * size), (x - 0.1 * size, y - 0.86 * size)], size * 0.022, mood.dark)
    canvas.stroke([(x - 0.1 * size, y - 0.8 * size), (x + 0.5 * size, y - 0.2 * size)], size * 0.007, mood.dark)
    canvas.stroke([(x - 0.1 * size, y - 0.8 * size), (x - 0.54 * size, y - 0.16 * size)], size * 0.007, mood.dark)
    canvas.shape(
        [
            (x - 0.06 * size, y - 0.12 * size),
            (x - 0.04 * size, y - 0.5 * size),
            (x + 0.2 * size, y - 0.5 * size),
            (x + 0.24 * size, y - 0.12 * size),
        ],
        CREAM,
        shades=[Shade(SLATE, "left", 0.7, 0.4)],
    )
    canvas.rect(x - 0.08 * size, y - 0.54 * size, x + 0.25 * size, y - 0.49 * size, shade)
    for px in (-0.01, 0.1):
        canvas.rect(x + px * size, y - 0.44 * size, x + (px + 0.08) * size, y - 0.33 * size, mood.dark)
    outline = smooth([(-0.52, -0.17), (-0.2, -0.1), (0.2, -0.12), (0.6, -0.28)], closed=False) + smooth(
        trace("0.6,-0.28 0.5,-0.06 0.4,0.04 -0.44,0.04 -0.52,-0.17"), closed=False
    )
    canvas.shape([(x + px * size, y + py * size) for px, py in outline], hull, shades=[Shade(shade, "left", 0.75, 0.3)])
    rail = smooth([(-0.53, -0.18), (-0.2, -0.115), (0.2, -0.135), (0.61, -0.295)], closed=False)
    canvas.stroke([(x + px * size, y + py * size) for px, py in rail], size * 0.028, CREAM)
    canvas.shape(
        [
            (x - 0.5 * size, y + 0.045 * size),
            (x - 0.49 * size, y + 0.01 * size),
            (x + 0.44 * size, y + 0.01 * size),
            (x + 0.4 * size, y + 0.045 * size),
        ],
        mood.dark,
    )
