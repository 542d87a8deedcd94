"""One flat bust: backdrop, shoulders, head, and the pieces that are laid over them."""

from collections.abc import Sequence

from apps.ai.providers.local.canvas import Canvas, Point, Shade, mix, smooth, taper, trace
from cognitor.demo.painting import scenery as land
from cognitor.demo.painting.palette import BRICK, CORAL, NAVY, UMBER, Colour, Mood, ink

FAIR, ROSY, TAN, BROWN, OLIVE = ink("e8b994"), ink("dfa083"), ink("c58a63"), ink("7d4c36"), ink("a9734f")


class Sitter:
    """Places the parts of one bust; `at` takes points relative to the middle of the face."""

    def __init__(self, canvas: Canvas, mood: Mood, skin: Colour) -> None:
        self.canvas, self.mood, self.skin = canvas, mood, skin
        self.x, self.y = canvas.wide / 2, 440.0
        self.shadow = mix(skin, mix(UMBER, mood.dark, 0.35), 0.42)

    def at(self, points: Sequence[Point]) -> list[Point]:
        return [(self.x + px, self.y + py) for px, py in points]

    def backdrop(self, disc: Colour) -> None:
        """The coast at shoulder height, a disc of colour behind the head."""
        canvas, mood = self.canvas, self.mood
        land.sky(canvas, mood, 720)
        for x, y, length in ((0.14, 210, 400), (0.87, 300, 440), (0.8, 130, 260)):
            land.cloud(canvas, mood.cloud, canvas.wide * x, y, length, alpha=0.6)
        land.hill(canvas, land.noise_line(canvas.rng, 676, 40, length=900), mood.far, mood.mid, foot=720)
        land.sea(canvas, mood, 720)
        land.flecks(canvas, mood.glint, 740, 990, 46, alpha=0.55)
        canvas.oval(self.x, self.y, 372, 372, disc, alpha=0.3)
        canvas.oval(self.x, self.y, 330, 330, disc, shades=[Shade(mix(disc, mood.mid, 0.5), "down", 0.6, 0.3)])

    def shoulders(self, cloth: Colour, fold: Colour) -> None:
        """Body and neck; the head comes after."""
        body = trace("-384,640 -366,480 -300,372 -180,316 -70,280 70,280 180,316 300,372 366,480 384,640")
        self.canvas.shape(self.at(smooth(body, closed=False)), cloth, shades=[Shade(fold, "right", 0.75, 0.35)])
        for side in (-1, 1):
            seam = smooth([(side * 236, 600), (side * 222, 520), (side * 232, 440)], closed=False)
            self.canvas.shape(taper(self.at(seam), 9, 2), fold)
        neck = trace("-64,100 64,100 70,262 92,300 0,344 -92,300 -70,262")
        self.canvas.shape(self.at(neck), self.skin)
        cast = smooth(trace("-66,120 -50,190 10,226 66,214 68,120"))
        self.canvas.shape(self.at(cast), self.shadow)

    def head(self, *, blush: Colour = CORAL, smile: float = 1.0, brow: Colour = UMBER, lips: Colour = BRICK) -> None:
        """Ears, face and the few marks that make it one."""
        canvas = self.canvas
        for side in (-1, 1):
            canvas.oval(self.x + side * 133, self.y + 6, 25, 38, self.skin if side < 0 else self.shadow)
        face = smooth(
            trace("0,-182 92,-160 134,-70 128,40 96,128 40,178 0,186 -40,178 -96,128 -128,40 -134,-70 -92,-160")
        )
        canvas.shape(self.at(face), self.skin, shades=[Shade(self.shadow, "right", 0.7, 0.5)])
        for side in (-1, 1):
            canvas.oval(self.x + side * 76, self.y + 66, 30, 20, blush, alpha=0.28)
            canvas.oval(self.x + side * 56, self.y - 4, 9, 11, mix(NAVY, UMBER, 0.3))
            arch = smooth([(side * 30, -42), (side * 58, -54), (side * 88, -40)], closed=False)
            canvas.shape(taper(self.at(arch), 10, 5), brow)
        nose = smooth([(2, -22), (-16, 44), (-14, 58), (12, 60)], closed=False)
        canvas.shape(taper(self.at(nose), 4, 7), self.shadow)
        mouth = smooth([(-36, 102), (0, 102 + 16 * smile), (38, 100)], closed=False)
        canvas.shape(taper(self.at(mouth), 6, 6), mix(lips, self.shadow, 0.45))

    def patch(
        self, points: Sequence[Point], colour: Colour, shade: Colour | None = None, *, amount: float = 0.6
    ) -> None:
        """A rounded piece: hair, hat, collar."""
        shades = [] if shade is None else [Shade(shade, "right", amount, 0.3)]
        self.canvas.shape(self.at(smooth(points)), colour, shades=shades)

    def ribbon(self, points: Sequence[Point], start: float, end: float, colour: Colour) -> None:
        """A strap, strand or cord."""
        self.canvas.shape(taper(self.at(smooth(points, closed=False)), start, end), colour)
