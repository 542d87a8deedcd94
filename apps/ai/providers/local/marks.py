"""Outlines, of which subjects are made: points in a square from -100 to 100.

An outline has a kind: `fill` a polygon, `curve` a smooth closed line, `oval` with "x,y rx,ry", `line` with a width.
Inks are roles of a palette: `main`, `second`, `accent`, `dark`, `light`, `soft`.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    kind: str
    ink: str
    points: str
    width: float = 0.0


def fill(ink: str, points: str) -> Mark:
    return Mark("fill", ink, points)


def curve(ink: str, points: str) -> Mark:
    return Mark("curve", ink, points)


def oval(ink: str, points: str) -> Mark:
    return Mark("oval", ink, points)


def line(ink: str, width: float, points: str) -> Mark:
    return Mark("line", ink, points, width)


def box(ink: str, x0: float, y0: float, x1: float, y1: float) -> Mark:
    return Mark("fill", ink, f"{x0},{y0} {x1},{y0} {x1},{y1} {x0},{y1}")


Subjects = dict[str, tuple[str, tuple[Mark, ...]]]
"""By name: the words that ask for it, and its outlines in the order in which they are laid."""
