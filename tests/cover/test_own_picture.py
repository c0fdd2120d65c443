"""A work's own picture of any kind becomes an upright square JPEG without being cropped."""

import random

import pytest
from images import decoded, encoded
from PIL import Image, ImageCms, ImageDraw

from audiobook.cover.own_picture import LARGEST_BYTES, LARGEST_PX, SMALLEST_PX, squared

RED, BLUE = (200, 30, 30), (30, 30, 200)


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) <= 14 for a, b in zip(found, colour, strict=True))


def framed(size: tuple[int, int]) -> Image.Image:
    """Return a blue picture with a red frame."""
    image = Image.new("RGB", size, BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, size[0] - 1, size[1] - 1), outline=RED, width=max(size) // 12)
    return image


KINDS = {
    "RGB": encoded(framed((500, 500))),
    "JPEG": encoded(framed((500, 500)), "JPEG"),
    "progressive": encoded(framed((500, 500)), "JPEG", progressive=True),
    "CMYK": encoded(framed((500, 500)).convert("CMYK"), "JPEG"),
    "palette": encoded(framed((500, 500)).quantize(8)),
    "palette with transparency": encoded(framed((500, 500)).quantize(8), transparency=7),
    "RGBA": encoded(framed((500, 500)).convert("RGBA")),
    "grey": encoded(framed((500, 500)).convert("L")),
    "grey with alpha": encoded(framed((500, 500)).convert("LA")),
    "black and white": encoded(framed((500, 500)).convert("1")),
    "16 bits": encoded(Image.new("I;16", (500, 500), 0x8000)),
    "one pixel": encoded(Image.new("RGB", (1, 1), RED)),
    "a line": encoded(Image.new("RGB", (4000, 1), RED)),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_becomes_a_square_jpeg(kind: str) -> None:
    data = squared(KINDS[kind])
    image = decoded(data)
    assert (image.format, image.mode, image.info["dpi"]) == ("JPEG", "RGB", (72, 72))
    assert image.width == image.height
    assert SMALLEST_PX <= image.width <= LARGEST_PX
    assert len(data) <= LARGEST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "side"),
    [
        ((20, 20), 1400),
        ((1400, 1400), 1400),
        ((2000, 1000), 2000),
        ((3000, 3000), 3000),
        ((3600, 1000), 3000),
    ],
)
def test_the_side_is_the_longer_one_from_1400_to_3000(size: tuple[int, int], side: int) -> None:
    assert decoded(squared(encoded(framed(size)))).size == (side, side)


@pytest.mark.parametrize("size", [(1400, 900), (900, 1400), (2990, 600)])
def test_nothing_is_cropped_and_the_background_matches_the_edges(size: tuple[int, int]) -> None:
    image = decoded(squared(encoded(framed(size))))
    side, middle = image.width, image.width // 2
    for at in (
        (2, 2),
        (side - 3, side - 3),
        (2, middle),
        (side - 3, middle),
        (middle, 2),
        (middle, side - 3),
    ):
        assert near(image, at, RED), at
    assert near(image, (middle, middle), BLUE)


@pytest.mark.slow
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_rotated_as_its_exif_data_says(orientation: int) -> None:
    upright = Image.new("RGB", (1400, 1400), BLUE)
    ImageDraw.Draw(upright).rectangle((0, 0, 699, 699), fill=RED)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decoded(squared(encoded(stored, "JPEG", exif=exif)))
    assert near(image, (300, 300), RED)
    assert all(near(image, at, BLUE) for at in ((1100, 300), (300, 1100), (1100, 1100)))
    assert "exif" not in image.info


@pytest.mark.slow
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x05\x01\x12", b"Exif\0\0no notes", b"\xff" * 40]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_damaged_metadata_in_a_picture_is_ignored(kind: str, exif: bytes) -> None:
    image = decoded(squared(encoded(framed((1400, 1400)), kind, exif=exif)))
    assert near(image, (2, 2), RED)
    assert "exif" not in image.info


def test_transparent_parts_become_white() -> None:
    assert near(
        decoded(squared(encoded(Image.new("RGBA", (1400, 1400), (0, 0, 0, 0))))), (700, 700), (255,) * 3
    )


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    assert near(decoded(squared(KINDS["16 bits"])), (700, 700), (128,) * 3)


def test_a_colour_profile_is_used_and_a_damaged_one_ignored() -> None:
    plain = Image.new("RGB", (1400, 1400), (90, 140, 200))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (srgb, b"no profile", b""):
        image = decoded(squared(encoded(plain, "JPEG", quality=95, icc_profile=profile)))
        assert near(image, (700, 700), (90, 140, 200))
        assert "icc_profile" not in image.info


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_picture_of_noise_is_shrunk_until_it_fits() -> None:
    noise = Image.frombytes("RGB", (3000, 3000), random.Random(7).randbytes(27_000_000))
    data = squared(encoded(noise, "JPEG", quality=80))
    assert len(data) <= LARGEST_BYTES
    assert decoded(data).width >= SMALLEST_PX


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert squared(KINDS["JPEG"]) == squared(KINDS["JPEG"])
