"""Pictures in formats that contain them: their readers find them where the text refers to them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO

import pytest
from books import zipped
from docx_files import docx, p
from PIL import Image

from audiobook.errors import SourceError
from audiobook.sources.base import Illustrated, Source, read_work, reader_for


def picture(kind: str) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (60, 40), "orange").save(stream, kind)
    return stream.getvalue()


def fictionbook() -> bytes:
    files = "".join(
        f'<binary id="{name}">{base64.encodebytes(picture(kind)).decode()}</binary>'
        for name, kind in (("sea.jpg", "JPEG"), ("b.png", "PNG"))
    )
    return (
        '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink"><body><section>'
        '<title><p>One</p></title><p>Text.</p><image l:href="#sea.jpg" alt="Sea"/><p>More.</p></section></body>'
        f"{files}</FictionBook>"
    ).encode()


def word_document() -> bytes:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    blip = '<a:blip r:embed="r9"/>'
    drawn = (
        f'<w:r><w:drawing xmlns:wp="{drawing}/wordprocessingDrawing" xmlns:a="{drawing}/main" xmlns:pic="{drawing}/picture" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><wp:inline><wp:docPr descr="Sea"/>'
        f"<a:graphic><a:graphicData><pic:pic><pic:blipFill>{blip}</pic:blipFill></pic:pic></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing></w:r>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/sea 1.jpg"/>'
        "</Relationships>"
    )
    more: dict[str, str | bytes] = {
        "word/_rels/document.xml.rels": relations,
        "word/media/sea 1.jpg": picture("JPEG"),
    }
    return docx(p("One", "Heading1"), p("Text.", more=drawn), p("More."), more=more)


def open_document() -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
        for name, uri in (("o", "office"), ("t", "text"), ("d", "drawing"), ("s", "svg-compatible"))
    )
    frame = '<d:frame><d:image x:href="Pictures/a.svg"/><d:image x:href="Pictures/a.jpg"/><s:title>Sea</s:title></d:frame>'
    text = f'<t:h t:outline-level="1">One</t:h><t:p>Text.{frame}</t:p><t:p>More.</t:p>'
    content = f"<o:document-content {names} xmlns:x='http://www.w3.org/1999/xlink'><o:body><o:text>{text}</o:text></o:body></o:document-content>"
    return zipped({"content.xml": content, "Pictures/a.jpg": picture("JPEG"), "Pictures/a.svg": "<svg/>"})


@pytest.mark.parametrize(
    ("file", "made", "name"),
    [
        ("fiction.fb2", fictionbook, "#sea.jpg"),
        ("word.docx", word_document, "word/media/sea 1.jpg"),
        ("open.odt", open_document, "Pictures/a.jpg"),
    ],
)
def test_a_reader_finds_pictures_in_the_file(file: str, made: Callable[[], bytes], name: str) -> None:
    work = read_work(Source(made(), file, "book", "en", "Book"), file)
    paragraphs = [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]
    [shown] = [each for paragraph in paragraphs for each in paragraph.pictures]
    assert (shown.name, shown.description) == (name, "Sea")
    assert [paragraph.text for paragraph in paragraphs[-2:]] == ["Text.", "More."], "as without a picture"
    reader = reader_for(file)
    assert isinstance(reader, Illustrated)
    find = reader.pictures(made(), file)
    assert find(name) == picture("JPEG")
    with pytest.raises(SourceError, match="is missing"):
        find("#none.jpg")
