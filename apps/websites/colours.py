"""Colours of a brief, made to be read: at least 4.5 to 1 against what stands behind them (WCAG 2.2, 1.4.3)."""

from colorsys import hls_to_rgb, rgb_to_hls

ENOUGH = 4.5
GROUNDS = {"atelier": ("#fbfaf6", "#161513"), "harbor": ("#f1f5f9", "#121d2a"), "bloom": ("#fff5ea", "#2c1f2d")}
"""What text stands on, by day and by night; the darkest and the lightest of a design's style sheet."""
RGB = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """From 1 to 21, of two colours as `#rrggbb` (WCAG 2.2)."""
    light, dark = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, ground: str) -> str:
    """The colour, darker or lighter by as little as makes it readable on the ground."""
    hue, lightness, saturation = rgb_to_hls(*_rgb(colour))
    step = -0.02 if _luminance(_rgb(ground)) > 0.18 else 0.02
    while contrast(colour, ground) < ENOUGH and 0 < lightness + step < 1:
        lightness += step
        colour = _hex(hls_to_rgb(hue, lightness, saturation))
    return colour if contrast(colour, ground) >= ENOUGH else "#000000" if step < 0 else "#ffffff"


def styles(design: str, colours: dict[str, str]) -> str:
    """A style sheet that lays the brief's colours over a design's own; empty without any."""
    primary = colours.get("primary") or colours.get("accent")
    if primary is None:
        return ""
    second = colours.get("accent", primary)
    day, night = (_rules(readable(primary, ground), second) for ground in GROUNDS[design])
    return f":root{{{day}}}@media (prefers-color-scheme:dark){{:root{{{night}}}}}"


def _rules(accent: str, second: str) -> str:
    on = "#ffffff" if contrast(accent, "#ffffff") >= ENOUGH else "#000000"
    on_second = "#ffffff" if contrast(second, "#ffffff") >= ENOUGH else "#000000"
    return f"--accent:{accent};--on-accent:{on};--second:{second};--on-second:{on_second}"


def _rgb(colour: str) -> RGB:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(rgb: RGB) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(rgb: RGB) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
