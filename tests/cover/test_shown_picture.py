"""Pictures in texts, made fit for pages."""

from __future__ import annotations

from typing import Any

import pytest
from images import decoded, encoded
from PIL import Image

from audiobook.cover.shown_picture import LONGEST_PX, Unusable, shown_picture

SECRET = b"<script>alert('secret')</script>"


def made(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """Return a picture, by default one of four quarters in different colours, in a format."""
    if image is None:
        image = Image.new("RGB", (64, 32), "white")
        image.paste((200, 30, 30), (0, 0, 32, 16))
        image.paste((30, 30, 200), (32, 16, 64, 32))
    return encoded(image, kind, **options)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_keeps_its_pixels_and_colours_and_nothing_else(progressive: bool) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    data = made("JPEG", exif=exif, comment=SECRET, icc_profile=b"x" * 200, progressive=progressive) + SECRET
    shown = shown_picture(data)
    assert (shown.ending, shown.width_px, shown.height_px) == (".jpg", 64, 32)
    assert decoded(shown.data).tobytes() == decoded(data).tobytes()
    assert decoded(shown.data).info["icc_profile"] == b"x" * 200
    assert SECRET not in shown.data
    assert shown_picture(shown.data).data == shown.data


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_other_formats_are_encoded_again_from_their_pixels(kind: str) -> None:
    data = (made(kind, lossless=True) if kind == "WEBP" else made(kind)) + SECRET
    shown = shown_picture(data)
    assert shown.ending == ".png"
    assert decoded(shown.data).convert("RGB").tobytes() == decoded(data).convert("RGB").tobytes()
    assert SECRET not in shown.data
    assert shown_picture(data) == shown


def test_a_picture_is_upright_still_and_white_where_it_is_transparent() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = shown_picture(made("JPEG", exif=exif))
    assert (turned.width_px, turned.height_px) == (32, 64)
    clear = shown_picture(made("PNG", Image.new("RGBA", (4, 4), (0, 0, 0, 0))))
    assert decoded(clear.data).getpixel((0, 0)) == (255, 255, 255)
    frames = [Image.new("P", (4, 4), each) for each in (1, 2, 3)]
    moving = shown_picture(made("GIF", frames[0], save_all=True, append_images=frames[1:]))
    assert (moving.ending, getattr(decoded(moving.data), "n_frames", 1)) == (".png", 1)


@pytest.mark.parametrize("kind", ["JPEG", pytest.param("PNG", marks=pytest.mark.exhaustive)])
def test_a_large_picture_becomes_smaller(kind: str) -> None:
    shown = shown_picture(made(kind, Image.effect_noise((LONGEST_PX + 400, 700), 90)))
    assert (shown.width_px, shown.height_px) == (LONGEST_PX, 560)
    assert len(shown.data) <= 1_000_000


def test_a_jpeg_that_repeats_a_scan_without_end_is_refused() -> None:
    data = made("JPEG", Image.new("L", (64, 64)), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert shown_picture(data[:-2] + last * 500 + data[-2:]).width_px == 64
    with pytest.raises(Unusable, match="scans"):
        shown_picture(data[:-2] + last * 1000 + data[-2:])


@pytest.mark.parametrize("size", [(LONGEST_PX * 3, 1), (1, LONGEST_PX * 3)])
def test_a_thin_line_is_shown(size: tuple[int, int]) -> None:
    shown = shown_picture(made("JPEG", Image.new("RGB", size, "red")))
    assert sorted((shown.width_px, shown.height_px)) == [1, LONGEST_PX]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0",
        made("PNG")[:60],
        made("JPEG")[:300],
        made("BMP"),
        made("PNG", Image.new("1", (4100, 4100))),
        made("JPEG", Image.new("L", (32, 32)), progressive=True).replace(
            b"\0\x20\0\x20", b"\x1b\x58\x1b\x58"
        ),
    ],
    ids=["empty", "cut svg", "cut", "cut jpeg", "bmp", "too many pixels", "too many progressive pixels"],
)
def test_incomplete_and_oversized_pictures_are_refused(data: bytes, request: pytest.FixtureRequest) -> None:
    with pytest.raises(
        Unusable, match="million pixels" if "pixels" in request.node.name else "readable|valid SVG"
    ):
        shown_picture(data)
