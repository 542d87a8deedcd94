"""Birds and seals."""

import math

from apps.ai.providers.local.canvas import Canvas, Point, Shade, mix, oval, smooth, taper, trace
from cognitor.demo.painting.palette import NAVY, OCHRE, UMBER, Colour


def gull(canvas: Canvas, x: float, y: float, span: float, colour: Colour, *, tilt: float = 0.0) -> None:
    """A gull on bent wings, seen far off."""
    cos, sin = math.cos(tilt), math.sin(tilt)

    def place(points: list[Point]) -> list[Point]:
        return [(x + span * (px * cos - py * sin), y + span * (px * sin + py * cos)) for px, py in points]

    for side in (-1, 1):
        upper = smooth([(0, 0.02), (side * 0.16, -0.13), (side * 0.34, -0.12), (side * 0.56, 0.06)], closed=False)
        lower = smooth([(side * 0.56, 0.06), (side * 0.33, -0.05), (side * 0.17, -0.04), (0, 0.1)], closed=False)
        canvas.shape(place(upper + lower), colour)
    canvas.shape(place(oval(0.0, 0.05, 0.1, 0.05, 0.15)), colour)


def wader(
    canvas: Canvas, x: float, y: float, size: float, colour: Colour, *, facing: int = 1, feeding: bool = False
) -> None:
    """A small wader standing on wet sand; feeding, its bill is down."""
    for dx in (-0.05, 0.09):
        canvas.stroke([(x + dx * size, y - 0.42 * size), (x + dx * size, y)], 0.035 * size, colour)
    body = smooth(trace("-0.48,-0.52 -0.2,-0.74 0.16,-0.78 0.34,-0.6 0.2,-0.42 -0.1,-0.38"))
    canvas.shape([(x + facing * px * size, y + py * size) for px, py in body], colour)
    hx, hy = (0.44, -0.56) if feeding else (0.34, -0.9)
    canvas.oval(x + facing * hx * size, y + hy * size, 0.13 * size, 0.12 * size, colour)
    canvas.stroke(
        [(x + facing * 0.2 * size, y - 0.66 * size), (x + facing * hx * size, y + hy * size)], 0.2 * size, colour
    )
    bill = (0.66, -0.2) if feeding else (0.78, -0.84)
    canvas.stroke(
        [(x + facing * hx * size, y + hy * size), (x + facing * bill[0] * size, y + bill[1] * size)],
        0.07 * size,
        colour,
        end=0.02 * size,
    )


def heron(canvas: Canvas, x: float, y: float, size: float, colour: Colour, pale: Colour) -> None:
    """A heron standing in the shallows, facing right."""

    def at(points: list[Point]) -> list[Point]:
        return [(x + px * size, y + py * size) for px, py in points]

    canvas.stroke(at([(-0.02, -0.42), (-0.03, 0.0)]), 0.016 * size, colour)
    canvas.stroke(at([(0.04, -0.42), (0.07, -0.2), (0.05, 0.0)]), 0.016 * size, colour)
    neck = smooth(trace("0.1,-0.6 0.19,-0.68 0.13,-0.8 0.12,-0.92 0.19,-0.97"), closed=False)
    canvas.shape(taper(at(neck), 0.1 * size, 0.05 * size), pale)
    body = smooth(trace("-0.36,-0.36 -0.2,-0.56 0.06,-0.66 0.17,-0.58 0.1,-0.44 -0.12,-0.38"))
    canvas.shape(at(body), colour, shades=[Shade(pale, "right", 0.5, 0.5)])
    canvas.shape(at(smooth([(0.13, -0.98), (0.2, -1.02), (0.27, -0.98), (0.21, -0.94)])), pale)
    canvas.shape(at([(0.25, -1.0), (0.47, -0.955), (0.25, -0.955)]), OCHRE)
    canvas.stroke(at([(0.22, -1.0), (0.1, -1.03), (0.0, -0.99)]), 0.025 * size, colour, end=0.004 * size)


def seal(canvas: Canvas, x: float, y: float, size: float, colour: Colour, light: Colour, *, facing: int = 1) -> None:
    """A seal hauled out like a banana, head and tail up."""
    body = trace(
        "0.5,-0.26 0.43,-0.34 0.33,-0.3 0.24,-0.2 -0.05,-0.22 -0.32,-0.14 -0.5,-0.19 -0.57,-0.23 "
        "-0.53,-0.12 -0.44,-0.05 -0.2,0.01 0.16,0.02 0.34,-0.02 0.43,-0.14"
    )
    canvas.oval(x, y + 0.015 * size, 0.52 * size, 0.035 * size, UMBER, alpha=0.28)
    outline = [(x + facing * px * size, y + py * size) for px, py in smooth(body, steps=6)]
    canvas.shape(outline, colour, shades=[Shade(light, "up", 0.75, 0.3)])
    flipper = smooth([(0.2, -0.1), (0.28, -0.04), (0.2, 0.05), (0.12, 0.03)], steps=5)
    canvas.shape([(x + facing * px * size, y + py * size) for px, py in flipper], mix(colour, NAVY, 0.3))
    canvas.oval(x + facing * 0.445 * size, y - 0.275 * size, 0.014 * size, 0.014 * size, NAVY)
