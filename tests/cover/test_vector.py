"""SVG drawings become pictures of pixels, from nothing but their own bytes, and within limits."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from images import decoded, encoded
from PIL import Image

from audiobook.cover.shown_picture import Unusable, shown_picture
from audiobook.cover.vector import pixels
from audiobook.errors import SourceError
from audiobook.picture_formats import is_vector

pytest.importorskip("resvg_py")
SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED = (255, 0, 0)


def svg(inside: str, attributes: str = 'viewBox="0 0 40 20"') -> bytes:
    return f"<svg {SPACES} {attributes}>{inside}</svg>".encode()


def colours(data: bytes) -> set[tuple[int, ...]]:
    """Return the colours of the opaque parts of a drawing."""
    image = decoded(pixels(data, "a.svg", 40, fills=True)).convert("RGBA")
    return {colour[:3] for _, colour in image.getcolors(10_000) or () if colour[3]}  # type: ignore[index]


def test_a_drawing_is_recognised() -> None:
    head = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <b> -->\n<!DOCTYPE svg [<!ENTITY a "b">]>\n'
    assert is_vector(head + svg(""))
    assert is_vector(b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>')
    assert not is_vector(encoded(Image.new("RGB", (1, 1))))
    assert not is_vector(b"<html><p>svg</p></html>")


@pytest.mark.parametrize(
    ("attributes", "fills", "size"),
    [
        ('width="40" height="20"', True, (800, 400)),
        ('width="40" height="20"', False, (80, 40)),
        ('width="40px" height="80px"', False, (40 * 2, 160)),
        ('viewBox="0 0 10 20"', False, (20, 40)),
        ('width="100%" height="100%" viewBox="0,0,10,10"', False, (20, 20)),
        ('width="900000" height="450000"', False, (800, 400)),
    ],
)
def test_a_drawing_has_the_wanted_size(attributes: str, fills: bool, size: tuple[int, int]) -> None:
    assert decoded(pixels(svg("", attributes), "a.svg", 800, fills=fills)).size == size


def test_pictures_in_a_drawing_are_shown_and_those_outside_are_not(tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(encoded(Image.new("RGB", (9, 9), RED)))
    (tmp_path / "red.svg").write_bytes(svg('<rect id="r" width="40" height="20" fill="#f00"/>'))
    png = "data:image/png;base64," + base64.b64encode((tmp_path / "red.png").read_bytes()).decode()
    assert colours(svg(f'<image width="40" height="20" href="{png}"/>')) == {RED}
    assert colours(svg('<rect id="a" width="9" height="9" fill="#f00"/><use xlink:href="#a" x="9"/>')) == {
        RED
    }
    nested = base64.b64encode(svg(f'<image width="40" height="20" href="{tmp_path}/red.png"/>')).decode()
    for outside in (
        f'<image width="40" height="20" href="{tmp_path}/red.png"/>',
        f'<image width="40" height="20" xlink:href="file://{tmp_path}/red.png"/>',
        f'<image width="40" height="20" href="{tmp_path}/red.svg"/>',
        f'<image width="40" height="20" href="data:image/svg+xml;base64,{nested}"/>',
        f'<use href="{tmp_path}/red.svg#r"/>',
        f'<filter id="f"><feImage href="{tmp_path}/red.png"/></filter><rect filter="url(#f)" width="9" height="9"/>',
    ):
        assert RED not in colours(svg(outside)), outside
    stolen = f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{tmp_path}/red.svg">]>'.encode() + svg("&e;")
    with pytest.raises(SourceError, match="is not a valid SVG"):
        pixels(stolen, "a.svg", 40, fills=True)


def test_text_is_drawn_with_the_fonts_of_the_package() -> None:
    assert colours(svg('<text y="15" font-family="Comic Sans MS" fill="#f00">Ąžß</text>')) == {RED}


@pytest.mark.parametrize("data", [b"<svg", svg("&a;"), svg("", 'width="0" height="0"')])
def test_a_damaged_drawing_is_an_error_with_its_name(data: bytes) -> None:
    with pytest.raises(SourceError, match="is not a valid SVG") as caught:
        pixels(data, "a.svg", 40, fills=True)
    assert caught.value.where == "a.svg"
    with pytest.raises(Unusable, match="is not a valid SVG"):
        shown_picture(data)


@pytest.mark.exhaustive
def test_a_drawing_that_takes_hours_is_stopped() -> None:
    octaves = '<filter id="f" width="1e6" height="1e6"><feTurbulence numOctaves="9999999" baseFrequency="0.1"/></filter>'
    with pytest.raises(SourceError, match="takes more"):
        pixels(svg(f'{octaves}<rect filter="url(#f)" width="40" height="20"/>'), "a.svg", 1600, fills=True)


def test_a_page_shows_a_drawing() -> None:
    shown = shown_picture(svg('<rect width="40" height="20" fill="#f00"/>'))
    assert (shown.ending, shown.width_px, shown.height_px) == (".png", 80, 40)
