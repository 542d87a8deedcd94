"""Pictures composed from what a prompt says: its colours, its mood, the things it names, its style, its format.

Nothing is learnt and nothing is looked up: words choose a palette, a setting and subjects (`plan`), and a seed
the rest, so that the same prompt and seed give the same bytes. A title is written only when the prompt quotes it.
"""

import hashlib
import math
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from apps.ai.providers import pictures
from apps.ai.providers.local.canvas import TALL, Canvas, Colour, Point, Shade, mix, oval, smooth, taper, trace
from apps.ai.providers.local.marks import Mark
from apps.ai.providers.local.plan import SUBJECTS, Plan, plan
from apps.ai.providers.protocols import Call, Made, Output, Paint


def paint(asked: Paint, call: Call) -> Output:
    """`asked.count` pictures, the n-th by the seed plus n; a seed that is not given comes from the prompt."""
    width, height = pictures.size_for(asked.aspect_ratio)
    first = asked.seed if asked.seed is not None else int(hashlib.sha256(asked.prompt.encode()).hexdigest()[:7], 16)
    files = []
    for number in range(asked.count):
        _ = call.seconds
        seed = first + number
        planned = plan(asked.prompt, seed)
        content, media_type = pictures.saved(compose(planned, width, height, seed), asked.format)
        facts = {"engine": "painter", "subjects": list(planned.subjects), "style": planned.style}
        files.append(Made(content=content, media_type=media_type, seed=seed, width=width, height=height, facts=facts))
        call.progress((number + 1) / asked.count)
    megapixels = round(len(files) * width * height / 1e6, 4)
    return Output(
        files=tuple(files), used={"images": len(files), "megapixels": megapixels}, facts={"engine": "painter"}
    )


def compose(plan: Plan, width: int, height: int, seed: int) -> Image.Image:
    """The picture, exactly `width` by `height`."""
    canvas = Canvas(width, height, seed)
    painter = Painter(canvas, plan)
    painter.ground()
    painter.figures()
    image = canvas.finished()
    return _titled(image, plan) if plan.title else image


class Painter:
    """Draws one plan on one canvas."""

    def __init__(self, canvas: Canvas, plan: Plan) -> None:
        self.canvas, self.plan, self.inks, self.rng = canvas, plan, plan.inks, canvas.rng
        self.wide, self.short = canvas.wide, min(canvas.wide, TALL)

    def ground(self) -> None:
        inks = self.inks
        if self.plan.style in ("flat", "papercut") and self.plan.setting not in ("sea", "hills", "town", "sky"):
            self.canvas.gradient(0, TALL, (mix(inks.above, inks.below, 0.5),) * 2)
        else:
            self.canvas.gradient(0, TALL, (inks.above, mix(inks.above, inks.below, 0.6), inks.below))
        if self.plan.night and self.plan.setting != "table":
            for _ in range(round(70 * self.wide / TALL)):
                size = self.rng.choice((1.6, 1.6, 2.4, 3.4))
                x, y = self.rng.uniform(0, self.wide), self.rng.uniform(0, 560)
                self.canvas.oval(x, y, size, size, inks.light, alpha=self.rng.uniform(0.4, 0.95))
        getattr(self, f"_{self.plan.setting}")()
        if self.plan.style == "geometric":
            self._facets()

    def _orb(self) -> None:
        """Sun or moon where the setting has a sky and the prompt does not name one itself."""
        inks, x, y = self.inks, self.wide * self.rng.choice((0.22, 0.5, 0.77)), self.rng.uniform(190, 300)
        colour = inks.light if self.plan.night else mix(inks.accent, inks.light, 0.45)
        if self.plan.style != "flat":
            self.canvas.glow(x, y, 420, colour, 0.55)
        self.canvas.oval(x, y, 92, 92, colour)
        if self.plan.night:
            self.canvas.oval(x + 36, y - 18, 78, 78, mix(inks.above, inks.below, 0.15))

    def _ridge(self, base: float, rise: float, colour: Colour, *, jagged: bool = False) -> None:
        count = max(4, round(self.wide / 230))
        step = self.wide / count
        tops: list[Point] = [(i * step - step / 2, base - self.rng.uniform(0, rise)) for i in range(count + 3)]
        if jagged:
            between = [((a[0] + b[0]) / 2, base - self.rng.uniform(0, 0.3) * rise) for a, b in pairwise(tops)]
            crest: list[Point] = [point for pair in zip(tops, between, strict=False) for point in pair]
        else:
            crest = smooth(tops, closed=False)
        self._layer([(-50, TALL + 20), (-50, crest[0][1]), *crest, (self.wide + 400, TALL + 20)], colour)

    def _layer(self, points: list[Point], colour: Colour) -> None:
        """A part of the ground; each lies on the one before, by a shadow when it is of paper."""
        style = self.plan.style
        if style == "papercut":
            for lift, alpha in ((16, 0.10), (10, 0.12), (5, 0.14)):
                self.canvas.shape([(x, y - lift) for x, y in points], self.inks.dark, alpha=alpha)
        grain = [Shade(mix(colour, self.inks.dark, 0.3), "down", 0.5, 0.1)] if style == "gradient" else []
        self.canvas.shape(points, colour, shades=grain)

    def _clouds(self, many: int) -> None:
        for _ in range(many):
            x, y, size = self.rng.uniform(0, self.wide), self.rng.uniform(90, 330), self.rng.uniform(40, 74)
            parts = [oval(x + dx * size, y + dy * size, rx * size, ry * size) for dx, dy, rx, ry in (
                (-1, 0.2, 0.8, 0.5), (0, -0.1, 0.95, 0.75), (1, 0.2, 0.9, 0.5))]  # fmt: skip
            self.canvas.union(parts, self.inks.light, alpha=0.35 if self.plan.night else 0.82)

    def _hills(self) -> None:
        inks = self.inks
        self._orb()
        self._clouds(3)
        self._ridge(640, 270, mix(inks.second, inks.above, 0.55), jagged=True)
        self._ridge(700, 120, mix(inks.second, inks.below, 0.2))
        self._ridge(800, 90, inks.second)
        self._ridge(910, 60, mix(inks.main, inks.second, 0.4))

    def _sea(self) -> None:
        inks = self.inks
        self._orb()
        self._clouds(3)
        self._ridge(610, 90, mix(inks.second, inks.above, 0.5))
        for number, base in enumerate((610, 690, 780, 880)):
            colour = mix(mix(inks.second, inks.light, 0.25), inks.main, number / 3)
            span, phase = 130 - number * 8, self.rng.uniform(0, math.tau)
            swell = 6 + 7 * number
            crest: list[Point] = [
                (x, base + swell * math.sin(x / span * math.pi + phase)) for x in range(-60, round(self.wide) + 80, 14)
            ]
            self._layer([(-60, TALL + 20), *crest, (self.wide + 80, TALL + 20)], colour)

    def _town(self) -> None:
        inks = self.inks
        self._orb()
        self._clouds(2)
        for number, (low, high) in enumerate(((330, 560), (500, 720))):
            colour = mix(mix(inks.second, inks.above, 0.55), inks.main, number * 0.75)
            x = -20.0
            while x < self.wide:
                w, top = self.rng.uniform(60, 130), self.rng.uniform(low, high)
                self._layer([(x, TALL), (x, top), (x + w, top), (x + w, TALL)], colour)
                if number:
                    self._windows(x, top, w)
                x += w + self.rng.choice((0, 0, 8, 20))
        self._layer([(-20, TALL + 20), (-20, 900), (self.wide + 20, 900), (self.wide + 20, TALL + 20)], inks.dark)

    def _windows(self, x: float, top: float, w: float) -> None:
        for wx in range(round(x) + 14, round(x + w) - 18, 24):
            for wy in range(round(top) + 18, 880, 34):
                if self.rng.random() < 0.55:
                    self.canvas.rect(
                        wx, wy, wx + 11, wy + 16, self.rng.choice((self.inks.light, self.inks.accent)), alpha=0.8
                    )

    def _sky(self) -> None:
        if not {"sun", "moon"} & set(self.plan.subjects):
            self._orb()
        self._clouds(6)
        self._ridge(960, 60, mix(self.inks.second, self.inks.below, 0.3))

    def _table(self) -> None:
        inks = self.inks
        self.canvas.glow(self.wide * 0.3, 220, 620, inks.light, 0.5)
        self._layer(
            [(-20, TALL + 20), (-20, 700), (self.wide + 20, 700), (self.wide + 20, TALL + 20)],
            mix(inks.main, inks.soft, 0.35),
        )
        self.canvas.rect(0, 700, self.wide, 712, mix(inks.main, inks.light, 0.5), alpha=0.8)

    def _blob(self) -> None:
        rng, inks = self.rng, self.inks
        for colour, size in ((inks.soft, 0.52), (mix(inks.second, inks.below, 0.55), 0.4)):
            x, y = self.wide * rng.uniform(0.42, 0.58), TALL * rng.uniform(0.44, 0.56)
            turn = rng.uniform(0, math.tau)
            rim = [(x + math.cos(a) * r, y + math.sin(a) * r) for a, r in (
                (turn + i * math.tau / 7, self.short * size * rng.uniform(0.82, 1.12)) for i in range(7))]  # fmt: skip
            self._layer(smooth(rim), colour)
        for _ in range(9):
            size = rng.uniform(5, 16)
            self.canvas.oval(
                rng.uniform(0, self.wide),
                rng.uniform(0, TALL),
                size,
                size,
                rng.choice((inks.accent, inks.main, inks.light)),
            )

    def _rings(self) -> None:
        inks, x, y = self.inks, self.wide / 2, TALL / 2
        for number in range(6, 0, -1):
            shade = mix(inks.soft, inks.below, number / 7)
            self._layer(oval(x, y, self.short * 0.11 * number, self.short * 0.11 * number, steps=90), shade)

    def _blocks(self) -> None:
        rng, inks = self.rng, self.inks
        tones = (inks.soft, mix(inks.second, inks.below, 0.5), mix(inks.accent, inks.below, 0.55), inks.light)
        across = max(2, round(self.wide / 320))
        side = self.wide / across
        for row in range(math.ceil(TALL / side)):
            for column in range(across):
                x, y, tone = column * side, row * side, rng.choice(tones)
                kind = rng.randrange(4)
                if kind == 0:
                    self.canvas.rect(x, y, x + side, y + side, tone)
                elif kind == 1:
                    self.canvas.shape([(x, y), *_quarter(x, y, side, rng.randrange(4))], tone)
                elif kind == 2:
                    self.canvas.shape([(x, y), (x + side, y), (x, y + side)], tone)
                else:
                    self.canvas.oval(x + side / 2, y + side / 2, side * 0.4, side * 0.4, tone)
        self.canvas.oval(self.wide / 2, TALL / 2, self.short * 0.4, self.short * 0.4, inks.below)

    def _facets(self) -> None:
        """Large slanted planes of light over the ground."""
        for _ in range(5):
            x, w = self.rng.uniform(-200, self.wide), self.rng.uniform(90, 300)
            lean = self.rng.uniform(-260, 260)
            self.canvas.shape(
                [(x, -10), (x + w, -10), (x + w + lean, TALL + 10), (x + lean, TALL + 10)], self.inks.light, alpha=0.10
            )

    def figures(self) -> None:
        """The subjects: one large, two beside each other, more around the first."""
        names = [name for name in self.plan.subjects if name not in _BACKDROP.get(self.plan.setting, ())]
        grounded = self.plan.setting in ("hills", "sea", "town", "table")
        tall = self.wide < TALL * 0.8
        unit, middle = self.short, self.wide / 2
        y = {"table": 640.0, "hills": 700.0, "sea": 660.0, "town": 740.0}.get(self.plan.setting, 500.0)
        lift = -0.06 * unit if self.plan.title and not grounded else 0.0
        places: list[tuple[float, float, float]]
        match len(names):
            case 0:
                return
            case 1:
                places = [(middle, y - (0.06 * unit if grounded else 0) + lift, 0.30 * unit)]
            case 2 if tall:
                places = [(middle, y - 0.28 * unit, 0.25 * unit), (middle, y + 0.26 * unit, 0.25 * unit)]
            case 2:
                places = [(middle + side * 0.24 * unit, y + lift, 0.21 * unit) for side in (-1, 1)]
            case many if grounded:
                step = min(0.4 * unit, self.wide * 0.94 / many)
                places = [
                    (middle + (i - (many - 1) / 2) * step, y + (0.04 if i % 2 else -0.02) * unit, 0.43 * step)
                    for i in range(many)
                ]
            case many:
                above = (many + 1) // 2
                rows = [(-1, above), (1, many - above)]
                places = [
                    (middle + (i - (count - 1) / 2) * 0.31 * unit, y + side * 0.18 * unit + lift, 0.135 * unit)
                    for side, count in rows
                    for i in range(count)
                ]
        for name, (x, down, size) in zip(names, places, strict=True):
            if name in _ALOFT and grounded:
                down = 250.0
            elif grounded:
                self.canvas.oval(x, down + size * 0.98, size * 0.95, size * 0.11, self.inks.dark, alpha=0.22)
            self.draw(name, x, down, size)

    def draw(self, name: str, x: float, y: float, size: float) -> None:
        """One subject around (x, y), `size` units from its middle to its edge."""
        scale, style = size / 100, self.plan.style
        marks = SUBJECTS[name][1]
        if style == "papercut":
            for lift, alpha in ((0.09, 0.10), (0.05, 0.13)):
                outlines = [_outline(mark, x + size * lift * 0.5, y + size * lift, scale) for mark in marks]
                self.canvas.union(outlines, self.inks.dark, alpha=alpha)
        elif style == "gradient":
            self.canvas.glow(x, y, size * 1.9, self.inks.light, 0.35)
        # A ring of the ground's light keeps a dark subject apart from a dark ground.
        rim = [_outline(mark, x, y, scale, grow=size * 0.035) for mark in marks]
        if style in ("flat", "papercut"):
            self.canvas.union(rim, self.inks.light, alpha=0.9)
        for mark in marks:
            colour = getattr(self.inks, mark.ink)
            shades = [Shade(mix(colour, self.inks.dark, 0.45), "down", 0.5, 0.25)] if style == "gradient" else []
            points = _outline(mark, x, y, scale)
            self.canvas.shape(points, colour, shades=shades)
            if style == "geometric" and mark.kind != "line" and len(marks) < 14:
                self._half(points, mix(colour, self.inks.dark, 0.22))

    def _half(self, points: list[Point], colour: Colour) -> None:
        """The right half of a shape in its shadow tone, as if folded."""
        middle = (min(x for x, _ in points) + max(x for x, _ in points)) / 2
        right = _right_of(points, middle)
        if len(right) > 2:
            self.canvas.shape(right, colour, alpha=0.55)


_ALOFT = {"sun", "moon", "cloud", "bird", "plane", "rocket", "star", "butterfly", "bee"}
_BACKDROP = {  # what a setting shows anyway
    "sea": ("sea", "sun", "cloud", "moon"),
    "hills": ("sun", "cloud", "moon"),
    "town": ("city", "sun", "cloud", "moon"),
    "sky": ("cloud",),
}


def _right_of(points: list[Point], middle: float) -> list[Point]:
    """The part of a polygon right of a vertical line (Sutherland and Hodgman 1974, one edge)."""
    kept: list[Point] = []
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if ax >= middle:
            kept.append((ax, ay))
        if (ax >= middle) != (bx >= middle):
            share = (middle - ax) / (bx - ax)
            kept.append((middle, ay + (by - ay) * share))
    return kept


def _quarter(x: float, y: float, side: float, corner: int) -> list[Point]:
    cx, cy = x + side * (corner % 2), y + side * (corner // 2)
    start = {0: 0.0, 1: math.pi / 2, 3: math.pi, 2: math.pi * 1.5}[corner]
    arc = [
        (cx + side * math.cos(start + i * math.pi / 40), cy + side * math.sin(start + i * math.pi / 40))
        for i in range(21)
    ]
    return [(cx, cy), *arc, (cx, cy)]


def _outline(mark: Mark, x: float, y: float, scale: float, grow: float = 0.0) -> list[Point]:
    """The points of a mark on the canvas; `grow` pushes them outwards from its middle."""
    if mark.kind == "oval":
        (ox, oy), (rx, ry) = trace(mark.points)
        return oval(x + ox * scale, y + oy * scale, rx * scale + grow, ry * scale + grow)
    points = trace(mark.points, x, y, across=scale, down=scale)
    if mark.kind == "line":
        return _bar(points, mark.width * scale + 2 * grow)
    if mark.kind == "curve":
        points = smooth(points)
    if not grow:
        return points
    mx, my = sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
    out = []
    for px, py in points:
        away = math.hypot(px - mx, py - my) or 1.0
        out.append((px + (px - mx) / away * grow, py + (py - my) / away * grow))
    return out


def _bar(points: list[Point], width: float) -> list[Point]:
    return taper(smooth(points, closed=False) if len(points) > 2 else points, width, width)


def _titled(image: Image.Image, plan: Plan) -> Image.Image:
    """The quoted words on a band below, in as many lines as they need."""
    draw = ImageDraw.Draw(image, "RGBA")
    size = image.width // 14
    words = plan.title.split()
    while True:
        font = ImageFont.load_default(size)
        lines = wrapped(draw, words, font, image.width * 0.84)
        if len(lines) <= 2 or size < 18:
            break
        size = size * 4 // 5
    step = round(size * 1.25)
    band = step * len(lines) + size
    top = image.height - band
    draw.rectangle((0, top, image.width, image.height), fill=(*plan.inks.dark, 225))
    for number, line in enumerate(lines):
        draw.text(
            (image.width / 2, top + size / 2 + step * (number + 0.5)),
            line,
            font=font,
            fill=plan.inks.light,
            anchor="mm",
        )
    return image


def wrapped(
    draw: ImageDraw.ImageDraw, words: list[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont, most: float
) -> list[str]:
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and draw.textlength(longer, font=font) > most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
