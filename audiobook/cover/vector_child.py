"""Drawing an SVG in a child process (see `child`), because a malicious drawing can take hours or all memory."""

from __future__ import annotations

import gzip
import os
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.child import set_limits

if TYPE_CHECKING:
    from lxml.etree import _Element

_FONTS: Final = Path(__file__).parent / "fonts"
_FAMILY: Final = "Noto Serif"
_HREF: Final = "href"
_KEPT: Final = re.compile(r"\s*(?:#|data:image/(?:png|jpe?g|gif|webp)[;,])", re.IGNORECASE)
"""References that a drawing keeps: to its own parts, and to embedded pictures except SVGs, which could refer to files."""
_LENGTH: Final = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]*)?)(?:px)?\s*")
_SHARPNESS: Final = 2
"""Pixels per unit of length, for high-resolution screens."""


def main() -> None:
    """Read sizes and a drawing from standard input, and write a PNG; nothing if it cannot be drawn."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    longest, fills, data = sys.stdin.buffer.read().split(b" ", 2)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with answer:
        answer.write(drawn(data, int(longest), fills=fills == b"1"))


def drawn(data: bytes, longest_px: int, *, fills: bool) -> bytes:
    """Return a drawing as a PNG; empty if it is not valid. See `vector.pixels`."""
    from lxml import etree
    from resvg_py import svg_to_bytes

    parser = etree.XMLParser(resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return b""
    _keep_to_itself(root)
    side_px = longest_px if fills else min(longest_px, _wanted_px(root) or longest_px)
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder:
        for font in _FONTS.glob("*.ttf.gz"):
            Path(folder, font.stem).write_bytes(gzip.decompress(font.read_bytes()))
        try:
            return svg_to_bytes(
                svg_string=etree.tostring(root, encoding="unicode"),
                width=side_px,
                height=side_px,
                skip_system_fonts=True,
                font_dirs=[folder],
                font_family=_FAMILY,
                serif_family=_FAMILY,
                sans_serif_family=_FAMILY,
                cursive_family=_FAMILY,
                fantasy_family=_FAMILY,
                monospace_family=_FAMILY,
            )
        except ValueError:
            return b""


def _keep_to_itself(root: _Element) -> None:
    """Remove all references to anything outside the drawing."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] == _HREF and not _KEPT.match(str(value)):
                del element.attrib[key]


def _wanted_px(root: _Element) -> int:
    """Return the longer side in pixels at which a drawing is sharp; 0 if it states no size."""
    sizes = [root.get("width", ""), root.get("height", "")]
    if not all(map(_LENGTH.fullmatch, sizes)):
        sizes = root.get("viewBox", "").replace(",", " ").split()[2:4]
    with suppress(ValueError):
        lengths = [float(match[1]) for size in sizes if (match := _LENGTH.fullmatch(size))]
        return round(max(lengths, default=0.0) * _SHARPNESS)
    return 0


if __name__ == "__main__":
    main()
