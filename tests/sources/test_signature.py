"""Detecting the format of bytes without a file name."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from growth import assert_linear, repeated

from audiobook.sources.signature import suffix_of


def zipped(*names: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "application/epub+zip" if name == "mimetype" else "")
    return stream.getvalue()


FIRST_BYTES = [
    (b"%PDF-1.4\n", ".pdf"),
    (zipped("mimetype", "META-INF/container.xml"), ".epub"),
    (zipped("META-INF/container.xml"), ".epub"),
    (zipped("[Content_Types].xml", "word/document.xml"), ".docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
    (b"<!DOCTYPE html><p>a", ".html"),
    (b"\xef\xbb\xbf\n<HTML lang=fi>", ".html"),
    (b"<?xml version='1.0'?>\n<!-- a --><!doctype HTML>", ".html"),
    (b"<html>", ".html"),
    (b"<p>a</p>", ".txt"),
    (b"<htmlish>", ".txt"),
    (zipped("a.fb2"), ".fb2.zip"),
    (zipped("index.html", "metadata.opf"), ".htmlz"),
    (zipped("mimetype").replace(b"epub+zip", b"vnd.oasis.opendocument.text"), ".odt"),
    (b"{\\rtf1 a}", ".rtf"),
    (b"<?xml version='1.0'?>\n<FictionBook xmlns='a'>", ".fb2"),
    (bytes(60) + b"BOOKMOBI", ".mobi"),
    (b"", ".txt"),
    (b"# A\n\nb", ".txt"),
]


def test_the_format_is_detected_by_the_first_bytes() -> None:
    found = [(data, suffix_of(data)) for data, _ in FIRST_BYTES]
    assert found == FIRST_BYTES


@pytest.mark.parametrize("make", [repeated(" "), repeated("<!--"), repeated("word/", "PK\x03\x04")])
def test_long_bytes_take_linear_time_at_most(make: Callable[[int], str]) -> None:
    assert_linear(suffix_of, lambda size: make(size).encode(), 100_000)
