"""Calm patterns for drawn covers: shapes chosen by a digest, in pixels."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

Colour = tuple[int, int, int]

_BYTES: Final = 2048


class Disc(msgspec.Struct, frozen=True):
    """A filled circle, given by centre and radius."""

    x: float
    y: float
    radius: float
    colour: Colour

    @property
    def top(self) -> float:
        """Top edge."""
        return self.y - self.radius

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.y + self.radius


class Polygon(msgspec.Struct, frozen=True):
    """A filled shape, given by its corners in order."""

    points: tuple[tuple[float, float], ...]
    colour: Colour

    @property
    def top(self) -> float:
        """Top edge."""
        return min(y for _, y in self.points)

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return max(y for _, y in self.points)


Shape = Disc | Polygon


class Field(msgspec.Struct, frozen=True):
    """The area of a pattern, and its colours.

    Attributes:
        width: Width from the left edge, in pixels.
        top: First pixel row.
        bottom: Pixel row after the last.
        ground: Background colour.
        first: Strong colour.
        second: Quiet colour.
    """

    width: int
    top: int
    bottom: int
    ground: Colour
    first: Colour
    second: Colour

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.bottom - self.top


class Chance:
    """Numbers determined by a seed, identical on every platform and version."""

    def __init__(self, seed: bytes) -> None:
        """Start with a seed."""
        self._digits = iter(hashlib.shake_256(seed).digest(_BYTES))

    def part(self) -> float:
        """Return a number from 0 up to but not including 1."""
        return next(self._digits) / 256

    def between(self, low: float, high: float) -> float:
        """Return a number between two others."""
        return low + (high - low) * self.part()

    def below(self, count: int) -> int:
        """Return a whole number from 0 up to but not including `count`, which is at most 256."""
        return next(self._digits) * count >> 8


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """Return a mix of two colours; a share of 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def pattern(chance: Chance, field: Field) -> list[Shape]:
    """Return the shapes of a pattern, in painting order."""
    return list(_PATTERNS[chance.below(len(_PATTERNS))](chance, field))


def _swell(chance: Chance) -> Callable[[float], float]:
    """Return a curve from 0 to 1 over the range 0 to 1, like the loudness of a sentence."""
    waves = [
        (chance.between(0.6, 1.0) / n, n * chance.between(0.7, 1.3), chance.part()) for n in (1, 2, 4, 7)
    ]
    total = sum(height for height, _, _ in waves)

    def curve(at: float) -> float:
        return 0.5 + sum(h * math.sin(2 * math.pi * (at * f + p)) for h, f, p in waves) / total / 2

    return curve


def _bars(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw sound as upright bars with round ends."""
    count = 19 + 4 * chance.below(5)
    curve = _swell(chance)
    step = field.width / count
    half = step * chance.between(0.22, 0.34)
    middle = (field.top + field.bottom) / 2
    marked = chance.below(count)
    for number in range(count):
        x = (number + 0.5) * step
        ripple = 0.62 + 0.38 * chance.part()
        reach = max((field.height / 2 - half) * 0.86 * (0.12 + 0.88 * curve(number / count)) * ripple, 1.0)
        colour = field.first if abs(number - marked) <= count // 6 else field.second
        corners = (
            (x - half, middle - reach),
            (x + half, middle - reach),
            (x + half, middle + reach),
            (x - half, middle + reach),
        )
        yield Polygon(corners, colour)
        yield Disc(x, middle - reach, half, colour)
        yield Disc(x, middle + reach, half, colour)


def _hills(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw overlapping waves, like hills in haze or a sea."""
    count = 4 + chance.below(3)
    from_top = field.top == 0
    for number in range(count):
        share = number / (count - 1)
        curve = _swell(chance)
        base = field.top + field.height * (0.12 + 0.62 * share)
        swing = field.height * 0.20
        colour = blend(blend(field.ground, field.second, 0.45), field.first, share)
        if share < 1:
            colour = blend(blend(field.ground, field.second, 0.35 + 0.65 * share), field.first, share * 0.35)
        edge = [
            (x, base + swing * (curve(x / field.width * 0.8) - 0.5)) for x in range(0, field.width + 30, 30)
        ]
        points = [*edge, (field.width, field.bottom), (0, field.bottom)]
        if from_top:  # hanging from the upper edge
            points = [(x, field.bottom - (y - field.top)) for x, y in points]
        yield Polygon(tuple(points), colour)


def _rings(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw circles around a sound source on the outer edge."""
    x = field.width * (0.18 + 0.16 * chance.below(5))
    y = field.top if field.top == 0 else field.bottom
    count = 5 + chance.below(4)
    inner = field.height * chance.between(0.10, 0.2)
    step = (field.height * 0.97 - inner) / count
    width = chance.between(0.35, 0.6)
    strong = chance.below(count)
    for number in range(count, 0, -1):
        outer = inner + step * number
        colour = (
            field.first if number == strong + 1 else blend(field.second, field.ground, 0.55 * number / count)
        )
        yield Disc(x, y, outer, colour)
        yield Disc(x, y, outer - step * width, field.ground)
    yield Disc(x, y, inner, field.first)


def _tiles(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw a grid of quarter circles."""
    rows = 2 + chance.below(2)
    side = field.height / rows
    columns = math.ceil(field.width / side)
    pale = blend(field.ground, field.second, 0.35)
    for number in range(rows * columns):
        left, top = (number % columns) * side, field.top + (number // columns) * side
        turn, kind = chance.below(4), chance.below(8)
        ground, ink = (
            (field.ground, field.second),
            (pale, field.first),
            (field.second, field.ground),
            (pale, field.second),
        )[kind // 2]
        right, bottom = left + side, top + side
        yield Polygon(((left, top), (right, top), (right, bottom), (left, bottom)), ground)
        corner_x, corner_y = (left, right)[turn % 2], (top, bottom)[turn // 2]
        arc = [
            (
                corner_x + side * math.cos(at * math.pi / 96) * (1, -1)[turn % 2],
                corner_y + side * math.sin(at * math.pi / 96) * (1, -1)[turn // 2],
            )
            for at in range(49)
        ]
        yield Polygon(((corner_x, corner_y), *arc), ink)


def _dots(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw a grid of dots of varying size."""
    columns = 18 + 4 * chance.below(3)
    step = field.width / columns
    rows = int(field.height / step)
    along, down = _swell(chance), _swell(chance)
    rest = (field.height - rows * step) / 2
    for row in range(rows):
        for column in range(columns):
            size = along((column + row * 0.35) / columns) * (0.35 + 0.65 * down(row / rows * 0.5))
            colour = field.first if size > 0.52 else field.second
            radius = step * (0.07 + 0.40 * size)
            yield Disc((column + 0.5) * step, field.top + rest + (row + 0.5) * step, radius, colour)


def _sun(chance: Chance, field: Field) -> Iterator[Shape]:
    """Draw a disc behind lines of increasing thickness."""
    radius = field.height * chance.between(0.34, 0.44)
    x = field.width * (0.2 + 0.15 * chance.below(5))
    y = field.top + field.height * 0.5
    yield Disc(x, y, radius, field.first)
    count = 7 + chance.below(4)
    space = field.height * 0.58 / count
    for number in range(count):
        near = (number + 1) / count
        top = field.top + field.height * 0.40 + space * number
        low = top + space * (0.16 + 0.62 * near)
        yield Polygon(
            ((0, top), (field.width, top), (field.width, low), (0, low)),
            blend(field.ground, field.second, 0.5 + 0.5 * near),
        )


_PATTERNS: Final = (_bars, _hills, _rings, _tiles, _dots, _sun)
