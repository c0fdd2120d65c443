"""The drawn cover of a work without its own picture: its words on a plain background, next to a pattern.

The words decide the design, so each work gets a different cover, which stays the same in every build.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.cover.cover_text import CoverText
from audiobook.cover.jpeg import BAND_PX, encode_bands
from audiobook.cover.layout import PATTERN_PX, SIDE_PX, PlacedLine, lay_out_words
from audiobook.cover.motifs import Chance, Colour, Disc, Field, Shape, pattern

if TYPE_CHECKING:
    from PIL.Image import Image

LARGEST_BYTES: Final = 500_000
_QUALITIES: Final = (86, 78, 68, 55, 40, 25)
_FINER: Final = 2
"""Shapes are drawn at this multiple of their size and scaled down, which smooths their edges."""


class Palette(msgspec.Struct, frozen=True):
    """The colours of a cover, as `#rrggbb`."""

    ground: str
    title: str
    author: str
    shape: str
    second: str


@cache
def palettes() -> dict[str, Palette]:
    """Return all palettes that a cover may use, by name."""
    table = tomllib.loads(Path(__file__).with_name("palettes.toml").read_text("utf-8"))
    return msgspec.convert(table, dict[str, Palette])


class Design(msgspec.Struct, frozen=True):
    """A cover before it is painted: colours, shapes in painting order, and the lines of text on top of them."""

    palette: Palette
    shapes: list[Shape]
    words: list[PlacedLine]


def drawn(text: CoverText) -> bytes:
    """Return a cover of 3000 × 3000 pixels as a JPEG of at most 500 kB."""
    design = designed(text)
    made = b""
    for quality in _QUALITIES:
        made = encode_bands(_bands(design), quality)
        if len(made) <= LARGEST_BYTES:
            break
    return made


def designed(text: CoverText) -> Design:
    """Return the colours, shapes and lines of a cover, without painting them."""
    chance = Chance(bytes.fromhex(text.words_sha256))
    drawn_lot = [*palettes()][chance.below(len(palettes()))]
    palette = palettes()[text.palette or drawn_lot]
    below = chance.below(2) == 1
    top = 0 if below else SIDE_PX - PATTERN_PX
    field = Field(
        SIDE_PX, top, top + PATTERN_PX, _rgb(palette.ground), _rgb(palette.shape), _rgb(palette.second)
    )
    words = lay_out_words(text.title, text.authors, text.language, below=below)
    return Design(palette, pattern(chance, field), words)


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _bands(design: Design) -> Iterator[Image]:
    """Yield the cover in bands from top to bottom, so that it is never in memory as a whole."""
    from PIL import Image  # needed only when a work is built

    palette, ground = design.palette, _rgb(design.palette.ground)
    blank = Image.new("RGB", (SIDE_PX, BAND_PX), ground)
    for top in range(0, SIDE_PX, BAND_PX):
        bottom = min(top + BAND_PX, SIDE_PX)
        here = [shape for shape in design.shapes if shape.top < bottom and shape.bottom > top]
        words = [one for one in design.words if one.top < bottom + 2 and one.bottom > top - 2]
        if not here and not words and bottom - top == BAND_PX:
            yield blank
            continue
        band = _painted(here, ground, top, bottom)
        for title, colour in ((True, palette.title), (False, palette.author)):
            if lines := [one for one in words if one.title == title]:
                ink, left, above = _lettered(lines, top, bottom)
                band.paste(_rgb(colour), (left, above), ink)
        yield band


def _painted(shapes: list[Shape], ground: Colour, top: int, bottom: int) -> Image:
    """Return a band with its shapes."""
    from PIL import Image, ImageDraw

    if not shapes:
        return Image.new("RGB", (SIDE_PX, bottom - top), ground)
    image = Image.new("RGB", (SIDE_PX * _FINER, (bottom - top) * _FINER), ground)
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        if isinstance(shape, Disc):
            x, y, radius = shape.x * _FINER, (shape.y - top) * _FINER, shape.radius * _FINER
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), shape.colour)
        else:
            draw.polygon([(x * _FINER, (y - top) * _FINER) for x, y in shape.points], shape.colour)
    return image.reduce(_FINER)


def _lettered(lines: list[PlacedLine], top: int, bottom: int) -> tuple[Image, int, int]:
    """Return the inked part of a band, one byte of ink per pixel, and its left and top within the band."""
    import uharfbuzz
    from PIL import Image

    draw = uharfbuzz.RasterDraw()
    for placed in lines:
        for glyph in placed.line.glyphs:
            scale = placed.size / glyph.units
            x, y = placed.x + glyph.x_em * placed.size, placed.y - glyph.y_em * placed.size - top
            draw.transform = (scale, 0, 0, -scale, x, y)
            draw.draw_glyph(glyph.font, glyph.number)
    # Ink is at most an em outside of the line, and `top` and `bottom` of a line are rounded by less than two pixels.
    left = max(0, int(min(one.x - one.size for one in lines)))
    right = min(SIDE_PX, int(max(one.x + (one.line.width_em + 1) * one.size for one in lines)) + 1)
    above = max(0, int(min(one.top for one in lines)) - top - 2)
    below = min(bottom - top, int(max(one.bottom for one in lines)) - top + 3)
    width, height = right - left, below - above
    draw.extents = uharfbuzz.RasterExtents(left, above, width, height, 0)
    made = draw.render()
    ink = Image.frombytes("L", (width, height), made.buffer, "raw", "L", made.extents.stride)
    return ink, left, above
