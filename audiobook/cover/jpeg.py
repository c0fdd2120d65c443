"""A JPEG joined from bands that are encoded separately, so that the picture is never in memory as a whole.

Source: ITU-T T.81, B.2.4.4 (restart interval) and F.2.1.3.1. Prediction starts over after a restart marker, so the
coded data of a separate picture can be inserted there unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

DPI: Final = 72
BAND_PX: Final = 64
"""Height of a band: a multiple of 16 pixels, the block size of colour at half the resolution."""
_BLOCK_PX: Final = 16
_FRAME: Final = 0xC0
_SCAN: Final = 0xDA
_RESTART_INTERVAL: Final = b"\xff\xdd\x00\x04"
_END: Final = b"\xff\xd9"


def encode(image: Image, quality: int) -> bytes:
    """Return an RGB picture as baseline JPEG, with colour at half the resolution."""
    stream = BytesIO()
    image.save(stream, "JPEG", quality=quality, subsampling="4:2:0", dpi=(DPI, DPI))
    return stream.getvalue()


def encode_bands(bands: Iterable[Image], quality: int) -> bytes:
    """Return a picture as baseline JPEG: the same bytes as from `encode`, plus restart markers.

    Args:
        bands: From top to bottom, all of the same width. Each is `BAND_PX` high; the last one may be lower. A band
            that is the same object as the one before is not encoded again.
        quality: Pillow's quality, 1 to 95.
    """
    head, height_px = b"", 0
    pieces: list[bytes] = []
    data, before = b"", None
    for band in bands:
        data = data if band is before else encode(band, quality)
        before = band
        frame, scan = _segment(data, _FRAME), _segment(data, _SCAN)
        if not pieces:
            blocks = -(-band.width // _BLOCK_PX) * (BAND_PX // _BLOCK_PX)
            head = data[:scan] + _RESTART_INTERVAL + blocks.to_bytes(2) + data[scan : _after(data, scan)]
        else:
            pieces.append(b"\xff" + bytes([0xD0 + (len(pieces) // 2) % 8]))
        pieces.append(data[_after(data, scan) : -len(_END)])
        height_px += band.height
    # Segment length and precision, then the height (B.2.2).
    head = head[: frame + 5] + height_px.to_bytes(2) + head[frame + 7 :]
    return b"".join((head, *pieces, _END))


def _segment(data: bytes, code: int) -> int:
    """Return the offset of the first segment with a marker."""
    at = 2
    while data[at + 1] != code:
        at = _after(data, at)
    return at


def _after(data: bytes, at: int) -> int:
    """Return the offset after the segment that starts at `at`."""
    return at + 2 + int.from_bytes(data[at + 2 : at + 4])
