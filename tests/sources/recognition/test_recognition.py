"""Text recognised on pictures of pages, and the messages if it cannot be."""

import gzip
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from audiobook.errors import SourceError
from audiobook.sources.base import Source, read_work, reader_for
from audiobook.sources.picture.reader import PictureReader
from audiobook.sources.recognition.pages import recognise

FONT = Path(__file__).parents[3] / "audiobook/cover/fonts/NotoSerif-Regular.ttf.gz"
WORDS = ("Päivä oli märkä, ja sade", "yltyi illalla. Joki nousi.")


def drawn(*lines: str, kind: str = "PNG") -> bytes:
    picture = Image.new("RGB", (900, 120 + 60 * len(lines)), "white")
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        pen.text(
            (60, 60 + 60 * number),
            line,
            "black",
            ImageFont.truetype(BytesIO(gzip.decompress(FONT.read_bytes())), 36),
        )
    stream = BytesIO()
    picture.save(stream, kind)
    return stream.getvalue()


def source(data: bytes, language: str = "fi", name: str = "page.png") -> Source:
    return Source(data, name, "page", language, "Page")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_the_text_of_a_picture_is_read_and_reported_as_recognised() -> None:
    pytest.importorskip("rapidocr")
    work = read_work(source(drawn(*WORDS)), "page.png")
    said = " ".join(paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs)
    assert said == " ".join(WORDS)
    assert "may contain errors" in work.problems[0].message


@pytest.mark.parametrize("name", ["a.png", "a.JPG", "a.jpeg", "a.tif", "a.tiff", "a.webp"])
def test_pictures_are_recognised_by_their_extension(name: str) -> None:
    assert isinstance(reader_for(name), PictureReader)


def test_a_script_that_is_not_known_needs_another_program() -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(SourceError, match="script cannot be recognised") as caught:
        read_work(source(drawn("a"), "ru"), "page.png")
    assert caught.value.hint == "run: ocrmypdf -l rus scan.pdf text.pdf"


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    for read in (recognise, PictureReader().read):
        with pytest.raises(SourceError, match="needs OCR") as caught:
            read(source(b"", "sl"))
        assert caught.value.hint == (
            'install it: pip install "audiobook-press[ocr]"; or run: ocrmypdf -l slv scan.pdf text.pdf'
        )


def test_damaged_and_huge_pictures_are_rejected() -> None:
    pytest.importorskip("rapidocr")
    for data in (b"", b"no picture", drawn("a")[:200]):
        with pytest.raises(SourceError, match="not a readable picture"):
            PictureReader().read(source(data))
    huge = BytesIO()
    Image.new("1", (8_000, 8_000)).save(huge, "PNG")
    with pytest.raises(SourceError, match="too large"):
        PictureReader().read(source(huge.getvalue()))


def test_a_file_that_is_not_a_pdf_is_rejected() -> None:
    pytest.importorskip("rapidocr")
    with pytest.raises(SourceError, match="damaged"):
        recognise(source(b"no pdf"))
