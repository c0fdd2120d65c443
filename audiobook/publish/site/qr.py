"""QR codes with the addresses of feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from audiobook import __version__
from audiobook.files import digest
from audiobook.publish.folder import PublicFolder
from audiobook.publish.site.shown import ShownFeed

_MASK: Final = 3
"""Inverts every third diagonal, so that neither rows nor columns of one colour appear."""
_MARGIN: Final = 4
_DARK: Final = re.compile(b"\x01+")


def put_qr(feed: ShownFeed, folder: PublicFolder) -> None:
    """Publish the QR code of a feed's address, or keep the published one."""
    design = digest(feed.url.encode(), __version__.encode())
    if folder.keep(design) is None:
        folder.put(feed.qr, qr_code(feed.url), design=design)


def qr_code(url: str) -> bytes:
    """Return the QR code of an address as SVG, with a side of one unit for each of its squares."""
    import segno  # slow to import

    # Readers accept any mask. Looking for the one with the fewest large areas takes six times as long as all the rest.
    code = segno.make(url, error="m", micro=False, mask=_MASK)
    side = len(code.matrix) + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" class="segno">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
        f'<path class="qrline" stroke="#000" d="M{"m".join(_lines(code.matrix))}"/></svg>'
    ).encode()


def _lines(rows: Sequence[bytearray]) -> Iterator[str]:
    """Yield the path of each run of dark squares: its offset from the end of the run before it, and its length."""
    x, below = 0, f"{_MARGIN}.5"
    for row in rows:
        for run in _DARK.finditer(row):
            begin, end = run.start() + _MARGIN, run.end() + _MARGIN
            yield f"{begin - x} {below}h{end - begin}"
            x, below = end, "0"
        below = "1"
