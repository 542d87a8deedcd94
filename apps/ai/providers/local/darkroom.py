"""Edits of pictures by plain operations: what an instruction names, or a list of them; cut-outs and enlargements."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from apps.ai.errors import AskedTooMuch
from apps.ai.providers import pictures
from apps.ai.providers.protocols import Call, Edit, Made, Output

MOST_OPERATIONS = 20
_WORK = 320
"""The longer side on which a background is looked for."""


def edit(asked: Edit, call: Call) -> Output:
    """Applies `operations`, or what is understood of `instruction`; where a mask is given, only inside of it.

    Raises `AskedTooMuch` when nothing is understood, when an operation does not exist or its numbers make no picture.
    """
    _ = call.seconds
    image = pictures.opened(asked.picture)
    operations = list(asked.operations) or understood(asked.instruction)
    if not operations:
        raise AskedTooMuch("The instruction names no edit that this model can do.", operations=sorted(OPERATIONS))
    if len(operations) > MOST_OPERATIONS:
        raise AskedTooMuch(limit="operations", most=MOST_OPERATIONS)
    alpha = image.getchannel("A") if "A" in image.getbands() else None
    before = image.convert("RGBA" if alpha else "RGB")
    after = before
    for number, operation in enumerate(operations):
        _ = call.seconds
        after = _applied(after, operation)
        call.progress((number + 1) / len(operations))
    if asked.mask is not None:
        after = _masked(before, after, asked.mask)
    return _output([after], asked, {"engine": "darkroom", "operations": [dict(one) for one in operations]})


def remove_background(asked: Edit, call: Call) -> Output:
    """Transparent where the picture is like its borders: flooded inwards from them, with a soft edge.

    A picture without an even border keeps all of itself but what the flood reaches; `facts.removed` is the share.
    """
    _ = call.seconds
    image = pictures.opened(asked.picture).convert("RGBA")
    small = image.convert("RGB")
    small.thumbnail((_WORK, _WORK))
    small = small.filter(ImageFilter.MedianFilter(3))
    kept = _foreground(small)
    mask = kept.resize(image.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(image.width / _WORK * 0.6))
    image.putalpha(ImageChops.multiply(image.getchannel("A"), mask))
    removed = 1 - sum(kept.histogram()[128:]) / (kept.width * kept.height)
    format = asked.format if asked.format != "jpeg" else "png"
    facts = {"engine": "cutout", "removed": round(removed, 3)}
    return _output([image], asked, facts, format=format)


def upscale(asked: Edit, call: Call) -> Output:
    """`factor` times as wide and as high; raises `AskedTooMuch` beyond what one picture may hold."""
    _ = call.seconds
    image = pictures.opened(asked.picture)
    width, height = image.width * asked.factor, image.height * asked.factor
    if asked.factor < 1 or width * height > pictures.MOST_PIXELS:
        raise AskedTooMuch(limit="pixels", most=pictures.MOST_PIXELS)
    image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    larger = image.resize((width, height), Image.Resampling.LANCZOS)
    sharper = larger.filter(ImageFilter.UnsharpMask(radius=asked.factor * 0.8, percent=70, threshold=2))
    return _output([sharper], asked, {"engine": "enlarger", "factor": asked.factor})


def _output(images: Sequence[Image.Image], asked: Edit, facts: Mapping[str, Any], *, format: str = "") -> Output:
    files, megapixels = [], 0.0
    for image in images:
        content, media_type = pictures.saved(image, format or asked.format)
        files.append(Made(content=content, media_type=media_type, width=image.width, height=image.height, facts=facts))
        megapixels += image.width * image.height / 1e6
    return Output(files=tuple(files), used={"images": len(files), "megapixels": round(megapixels, 4)}, facts=facts)


def _masked(before: Image.Image, after: Image.Image, mask: bytes) -> Image.Image:
    cover = pictures.cover(pictures.opened(mask))
    if cover.size != before.size or after.size != before.size:
        raise AskedTooMuch("The mask has not the size of the picture, or the edit changes it.")
    return Image.composite(after.convert(before.mode), before, cover)


def _foreground(image: Image.Image) -> Image.Image:
    """White what stays. Floods from every border pixel that is like the border's common colours."""
    width, height = image.size
    pixels: Any = image.load()
    rim = [(x, y) for x in range(width) for y in (0, height - 1)] + [
        (x, y) for y in range(height) for x in (0, width - 1)
    ]
    grounds = _common([pixels[at] for at in rim])
    state = bytearray(width * height)
    queue = []

    def like(one: tuple[int, ...], other: tuple[int, ...], most: int) -> bool:
        return abs(one[0] - other[0]) + abs(one[1] - other[1]) + abs(one[2] - other[2]) <= most

    for x, y in rim:
        if not state[y * width + x] and any(like(pixels[x, y], ground, 70) for ground in grounds):
            state[y * width + x] = 1
            queue.append((x, y))
    while queue:
        x, y = queue.pop()
        here = pixels[x, y]
        for nx, ny in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if not (0 <= nx < width and 0 <= ny < height) or state[ny * width + nx]:
                continue
            there = pixels[nx, ny]
            # A step as small as a gradient's, and not far from what the borders show.
            if like(there, here, 24) and any(like(there, ground, 120) for ground in grounds):
                state[ny * width + nx] = 1
                queue.append((nx, ny))
    mask = Image.frombytes("L", (width, height), bytes(0 if flooded else 255 for flooded in state))
    return mask.filter(ImageFilter.MedianFilter(3))


def _common(colours: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The colours, up to four, that make up most of the borders."""
    counted: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for colour in colours:
        counted.setdefault(tuple(part // 32 for part in colour[:3]), []).append(colour)
    groups = sorted(counted.values(), key=len, reverse=True)[:4]
    large = [group for group in groups if len(group) >= len(colours) * 0.08] or groups[:1]
    return [tuple(sum(colour[i] for colour in group) // len(group) for i in range(3)) for group in large]


def _number(operation: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    value = operation.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise AskedTooMuch(f"`{name}` has to be a number from {low:g} to {high:g}.", limit=name, most=high)
    return float(value)


def _applied(image: Image.Image, operation: Mapping[str, Any]) -> Image.Image:
    name = str(operation.get("op", ""))
    if name not in OPERATIONS:
        raise AskedTooMuch(f"There is no edit `{name[:40]}`.", operations=sorted(OPERATIONS))
    return OPERATIONS[name](image, operation)


def _crop(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    if "aspect_ratio" in asked:
        wide = pictures.ratio(str(asked["aspect_ratio"]))
        width = min(image.width, round(image.height * wide))
        return ImageOps.fit(image, (max(1, width), max(1, round(width / wide))), centering=(0.5, 0.5))
    x, y = (round(_number(asked, name, 0, 0, most)) for name, most in (("x", image.width - 1), ("y", image.height - 1)))
    width = round(_number(asked, "width", image.width - x, 1, 20_000))
    height = round(_number(asked, "height", image.height - y, 1, 20_000))
    return image.crop((x, y, min(image.width, x + width), min(image.height, y + height)))


def _rotate(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    degrees = _number(asked, "degrees", 90, -360, 360) % 360
    turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if degrees in turns:
        return image.transpose(turns[int(degrees)])
    return image.rotate(
        -degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white" if image.mode == "RGB" else 0
    )


def _flip(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    return ImageOps.flip(image) if asked.get("axis") == "vertical" else ImageOps.mirror(image)


def _resize(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    width = round(_number(asked, "width", 0, 0, 8192))
    height = round(_number(asked, "height", 0, 0, 8192))
    if not width and not height:
        raise AskedTooMuch("A resize needs `width` or `height`.")
    width = width or max(1, round(image.width * height / image.height))
    height = height or max(1, round(image.height * width / image.width))
    if width * height > pictures.MOST_PIXELS:
        raise AskedTooMuch(limit="pixels", most=pictures.MOST_PIXELS)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _coloured(image: Image.Image, work: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """`work` on the colours alone; what is transparent stays so."""
    if image.mode != "RGBA":
        return work(image)
    done = work(image.convert("RGB")).convert("RGBA")
    done.putalpha(image.getchannel("A"))
    return done


def _enhancing(
    kind: Callable[[Image.Image], Any], default: float
) -> Callable[[Image.Image, Mapping[str, Any]], Image.Image]:
    def work(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
        amount = _number(asked, "amount", default, 0, 4)
        return _coloured(image, lambda colours: kind(colours).enhance(amount))

    return work


def _enhance(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    def work(colours: Image.Image) -> Image.Image:
        levelled = ImageOps.autocontrast(colours, cutoff=0.5, preserve_tone=True)
        return ImageEnhance.Sharpness(ImageEnhance.Color(levelled).enhance(1.12)).enhance(1.2)

    return _coloured(image, work)


def _blur(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(_number(asked, "radius", max(image.size) / 160, 0, 200)))


def _grayscale(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    return _coloured(image, lambda colours: ImageOps.grayscale(colours).convert("RGB"))


def _sepia(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    return _coloured(image, lambda c: ImageOps.colorize(ImageOps.grayscale(c), "#24170f", "#fff3dc", mid="#a9845f"))


def _invert(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    return _coloured(image, ImageOps.invert)


def _tint(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    colour = str(asked.get("colour", asked.get("color", "#d98a4e")))
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise AskedTooMuch("`colour` has to be written as #rrggbb.")
    amount = _number(asked, "amount", 0.3, 0, 1)
    return _coloured(image, lambda c: Image.blend(c, Image.new("RGB", c.size, colour), amount))


def _pad(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    border = round(_number(asked, "border", max(image.size) / 20, 1, 2000))
    return ImageOps.expand(image, border, fill="white")


def _rounded(image: Image.Image, asked: Mapping[str, Any]) -> Image.Image:
    radius = _number(asked, "radius", min(image.size) / 10, 0, max(image.size))
    mask = Image.new("L", (image.width * 2, image.height * 2))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius * 2, fill=255)
    done = image.convert("RGBA")
    done.putalpha(ImageChops.multiply(done.getchannel("A"), mask.resize(image.size, Image.Resampling.LANCZOS)))
    return done


OPERATIONS: dict[str, Callable[[Image.Image, Mapping[str, Any]], Image.Image]] = {
    "crop": _crop,
    "rotate": _rotate,
    "flip": _flip,
    "resize": _resize,
    "enhance": _enhance,
    "brightness": _enhancing(ImageEnhance.Brightness, 1.25),
    "contrast": _enhancing(ImageEnhance.Contrast, 1.25),
    "colour": _enhancing(ImageEnhance.Color, 1.3),
    "sharpness": _enhancing(ImageEnhance.Sharpness, 2.0),
    "blur": _blur,
    "grayscale": _grayscale,
    "sepia": _sepia,
    "invert": _invert,
    "tint": _tint,
    "border": _pad,
    "round": _rounded,
}

_TINTS = {
    "red|rot": "#c8443a",
    "blue|blau": "#2f6fb0",
    "green|grün": "#4f8a5b",
    "yellow|gelb|gold": "#e9b44c",
    "purple|lila": "#7a5aa6",
}
_INSTRUCTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (r"square|quadrat", {"op": "crop", "aspect_ratio": "1:1"}),
    (r"black.?(and|&).?white|gr[ae]yscale|schwarz.?wei(ß|ss)|graustufen|monochrom", {"op": "grayscale"}),
    (r"upside.?down|auf den kopf|180", {"op": "rotate", "degrees": 180}),
    (r"flip vertical|vertikal", {"op": "flip", "axis": "vertical"}),
    (r"mirror|flip|spiegel", {"op": "flip", "axis": "horizontal"}),
    (r"brighter|lighter|brighten|lighten|heller|aufhellen", {"op": "brightness", "amount": 1.25}),
    (r"darker|darken|dunkler|abdunkeln", {"op": "brightness", "amount": 0.75}),
    (r"less contrast|weniger kontrast", {"op": "contrast", "amount": 0.8}),
    (r"contrast|kontrast", {"op": "contrast", "amount": 1.25}),
    (r"desaturate|muted|less colou?r|weniger farbe|entsättig", {"op": "colour", "amount": 0.6}),
    (r"saturat|vivid|vibrant|more colou?r|colou?rful|kräftig|bunter|sättig", {"op": "colour", "amount": 1.4}),
    (r"sharp|schärf|schärfer", {"op": "sharpness", "amount": 2.0}),
    (r"blur|unscharf|weichzeichn|verwisch", {"op": "blur"}),
    (r"sepia|vintage", {"op": "sepia"}),
    (r"invert|negativ|umkehren", {"op": "invert"}),
    (r"round(ed)? corners|runde ecken|abrunden", {"op": "round"}),
    (r"border|frame|rahmen|rand\b", {"op": "border"}),
    (r"enhance|improve|verbesser|optimier|auto", {"op": "enhance"}),
    (r"warmer|wärmer", {"op": "tint", "colour": "#f0a050", "amount": 0.12}),
    (r"cooler|colder|kühler|kälter", {"op": "tint", "colour": "#4f86c6", "amount": 0.12}),
)  # fmt: skip


def understood(instruction: str) -> list[dict[str, Any]]:
    """The operations that the words ask for, in the order in which they are said."""
    words = instruction.lower()
    found: list[tuple[int, dict[str, Any]]] = []
    for pattern, operation in _INSTRUCTIONS:
        named = re.search(pattern, words)
        if named and operation["op"] not in {one["op"] for _, one in found}:
            found.append((named.start(), operation))
    if turned := re.search(r"(?:rotate|turn|drehe?)\D{0,30}?(\d{1,3})", words):
        back = -1 if re.search(r"counter|anti|left|links|gegen", words) else 1
        found = [one for one in found if one[1]["op"] != "rotate"]
        found.append((turned.start(), {"op": "rotate", "degrees": back * int(turned[1])}))
    elif turned := re.search(r"rotate|turn (left|right)|drehe?\b|drehen", words):
        back = -1 if re.search(r"left|links", words) else 1
        found.append((turned.start(), {"op": "rotate", "degrees": back * 90}))
    if shaped := re.search(r"(\d{1,2}) ?[:/] ?(\d{1,2})", words):
        found.append((shaped.start(), {"op": "crop", "aspect_ratio": f"{shaped[1]}:{shaped[2]}"}))
    if sized := re.search(r"(\d{2,4}) ?[x×] ?(\d{2,4})", words):
        found.append((sized.start(), {"op": "resize", "width": int(sized[1]), "height": int(sized[2])}))
    if tinted := re.search(r"tint|tönen|einfärben|färbe", words):
        colour = next((code for names, code in _TINTS.items() if re.search(names, words)), "#d98a4e")
        found.append((tinted.start(), {"op": "tint", "colour": colour, "amount": 0.3}))
    return [operation for _, operation in sorted(found, key=lambda one: one[0])]
