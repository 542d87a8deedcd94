"""Paints the pictures of the demo site: no files, no network, the same picture from the same description every time."""

from collections.abc import Callable

from apps.ai.providers.local.canvas import Canvas
from cognitor.demo.content import DemoPicture
from cognitor.demo.painting import coast, kitchen, portraits, weather, wilds
from cognitor.demo.painting.palette import MOODS, Mood

MOTIFS: dict[str, Callable[[Canvas, Mood], None]] = {
    "cape-light": coast.cape_light,
    "cove": coast.cove,
    "harbour": coast.harbour,
    "bar-seals": coast.bar_seals,
    "front-at-sea": weather.front_at_sea,
    "fog-bell": weather.fog_bell,
    "marsh-heron": wilds.marsh_heron,
    "knot-swarm": wilds.knot_swarm,
    "dunes": wilds.dunes,
    "pinewood": weather.pinewood,
    "boatyard": wilds.boatyard,
    "night-dunes": weather.night_dunes,
    **portraits.SITTERS,
    **kitchen.PLATES,
}


def compose(picture: DemoPicture, width: int = 1600, height: int = 1000) -> bytes:
    """The picture as JPEG bytes of exactly `width` by `height` pixels."""
    canvas = Canvas(width, height, picture.seed)
    MOTIFS[picture.motif](canvas, MOODS[picture.mood])
    return canvas.jpeg()
