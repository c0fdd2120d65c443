"""A work's own picture as a cover: upright, square, RGB, and of a size that podcast directories accept."""

from __future__ import annotations

import warnings
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final

from audiobook.cover.jpeg import encode

if TYPE_CHECKING:
    from PIL.Image import Image

SMALLEST_PX: Final = 1400
LARGEST_PX: Final = 3000
LARGEST_BYTES: Final = 500_000
_QUALITIES: Final = (90, 85, 78, 70, 62, 54)
_SMALLER: Final = 0.8
_LAST_QUALITY: Final = 20
_MOST_SCANS: Final = 1000


def squared(data: bytes) -> bytes:
    """Return a picture as a square JPEG of 1400 to 3000 pixels per side and at most 500 kB, without cropping it.

    A picture that is not square gets a background in the mean colour of its own edges.

    Args:
        data: A readable JPEG, PNG or WebP file.
    """
    from PIL import Image  # needed only when a work is built

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about damaged metadata in the picture
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            image.draft("RGB", (LARGEST_PX, LARGEST_PX))  # decode a large JPEG at half its size or less
            image.load()
            whole = plain(upright(image))
    side_px = min(max(*whole.size, SMALLEST_PX), LARGEST_PX)
    while True:
        square = _on_ground(whole, side_px)
        smallest = side_px == SMALLEST_PX
        for quality in (*_QUALITIES, _LAST_QUALITY) if smallest else _QUALITIES:
            made = encode(square, quality)
            if len(made) <= LARGEST_BYTES:
                return made
        if smallest:
            return made
        side_px = max(int(side_px * _SMALLER), SMALLEST_PX)


def repeats_scans(data: bytes) -> bool:
    """Return whether a picture is a JPEG with far more scans than the usual ten; each takes milliseconds to decode.

    Source: ITU-T T.81, annex B: the marker of a scan cannot occur in coded data.
    """
    return data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > _MOST_SCANS


def upright(image: Image) -> Image:
    """Return a picture rotated as its EXIF data says; unchanged if that cannot be read."""
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises many kinds of exceptions for damaged metadata
        return image.copy()


def plain(image: Image) -> Image:
    """Return a picture of any colour mode as sRGB, with white behind transparent parts."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16-bit grey, which a plain conversion would clip instead of scaling
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return _as_srgb(image)


def _as_srgb(image: Image) -> Image:
    """Return a picture as sRGB, using its colour profile if that is usable."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return _without_notes(converted)
    return _without_notes(image.convert("RGB"))


def _without_notes(image: Image) -> Image:
    """Remove metadata that Pillow would write to the file: profile, location, comments."""
    image.info.clear()
    return image


def _on_ground(image: Image, side_px: int) -> Image:
    """Fit a picture into a square."""
    from PIL import Image

    scale = side_px / max(image.size)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    fitted = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if size == (side_px, side_px):
        return fitted
    square = Image.new("RGB", (side_px, side_px), _edge_colour(fitted))
    square.paste(fitted, ((side_px - size[0]) // 2, (side_px - size[1]) // 2))
    return square


def _edge_colour(image: Image) -> tuple[int, int, int]:
    """Return the mean colour of the two edges next to the background."""
    width, height = image.size
    if width < height:
        edges = (image.crop((0, 0, 1, height)), image.crop((width - 1, 0, width, height)))
    else:
        edges = (image.crop((0, 0, width, 1)), image.crop((0, height - 1, width, height)))
    from PIL import ImageStat

    first, last = (ImageStat.Stat(edge).mean for edge in edges)
    red, green, blue = (round((one + other) / 2) for one, other in zip(first, last, strict=True))
    return red, green, blue
