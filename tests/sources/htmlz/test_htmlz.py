"""HTMLZ: the page, its metadata and its cover; and invalid archives."""

import pytest
from books import zipped

from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, read_work, reader_for

PAGE = (
    "<html><head><title>Unknown</title></head><body><h1>Talo</h1>\n<h2>One</h2><p>It rained.</p>\n<h2>Two</h2>"
    "<p>Dry.</p></body></html>"
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
    "<dc:title>The River House</dc:title><dc:creator>Ada Marlow</dc:creator><dc:language>fi</dc:language>"
    '<meta name="calibre:series" content="Rivers"/><meta name="calibre:series_index" content="2"/></metadata>'
    '<guide><reference type="cover" href="c.png"/></guide></package>'
)
PNG = b"\x89PNG\r\n\x1a\n"


def read(**members: str | bytes) -> Work:
    data = zipped({name.replace("_", "."): content for name, content in members.items()})
    return read_work(Source(data, "texts/en/a.htmlz", "a", "en", "Fallback"), "a.htmlz")


def test_a_book_is_read_with_the_metadata_of_its_package() -> None:
    work = read(index_html=PAGE, metadata_opf=PACKAGE, c_png=PNG, style_css="p {}")
    about = work.metadata
    assert (work.title, about.authors, about.language) == ("The River House", ("Ada Marlow",), "fi")
    assert (about.series, about.series_position, about.cover) == ("Rivers", "2", PNG)
    assert [chapter.title for chapter in work.chapters][-2:] == ["One", "Two"]
    assert work.chapters[-1].paragraphs[-1].where(work.name) == "texts/en/a.htmlz!index.html:3"


def test_without_a_usable_package_the_page_describes_itself() -> None:
    work = read(index_html=PAGE.replace("Unknown", "Talo"))
    assert (work.title, work.problems, work.metadata.cover) == ("Talo", (), None)
    damaged = read(index_html=PAGE, metadata_opf="<a>", cover_jpg=b"no picture")
    assert "metadata of the book is ignored" in damaged.problems[0].message
    assert damaged.metadata.cover is None


def test_the_language_of_the_package_or_of_the_page_is_announced() -> None:
    reader = reader_for("a.htmlz")
    both = zipped({"index.html": PAGE.replace("<html>", '<html lang="sv">'), "metadata.opf": PACKAGE})
    page = zipped({"index.html": PAGE.replace("<html>", '<html lang="sv">')})
    assert [announced(reader, data, "a.htmlz", None).language for data in (both, page)] == ["fi", "sv"]


def test_archives_without_a_page_are_rejected() -> None:
    for members in ({"a.txt": "a"}, {"a.html": "a", "b.html": "b"}):
        with pytest.raises(SourceError, match=r"index\.html is missing"):
            read_work(Source(zipped(members), "a.htmlz", "a", "en", "A"), "a.htmlz")
    with pytest.raises(SourceError, match="not a zip archive"):
        read_work(Source(b"", "a.htmlz", "a", "en", "A"), "a.htmlz")
