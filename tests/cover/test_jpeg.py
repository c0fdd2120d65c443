"""JPEGs joined from bands decode to the same picture as a whole JPEG."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from tools import run_tool

from audiobook.cover.jpeg import BAND_PX, encode, encode_bands


def slanted(width: int, height: int) -> Image.Image:
    """Return a picture in which every block is different."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, ImageChops.add_modulo(across, down)))


def bands_of(image: Image.Image) -> list[Image.Image]:
    tops = range(0, image.height, BAND_PX)
    return [image.crop((0, top, image.width, min(top + BAND_PX, image.height))) for top in tops]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height"), [(16, BAND_PX), (16, 1), (50, BAND_PX + 1), (333, 20 * BAND_PX + 7), (3000, 3000)]
)
def test_bands_decode_like_the_whole_picture(width: int, height: int) -> None:
    image = slanted(width, height)
    joined = Image.open(BytesIO(encode_bands(bands_of(image), 88)))
    assert joined.size == (width, height)
    whole = Image.open(BytesIO(encode(image, 88)))
    # Colour at half the resolution is interpolated from different neighbours at the end of a band.
    apart = ImageChops.difference(joined, whole)
    assert all(band.point(lambda value: value > 24 and 255).getbbox() is None for band in apart.split())


def test_the_file_is_baseline_with_square_pixels_at_72_dpi() -> None:
    joined = Image.open(BytesIO(encode_bands(bands_of(slanted(100, 300)), 88)))
    joined.load()
    assert (joined.format, joined.mode, joined.info["dpi"]) == ("JPEG", "RGB", (72, 72))
    assert not joined.info.get("progressive")


def test_ffmpeg_reads_the_file_without_warnings(tmp_path: Path) -> None:
    path = tmp_path / "bands.jpg"
    path.write_bytes(encode_bands(bands_of(slanted(300, 1000)), 88))
    done = run_tool("ffmpeg", "-v", "warning", "-xerror", "-i", path, "-f", "null", "-")
    assert "rror" not in done.stderr, done.stderr
    assert "corrupt" not in done.stderr, done.stderr
