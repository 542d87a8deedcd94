"""A picture in about 25 bytes, to be shown blurred until the real one is there (ThumbHash by Evan Wallace, 2023)."""

import base64
import math
from collections.abc import Sequence

from PIL import Image


def thumbhash(picture: Image.Image) -> str:
    """The hash of a picture of at most 100 pixels a side, in base64."""
    width, height = picture.size
    pixels = picture.convert("RGBA").tobytes()
    count = width * height
    reds, greens, blues, alphas = ([pixels[at + n] / 255 for at in range(0, count * 4, 4)] for n in range(4))
    whole = sum(alphas)
    average = [
        sum(value * alpha for value, alpha in zip(channel, alphas, strict=True)) / whole if whole else 0.0
        for channel in (reds, greens, blues)
    ]
    transparent = whole < count - 0.5
    limit, longest = (5 if transparent else 7), max(width, height)
    wide, high = max(1, round(limit * width / longest)), max(1, round(limit * height / longest))
    # Over the average where it is transparent, in luminance, yellow-blue and red-green.
    mixed = [
        [mean * (1 - alpha) + alpha * value for value, alpha in zip(channel, alphas, strict=True)]
        for channel, mean in zip((reds, greens, blues), average, strict=True)
    ]
    light = [(r + g + b) / 3 for r, g, b in zip(*mixed, strict=True)]
    yellow = [(r + g) / 2 - b for r, g, b in zip(*mixed, strict=True)]
    red = [r - g for r, g, _ in zip(*mixed, strict=True)]

    l_dc, l_ac, l_scale = _channel(light, width, height, max(3, wide), max(3, high))
    p_dc, p_ac, p_scale = _channel(yellow, width, height, 3, 3)
    q_dc, q_ac, q_scale = _channel(red, width, height, 3, 3)
    first = round(63 * l_dc) | round(31.5 + 31.5 * p_dc) << 6 | round(31.5 + 31.5 * q_dc) << 12
    first |= round(31 * l_scale) << 18 | transparent << 23
    across = width > height
    second = (high if across else wide) | round(63 * p_scale) << 3 | round(63 * q_scale) << 9 | across << 15
    found = [first & 255, first >> 8 & 255, first >> 16, second & 255, second >> 8]
    parts = [*l_ac, *p_ac, *q_ac]
    if transparent:
        a_dc, a_ac, a_scale = _channel(alphas, width, height, 5, 5)
        found.append(round(15 * a_dc) | round(15 * a_scale) << 4)
        parts += a_ac
    nibbles = [round(15 * part) for part in parts]
    found += [low | high << 4 for low, high in zip(nibbles[::2], [*nibbles[1::2], 0], strict=False)]
    return base64.b64encode(bytes(found)).decode()


def _channel(
    values: Sequence[float], width: int, height: int, wide: int, high: int
) -> tuple[float, list[float], float]:
    """The discrete cosine transform of a channel: its mean, its lowest frequencies from 0 to 1, and their scale."""
    rows = [[math.cos(math.pi / height * f * (y + 0.5)) for y in range(height)] for f in range(high)]
    columns = [[math.cos(math.pi / width * f * (x + 0.5)) for x in range(width)] for f in range(wide)]
    # Along the rows first, so that each pixel is touched once a column frequency and not once a pair.
    along = [
        [sum(v * c for v, c in zip(values[y * width : (y + 1) * width], column, strict=True)) for y in range(height)]
        for column in columns
    ]
    mean, rest, scale = 0.0, [], 0.0
    for fy in range(high):
        for fx in range(wide):
            if fx * high >= wide * (high - fy):
                break
            found = sum(a * c for a, c in zip(along[fx], rows[fy], strict=True)) / (width * height)
            if fx or fy:
                rest.append(found)
                scale = max(scale, abs(found))
            else:
                mean = found
    if scale:
        rest = [0.5 + 0.5 / scale * value for value in rest]
    return mean, rest, scale
