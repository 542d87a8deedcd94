"""A drawing surface in scene units, painted at twice its size and halved at the end so that edges come out smooth."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]
Towards = Literal["down", "up", "left", "right"]

TALL = 1000.0
SUPERSAMPLE = 2
_GRAIN = 512


@dataclass(frozen=True)
class Shade:
    """Grain that thickens across a shape, from nothing at `start` (0 to 1) to `amount` at the far edge."""

    colour: Colour
    towards: Towards = "down"
    amount: float = 0.6
    start: float = 0.0


def ink(code: str) -> Colour:
    """`ink("1f5a66")` is the colour of that hexadecimal code."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0 to 1) of `other` stirred in."""
    share = max(0.0, min(1.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def trace(outline: str, x: float = 0.0, y: float = 0.0, *, across: float = 1.0, down: float = 1.0) -> list[Point]:
    """The points written as `"0,-18 9,-16 …"`, stretched by `across` and `down` and moved to (x, y)."""
    pairs = (pair.split(",") for pair in outline.split())
    return [(x + float(px) * across, y + float(py) * down) for px, py in pairs]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    count = len(points)
    spans = count if closed else count - 1
    curve: list[Point] = []
    for i in range(spans):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[max(0, min(count - 1, i + k))] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0, steps: int = 56) -> list[Point]:
    """The outline of an ellipse around (x, y), turned by `turn` radians."""
    cos, sin = math.cos(turn), math.sin(turn)
    around = [(rx * math.cos(a), ry * math.sin(a)) for a in (i * math.tau / steps for i in range(steps))]
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in around]


def taper(points: Sequence[Point], start: float, end: float) -> list[Point]:
    """A ribbon along `points` whose width runs from `start` to `end`."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(points):
        ahead, behind = points[min(i + 1, len(points) - 1)], points[max(i - 1, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        length = math.hypot(dx, dy) or 1.0
        half = (start + (end - start) * i / max(1, len(points) - 1)) / 2
        left.append((x - dy / length * half, y + dx / length * half))
        right.append((x + dy / length * half, y - dx / length * half))
    return left + right[::-1]


class Canvas:
    """`TALL` units high and `wide` units wide, whatever the number of pixels."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.size = (width, height)
        self.rng = Random(seed)
        self.scale = height * SUPERSAMPLE / TALL
        self.wide = TALL * width / height
        self.image = Image.new("RGB", (width * SUPERSAMPLE, height * SUPERSAMPLE))
        self.draw = ImageDraw.Draw(self.image)
        grain = Image.frombytes("L", (_GRAIN, _GRAIN), self.rng.randbytes(_GRAIN * _GRAIN))
        self._grain = grain.resize((_GRAIN * SUPERSAMPLE, _GRAIN * SUPERSAMPLE), Image.Resampling.NEAREST)

    def shape(
        self, points: Sequence[Point], colour: Colour, *, alpha: float = 1.0, shades: Sequence[Shade] = ()
    ) -> None:
        """Fills the outline `points`, lets `alpha` of it cover what is below, and lays `shades` over it."""
        if alpha >= 1.0 and not shades:
            self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=colour)
            return
        self.union([points], colour, alpha=alpha, shades=shades)

    def union(
        self, outlines: Sequence[Sequence[Point]], colour: Colour, *, alpha: float = 1.0, shades: Sequence[Shade] = ()
    ) -> None:
        """Fills several outlines as if they were one: where they overlap, nothing is laid on twice."""
        pixels = [[(x * self.scale, y * self.scale) for x, y in points] for points in outlines]
        box = self._box([pixel for outline in pixels for pixel in outline])
        if box is None:
            return
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
        pen = ImageDraw.Draw(mask)
        for outline in pixels:
            pen.polygon([(x - box[0], y - box[1]) for x, y in outline], fill=round(255 * alpha))
        self.image.paste(colour, box, mask)
        for shade in shades:
            self.image.paste(shade.colour, box, ImageChops.multiply(self._stipple(box, shade), mask))

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        *,
        alpha: float = 1.0,
        turn: float = 0.0,
        shades: Sequence[Shade] = (),
    ) -> None:
        """An ellipse around (x, y)."""
        self.shape(oval(x, y, rx, ry, turn), colour, alpha=alpha, shades=shades)

    def rect(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        colour: Colour,
        *,
        alpha: float = 1.0,
        shades: Sequence[Shade] = (),
    ) -> None:
        """An upright rectangle."""
        self.shape([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], colour, alpha=alpha, shades=shades)

    def stroke(self, points: Sequence[Point], width: float, colour: Colour, *, end: float | None = None) -> None:
        """A line of `width` units through `points`, thinning to `end` when that is given."""
        self.shape(taper(points, width, width if end is None else end), colour)

    def gradient(self, y0: float, y1: float, stops: Sequence[Colour]) -> None:
        """Fills the full width between two heights with colours running downwards."""
        top, bottom = round(y0 * self.scale), round(y1 * self.scale)
        strip = Image.new("RGB", (1, len(stops)))
        for row, colour in enumerate(stops):
            strip.putpixel((0, row), colour)
        # Half a row of slack at either end: the first and last colours sit on the edges, not inside them.
        run = strip.resize((1, bottom - top), Image.Resampling.BILINEAR, (0, 0.5, 1, len(stops) - 0.5))
        self.image.paste(run.resize((self.image.width, bottom - top), Image.Resampling.NEAREST), (0, top))

    def glow(self, x: float, y: float, radius: float, colour: Colour, alpha: float) -> None:
        """Soft light around a point."""
        side = max(2, round(radius * 2 * self.scale))
        halo = Image.radial_gradient("L").point([max(0, round(alpha * (255 - min(255, v * 1.42)))) for v in range(256)])
        corner = (round((x - radius) * self.scale), round((y - radius) * self.scale))
        self.image.paste(colour, (*corner, corner[0] + side, corner[1] + side), halo.resize((side, side)))

    def haze(self, y0: float, y1: float, colour: Colour, alpha: float, *, towards: Towards = "down") -> None:
        """Grain over the full width, thickening in one direction."""
        box = (0, round(y0 * self.scale), self.image.width, round(y1 * self.scale))
        self.image.paste(colour, box, self._stipple(box, Shade(colour, towards, alpha)))

    def finished(self) -> Image.Image:
        """The picture in the size asked for."""
        return self.image.resize(self.size, Image.Resampling.BOX, reducing_gap=None)

    def jpeg(self, quality: int = 84) -> bytes:
        """The finished picture as a file."""
        out = io.BytesIO()
        self.finished().save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        return out.getvalue()

    def _box(self, pixels: Sequence[Point]) -> tuple[int, int, int, int] | None:
        xs, ys = [p[0] for p in pixels], [p[1] for p in pixels]
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        right = min(self.image.width, math.ceil(max(xs)) + 1)
        bottom = min(self.image.height, math.ceil(max(ys)) + 1)
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _stipple(self, box: tuple[int, int, int, int], shade: Shade) -> Image.Image:
        """Black and white specks whose density follows the shade."""
        size = (box[2] - box[0], box[3] - box[1])
        ramp = bytes(
            round(255 * shade.amount * max(0.0, (i / 255 - shade.start) / (1 - shade.start)) ** 1.3) for i in range(256)
        )
        if shade.towards in ("up", "left"):
            ramp = ramp[::-1]
        line = (1, 256) if shade.towards in ("up", "down") else (256, 1)
        density = Image.frombytes("L", line, ramp).resize(size, Image.Resampling.BILINEAR)
        specks = Image.new("L", size)
        tile = self._grain.width
        # Aligned to the picture, so that neighbouring shapes share one grain.
        for x in range(-(box[0] % tile), size[0], tile):
            for y in range(-(box[1] % tile), size[1], tile):
                specks.paste(self._grain, (x, y))
        return ImageChops.add(density, specks, 1, -255).point([0] + [255] * 255)
