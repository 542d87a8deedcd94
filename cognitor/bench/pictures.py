"""`bin/bench media`: a photograph of 12 megapixels to five WebP sizes, in the child that does so for requests."""

import io
import os
import statistics
import time

from PIL import Image, ImageDraw, ImageFilter

SIZE = (4000, 3000)
WIDTHS = (320, 640, 960, 1280, 1920)
QUALITY = 80
ROUNDS = 5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
    from apps.media.pictures import pool
    from apps.media.pictures.rendering import Wanted

    data = photograph()
    print(
        f"JPEG of {SIZE[0]} × {SIZE[1]}, {len(data) / 1e6:.1f} MB; median of {ROUNDS}, and the child's memory at most"
    )
    print("| work | s | MB |\n|---|---|---|")
    five = [Wanted(width, 0, "inside", "webp", QUALITY, (0.5, 0.5)) for width in WIDTHS]
    for name, wanted in (
        ("inspect, strip, thumbhash", []),
        ("five WebP sizes, one decoding", five),
        ("the same, one at a time", five),
        ("one AVIF of 960", [Wanted(960, 0, "inside", "avif", 65, (0.5, 0.5))]),
        ("one JPEG of 960", [Wanted(960, 0, "inside", "jpeg", QUALITY, (0.5, 0.5))]),
    ):
        pool.end()
        times = []
        for _ in range(ROUNDS + 1):  # the first one starts the child
            began = time.perf_counter()
            if not wanted:
                pool.inspect(data, "JPEG")
            elif name.startswith("the same"):
                for one in wanted:
                    pool.render(data, "JPEG", [one])
            else:
                pool.render(data, "JPEG", wanted)
            times.append(time.perf_counter() - began)
        print(f"| {name} | {statistics.median(times[1:]):.2f} | {pool.peak() / 1e6:.0f} |")
    pool.end()


def photograph() -> bytes:
    """Soft shapes under the grain of a sensor, as compressible as a photograph is."""
    image = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    draw = ImageDraw.Draw(image)
    for n in range(400):
        x, y, r = (n * 733) % SIZE[0], (n * 397) % SIZE[1], 40 + (n * 61) % 260
        draw.ellipse((x - r, y - r, x + r, y + r), fill=((n * 53) % 256, (n * 97) % 256, (n * 29) % 256))
    grain = Image.effect_noise(SIZE, 24).convert("RGB")
    target = io.BytesIO()
    Image.blend(image.filter(ImageFilter.GaussianBlur(6)), grain, 0.12).save(target, "JPEG", quality=88)
    return target.getvalue()
