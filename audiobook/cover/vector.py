"""Converting SVG drawings to PNG in a child process, with resvg, which comes with the extra `svg`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from audiobook.child import Limits, read_in_child
from audiobook.errors import SourceError

_PACKAGE: Final = "resvg_py"
_CHILD: Final = "audiobook.cover.vector_child"
_LIMITS: Final = Limits(time_s=20, memory_bytes=1 << 30)
HINT: Final = 'save it as PNG, or install SVG support: pip install "audiobook-press[svg]"'


def can_draw() -> bool:
    """Return whether the extra is installed."""
    return find_spec(_PACKAGE) is not None


def pixels(data: bytes, name: str, longest_px: int, *, fills: bool) -> bytes:
    """Return a drawing as a PNG.

    Nothing but the bytes of the drawing and the fonts of this package is used: no other file, and no address.

    Args:
        data: An SVG.
        name: Its name in messages.
        longest_px: Length of the longer side.
        fills: Whether the longer side is scaled to exactly that length; otherwise to twice the size that the drawing
            states, and at most to that length.

    Raises:
        SourceError: The extra is not installed, or the drawing is not valid, empty, or takes too long.
    """
    if not can_draw():
        raise SourceError("is an SVG", where=name, hint=HINT)
    drawn = read_in_child(_CHILD, b"%d %d " % (longest_px, fills) + data, name, _LIMITS)
    if not drawn:
        raise SourceError("is not a valid SVG", where=name, hint="save it as PNG")
    return drawn
