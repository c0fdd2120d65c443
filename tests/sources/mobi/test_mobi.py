"""Kindle books: pages of old books, protection, language, and invalid files."""

import sys
import zipfile
from io import BytesIO

import pytest
from growth import assert_linear
from mobi_files import mobi

from audiobook.child import Limits
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, read_work, reader_for
from audiobook.sources.epub.reader import EpubReader
from audiobook.sources.mobi.pages import as_epub
from audiobook.sources.mobi.reader import MobiReader

PAGE = (
    '<html><head><meta charset="windows-1252"/><guide><reference type="toc" filepos=30 /></guide></head><body><h1>Title</h1>'
    '<mbp:pagebreak/><a id="filepos30" /><p>Contents</p><p><a href="#filepos99" >One</a></p>'
    '<mbp:pagebreak/><a id="filepos99" /><p><b>One</b></p><p>It rained in caf\xe9s.<idx:entry>And</idx:entry></p>'
    '<mbp:pagebreak/><p><b>Two</b></p><a id="filepos150" /><p>Dry.</p>'
).encode("cp1252")
PACKAGE = (
    '<package><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The House</dc:title>'
    '<dc:creator>Ada</dc:creator><meta name="cover" content="cover_img"/></metadata><manifest>'
    '<item id="cover_img" media-type="image/png" href="Images/cover1.png"/></manifest>'
    '<guide><reference title="x" type="toc" href="book.html#filepos30" /></guide></package>'
)
NAVIGATION = (
    '<ncx><navMap><navPoint><navLabel><text>One</text></navLabel><content src="book.html#filepos99"/></navPoint>'
    '<navPoint><navLabel><text>Two</text></navLabel><content src="book.html#filepos150"/></navPoint></navMap></ncx>'
)
PNG = b"\x89PNG\r\n\x1a\n"


def refused(data: bytes, name: str = "a.mobi", limits: Limits | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        MobiReader(limits or Limits()).read(Source(data, name, "a", "en", "A"))
    assert caught.value.where == name
    return caught.value


def test_pages_of_an_old_book_become_documents_with_its_contents_and_cover() -> None:
    data = as_epub(PAGE, PACKAGE, NAVIGATION, PNG)
    work = EpubReader().read(Source(data, "a.mobi", "a", "en", "A"))
    assert (work.title, work.metadata.authors, work.metadata.cover) == ("The House", ("Ada",), PNG)
    assert [chapter.title for chapter in work.chapters] == ["Title", "One", "Two"]
    said = [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]
    assert said == ["The House", "Title", "One", "It rained in cafés.And", "Two", "Dry."]
    assert work.skipped_chars == {"toc": len("ContentsOne")}
    assert not work.problems


@pytest.mark.parametrize("odd", ["<a:>", "<b:1>", "<p@q>", "<x=y>", "<idx:é>"])
def test_odd_names_of_elements_are_passed_over(odd: str) -> None:
    page = PAGE.replace(b"It rained", f"It {odd}rained".encode("cp1252"))
    work = EpubReader().read(Source(as_epub(page, PACKAGE, NAVIGATION, PNG), "a.mobi", "a", "en", "A"))
    assert any("It rained" in paragraph.text for paragraph in work.chapters[1].paragraphs)


def test_a_book_is_unpacked_and_read() -> None:
    pytest.importorskip("mobi")
    work = read_work(
        Source(
            mobi("<html><body><h1>One</h1><p>It rained.</p><h1>Two</h1><p>Dry.</p></body></html>"),
            "a.azw3",
            "a",
            "en",
            "A",
        ),
        "a.azw3",
    )
    assert (work.title, work.metadata.authors) == ("The River House", ("Ada Marlow",))
    assert [chapter.title for chapter in work.chapters][-2:] == ["One", "Two"]


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mobi", None)
    assert refused(mobi("<p>a</p>")).hint == 'install it: pip install "audiobook-press[mobi]"'


def test_a_damaged_book_is_rejected() -> None:
    pytest.importorskip("mobi")
    assert "damaged" in refused(mobi("<p>a</p>")[:340]).message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (mobi("", encryption=1), "protected by DRM"),
        (mobi("", encryption=2), "protected by DRM"),
        (b"TPZ0" + bytes(100), "Topaz"),
        (b"CONT" + bytes(100), "KFX"),
        (b"\xeaDRMION\xee" + bytes(100), "KFX"),
        (mobi("", kind=b"TEXtREAd"), "PalmDoc"),
        (b"", "not a MOBI book"),
        (b"PK\x03\x04" + bytes(200), "not a MOBI book"),
        (mobi("")[:100], "is truncated"),
    ],
)
def test_books_that_cannot_be_read_say_why(data: bytes, message: str) -> None:
    error = refused(data)
    assert message in error.message
    assert error.hint


def test_the_language_is_announced() -> None:
    for locale, language in (
        (1033, "en-US"),
        (9, "en"),
        (1035, "fi-FI"),
        (36, "sl"),
        (0, None),
        (99_999, None),
    ):
        assert announced(reader_for("a.mobi"), mobi("", locale=locale), "a.mobi", None).language == language


def test_a_page_of_many_parts_takes_linear_time() -> None:
    def make(count: int) -> bytes:
        return "".join(
            f'<mbp:pagebreak/><a id="filepos{n}" /><p>a <a href="#filepos{n}">b</a></p>' for n in range(count)
        ).encode()

    assert_linear(lambda page: as_epub(page, PACKAGE, NAVIGATION, None), make, 60)
    names = zipfile.ZipFile(BytesIO(as_epub(make(5), PACKAGE, None, None))).namelist()
    assert "toc.ncx" not in names
