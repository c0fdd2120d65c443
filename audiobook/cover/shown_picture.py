"""A picture in a text, made fit for a page: checked, upright, of limited size, and without metadata."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.cover.own_picture import plain, repeats_scans, upright
from audiobook.cover.vector import can_draw, pixels
from audiobook.errors import SourceError
from audiobook.picture_formats import is_vector

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_PX: Final = 1600
_MOST_PIXELS: Final = {"JPEG": 60_000_000, "MPO": 60_000_000}
"""Limits for JPEGs, which are decoded at a smaller size and so take less memory."""
_MOST_OTHER_PIXELS: Final = 16_000_000
_MOST_PROGRESSIVE_PIXELS: Final = 30_000_000
"""Limit for progressive JPEGs, which are decoded at full size, at 6 bytes per pixel, before they are scaled down."""
_LARGEST_BYTES: Final = 1_000_000
_QUALITIES: Final = (85, 70, 55)
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_EXACT_FORMATS: Final = ("PNG", "GIF")
_SMOOTH: Final = ("L", "RGB", "RGBA")
"""Colour modes that can be scaled smoothly, because the mean of two values is a colour in between."""
_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = 1
_START, _END, _SCAN = b"\xff\xd8", 0xD9, 0xDA
_FRAMES: Final = frozenset((0xC0, 0xC1, 0xC2))
_TABLES: Final = frozenset((0xC4, 0xDB, 0xDD))
_PROFILE: Final = (0xE2, b"ICC_PROFILE\0")
_ADOBE: Final = (0xEE, b"Adobe")
_RESTARTS: Final = range(0xD0, 0xD8)


class Unusable(Exception):
    """A picture that cannot be shown; the message says why."""


class ShownPicture(msgspec.Struct, frozen=True):
    """A picture that pages can show.

    Attributes:
        data: A JPEG or PNG.
        ending: `.jpg` or `.png`.
        width_px: Width in pixels.
        height_px: Height in pixels.
    """

    data: bytes
    ending: str
    width_px: int
    height_px: int


def shown_picture(data: bytes) -> ShownPicture:
    """Return a picture as pages can show it: of an animation, only the first frame.

    Small JPEGs keep their exact pixels; everything else is encoded again. Metadata, such as the
    place where a photograph was taken, and anything that is not part of the picture are removed.

    Args:
        data: The bytes of a file.

    Raises:
        Unusable: They are not a complete JPEG, PNG, WebP or GIF, or it is too large; or an SVG that cannot be drawn.
    """
    from PIL import Image  # needed only for texts with pictures

    if is_vector(data):
        if not can_draw():
            raise Unusable("is an SVG, which needs the extra “svg”")
        try:
            data = pixels(data, "", LONGEST_PX, fills=False)
        except SourceError as error:
            raise Unusable(error.message) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about damaged metadata, and sizes, which are checked here
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                most = _MOST_PIXELS.get(image.format or "", _MOST_OTHER_PIXELS)
                if image.info.get("progressive"):
                    most = min(most, _MOST_PROGRESSIVE_PIXELS)
                if image.width * image.height > most:
                    raise Unusable(f"has more than {most // 1_000_000} million pixels")
                if repeats_scans(data):
                    raise Unusable("has too many scans")
                return _shown(data, image)
    except (Unusable, MemoryError):
        raise
    except Exception as error:
        # Pillow raises many kinds of exceptions for bytes that are not a picture.
        raise Unusable("is not a readable JPEG, PNG, WebP or GIF") from error


def _shown(data: bytes, image: Image) -> ShownPicture:
    if image.format == "JPEG" and max(image.size) <= LONGEST_PX and _is_plain(image):
        image.load()
        bare = bare_jpeg(data)
        if bare and len(bare) <= _LARGEST_BYTES:
            return ShownPicture(bare, ".jpg", *image.size)
    is_exact = image.format in _EXACT_FORMATS or data[12:16] == b"VP8L"  # WebP without losses
    scale = LONGEST_PX / max(image.size)
    wanted = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
    image.draft("RGB", wanted)  # decode a large JPEG at half its size or less
    image.load()
    if image.mode in _SMOOTH:
        image.thumbnail((LONGEST_PX, LONGEST_PX))  # first, because each further step makes a copy
    small = plain(upright(image))
    small.thumbnail((LONGEST_PX, LONGEST_PX))
    if is_exact:
        stream = BytesIO()
        small.save(stream, "PNG")
        if stream.tell() <= _LARGEST_BYTES:
            return ShownPicture(stream.getvalue(), ".png", *small.size)
    made = b""
    for quality in _QUALITIES:
        stream = BytesIO()
        small.save(stream, "JPEG", quality=quality, progressive=True)
        made = stream.getvalue()
        if len(made) <= _LARGEST_BYTES:
            break
    return ShownPicture(made, ".jpg", *small.size)


def _is_plain(image: Image) -> bool:
    """Return whether a JPEG is upright, and in grey or RGB, which all browsers show in the same way."""
    return image.mode in ("L", "RGB") and image.getexif().get(_ORIENTATION, _UPRIGHT) == _UPRIGHT


def bare_jpeg(data: bytes) -> bytes | None:
    """Return a JPEG with nothing but its picture and colour profile; None if it is built in an unusual way.

    Source: ITU-T T.81, annex B.
    """
    if data[:2] != _START:
        return None
    kept, at = [_START], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        code = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if code in _FRAMES or code in _TABLES or _is_wanted(code, data[at + 4 : end]):
            kept.append(data[at:end])
        elif code == _SCAN:
            end = _end_of_scan(data, end)
            kept.append(data[at:end])
            if data[end : end + 2] == bytes((0xFF, _END)):
                return b"".join((*kept, bytes((0xFF, _END))))
        elif not (0xE0 <= code <= 0xEF or code == 0xFE):
            return None
        at = end
    return None


def _is_wanted(code: int, content: bytes) -> bool:
    return any(code == wanted and content.startswith(start) for wanted, start in (_PROFILE, _ADOBE))


def _end_of_scan(data: bytes, at: int) -> int:
    """Return the offset of the first marker after the coded data of a scan."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] and data[at + 1] not in _RESTARTS:
            return at
        at += 2
    return len(data)
