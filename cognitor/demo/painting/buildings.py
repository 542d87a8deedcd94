"""The lighthouse and the houses of the harbour."""

from apps.ai.providers.local.canvas import Canvas, Shade, mix, trace
from cognitor.demo.painting.palette import BRICK, CORAL, CREAM, FOAM, NAVY, Colour, Mood


def lighthouse(canvas: Canvas, x: float, y: float, height: float, mood: Mood, *, lit: bool = True) -> None:
    """A white tower with two red bands, its base at (x, y)."""
    base, neck = height * 0.115, height * 0.066
    top = y - height * 0.78

    def half(at: float) -> float:
        return base + (neck - base) * (y - at) / (y - top)

    shadow = mix(mood.near, BRICK, 0.15)
    lamp = top - height * 0.1
    if lit:
        for far in (-10.0, canvas.wide + 10):
            reach = abs(far - x) / 10
            canvas.shape([(x, lamp), (far, lamp - reach), (far, lamp + reach * 0.2)], mood.orb, alpha=0.16)
            canvas.shape([(x, lamp), (far, lamp - reach * 0.7), (far, lamp - reach * 0.1)], mood.orb, alpha=0.16)
        canvas.glow(x, lamp, height * 0.42, mood.orb, 0.8)
    wall = mix(CREAM, mood.sky[-1], 0.15)
    canvas.shape(
        [(x - base, y), (x - neck, top), (x + neck, top), (x + base, y)],
        wall,
        shades=[Shade(shadow, "right", 0.85, 0.3)],
    )
    for a, b in ((0.2, 0.36), (0.52, 0.66)):
        y0, y1 = y - (y - top) * b, y - (y - top) * a
        band = [(x - half(y1), y1), (x - half(y0), y0), (x + half(y0), y0), (x + half(y1), y1)]
        canvas.shape(band, CORAL, shades=[Shade(mix(BRICK, mood.dark, 0.45), "right", 0.85, 0.3)])
    for at in (0.12, 0.44, 0.76):
        wy = y - (y - top) * at
        canvas.rect(x - height * 0.016, wy - height * 0.032, x + height * 0.008, wy, mood.dark)
    canvas.rect(x - neck * 1.5, top - height * 0.016, x + neck * 1.5, top + height * 0.006, mood.dark)
    canvas.rect(
        x - neck * 0.72, lamp - height * 0.042, x + neck * 0.72, top - height * 0.016, mood.orb if lit else FOAM
    )
    for bar in (-0.72, -0.24, 0.24, 0.72):
        canvas.rect(x + neck * bar - 1.6, lamp - height * 0.042, x + neck * bar + 1.6, top - height * 0.016, mood.dark)
    for post in (-1.42, -0.98, 0.98, 1.42):
        canvas.rect(x + neck * post - 1.2, top - height * 0.06, x + neck * post + 1.2, top, mood.dark)
    canvas.rect(x - neck * 1.5, top - height * 0.062, x + neck * 1.5, top - height * 0.056, mood.dark)
    roof = lamp - height * 0.042
    canvas.shape(
        trace("-0.95,0 -0.5,-0.05 0,-0.075 0.5,-0.05 0.95,0", x, roof, across=neck, down=height),
        BRICK,
        shades=[Shade(mood.dark, "right", 0.8, 0.3)],
    )
    canvas.oval(x, roof - height * 0.083, height * 0.012, height * 0.012, mood.dark)


def house(
    canvas: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    wall: Colour,
    roof: Colour,
    mood: Mood,
    *,
    gable: bool = False,
    lit: float = 0.0,
) -> None:
    """A fisherman's house with its foot at `y`, its gable to the water or not; `lit` is the share of lit panes."""
    dark = mix(wall, mood.near, 0.65)
    peak = y - height - width * (0.5 if gable else 0.34)
    chimney = x + width * (0.66 if gable else 0.16)
    canvas.rect(chimney, peak - width * 0.02, chimney + width * 0.13, y - height, mix(roof, mood.dark, 0.35))
    canvas.rect(chimney - 2, peak - width * 0.06, chimney + width * 0.13 + 2, peak - width * 0.02, mood.dark)
    if gable:
        front = [(x, y), (x, y - height), (x + width / 2, peak), (x + width, y - height), (x + width, y)]
        canvas.shape(front, wall, shades=[Shade(dark, "right", 0.6, 0.35)])
        eaves = [(x - 5, y - height + 5), (x + width / 2, peak - 7), (x + width + 5, y - height + 5)]
        canvas.stroke(eaves, width * 0.07, roof)
    else:
        canvas.rect(x, y - height, x + width, y, wall, shades=[Shade(dark, "right", 0.6, 0.35)])
        slope = [
            (x - 5, y - height + 2),
            (x + width * 0.09, peak),
            (x + width * 0.91, peak),
            (x + width + 5, y - height + 2),
        ]
        canvas.shape(slope, roof, shades=[Shade(mix(roof, mood.dark, 0.6), "right", 0.7, 0.3)])
    pane_w, pane_h = width * 0.15, width * 0.2
    columns = (0.17, 0.67) if gable else (0.12, 0.42, 0.72)
    for row in range(max(1, round(height / (pane_h * 2.1)))):
        for column in columns:
            px, py = x + column * width, y - height + pane_h * (0.45 + row * 1.85)
            if py + pane_h > y - 4:
                continue
            glass = mood.orb if canvas.rng.random() < lit else mix(mood.dark, mood.sky[1], 0.25)
            canvas.rect(px - 2.5, py - 2.5, px + pane_w + 2.5, py + pane_h + 2.5, FOAM)
            canvas.rect(px, py, px + pane_w, py + pane_h, glass)
            canvas.rect(px + pane_w / 2 - 1, py, px + pane_w / 2 + 1, py + pane_h, FOAM)
    if not gable:
        canvas.rect(x + width * 0.44, y - pane_h * 1.45, x + width * 0.58, y, mix(NAVY, roof, 0.4))
