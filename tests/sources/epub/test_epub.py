"""EPUB: chapters from the table of contents, metadata, and what is skipped."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from books import members, page, zipped
from growth import assert_at_most
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from audiobook.document import Kind, Paragraph, Phonemes, Saying, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, reader_for
from audiobook.sources.epub.reader import EpubReader

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
BOOKS = ("georgia-pls-ssml", "love-among-the-chickens", "wasteland")


def read_data(data: bytes, *narrate: str) -> Work:
    source = Source(data, "texts/en/a.epub", "a", "en", "Fallback", narrate=frozenset(narrate))
    work = EpubReader().read(source)
    balanced(work)
    return work


def read(book: dict[str, str | bytes], *narrate: str) -> Work:
    return read_data(zipped(book), *narrate)


def balanced(work: Work) -> None:
    shown = sum(count_chars(each.text) for chapter in work.chapters for each in chapter.paragraphs)
    assert work.source_chars == shown + sum(work.skipped_chars.values())
    assert all(chapter.title and chapter.level > 0 and chapter.paragraphs for chapter in work.chapters)


def shape(work: Work) -> list[tuple[int, str, list[str]]]:
    return [(each.level, each.title, [one.text for one in each.paragraphs]) for each in work.chapters]


def line(title: str, link: str, inner: str = "") -> str:
    return f'<li><a href="{link}">{title}</a>{f"<ol>{inner}</ol>" if inner else ""}</li>'


def text_of(work: Work) -> str:
    return " ".join(each.text for chapter in work.chapters for each in chapter.paragraphs)


TWO = ("<h1>One</h1><p>First.</p>", "<h1>Two</h1><p>Second.</p>")
LISTED = line("Chapter One", "0.xhtml") + line("Chapter Two", "1.xhtml")


def test_an_epub_is_recognised_by_its_extension() -> None:
    assert isinstance(reader_for("a.EPUB"), EpubReader)


def test_chapters_follow_the_table_of_contents_and_the_title_comes_first() -> None:
    work = read(members(*TWO, contents=LISTED))
    assert shape(work) == [
        (1, "Chapter One", ["The Book", "One", "First."]),
        (1, "Chapter Two", ["Two", "Second."]),
    ]
    assert work.chapters[0].paragraphs[0].kind is Kind.TITLE
    assert work.problems == ()


def test_a_paragraph_names_its_document_and_line() -> None:
    paragraph = read(members(*TWO, contents=LISTED)).chapters[1].paragraphs[1]
    assert paragraph.where("texts/en/a.epub") == "texts/en/a.epub!OEBPS/1.xhtml:3"


def test_a_book_that_starts_with_its_title_does_not_get_it_twice() -> None:
    work = read(members("<h1>THE BOOK</h1><p>a</p>", contents=line("Start", "0.xhtml")))
    assert shape(work) == [(1, "Start", ["THE BOOK", "a"])]


def test_parts_keep_their_chapters() -> None:
    contents = line("Part One", "0.xhtml", line("A", "1.xhtml") + line("B", "2.xhtml#b")) + line(
        "Part Two", "3.xhtml"
    )
    bodies = ("<h1>Part One</h1>", "<h2>A</h2><p>a</p>", "<p>b0</p><div id='b'><p>b</p></div>", "<p>c</p>")
    assert shape(read(members(*bodies, contents=contents))) == [
        (1, "Part One", ["The Book", "Part One"]),
        (2, "A", ["A", "a", "b0"]),
        (2, "B", ["b"]),
        (1, "Part Two", ["c"]),
    ]


@pytest.mark.parametrize(
    ("part", "body", "expected"),
    [
        (
            "<span>Part One</span>",
            "<h2>A</h2><p>a</p>",
            [(1, "Part One", ["Part One"]), (2, "A", ["A", "a"])],
        ),
        (
            '<a href="0.xhtml">Part One</a>',
            "<h1>Part One</h1><h2>A</h2><p>a</p>",
            [(1, "Part One", ["Part One"]), (2, "A", ["A", "a"])],
        ),
        ('<a href="0.xhtml">Part One</a>', "<p>a</p>", [(1, "Part One", ["Part One"]), (2, "A", ["a"])]),
        (
            '<a href="0.xhtml">Part One</a>',
            "<h2>A</h2><p>a</p>",
            [(1, "Part One", ["Part One"]), (2, "A", ["A", "a"])],
        ),
        (
            '<a href="0.xhtml">I: Part</a>',
            "<h2>I. Part!</h2><p>a</p>",
            [(1, "I: Part", ["I. Part!"]), (2, "A", ["a"])],
        ),
        ('<a href="0.xhtml">Part One</a>', "<h2>Other</h2><p>a</p>", [(1, "Part One", ["Other", "a"])]),
    ],
)
def test_a_part_that_starts_with_its_first_chapter(
    part: str, body: str, expected: list[tuple[int, str, list[str]]]
) -> None:
    contents = f"<li>{part}<ol>{line('A', '0.xhtml')}</ol></li>"
    work = read(members(body, contents=contents))
    expected[0][2].insert(0, "The Book")
    assert shape(work) == expected


def test_notes_in_a_separate_document_of_an_old_book_are_skipped() -> None:
    bodies = (
        '<h1>One</h1><p>a<sup><a id="r1" href="1.xhtml#n%201">1</a></sup></p>',
        '<h1>Notes</h1><p id="n 1"><a href="0.xhtml#r1">1</a> x</p><p>y</p><h1>Two</h1><p>b</p>',
    )
    contents = line("One", "0.xhtml") + line("Notes", "1.xhtml")
    work = read(members(*bodies, contents=contents))
    assert shape(work) == [(1, "One", ["The Book", "One", "a"]), (1, "Notes", ["Two", "b"])]
    assert work.skipped_chars == {"noterefs": 1, "footnotes": len("Notes1xy")}


def test_skipped_text_makes_no_chapter_and_entries_below_it_move_up() -> None:
    contents = line("Title page", "0.xhtml", line("One", "1.xhtml")) + line("Notes", "1.xhtml#notes")
    bodies = (
        '<section epub:type="titlepage"><h1>The Book</h1></section>',
        '<h2>One</h2><p>a<a epub:type="noteref" href="#n">1</a></p><aside epub:type="footnotes" id="notes">n</aside>',
    )
    work = read(members(*bodies, contents=contents))
    assert shape(work) == [(1, "One", ["The Book", "One", "a"])]
    assert work.skipped_chars == {"titlepage": 7, "noterefs": 1, "footnotes": 1}
    wanted = read(members(*bodies, contents=contents), "titlepage", "noterefs", "footnotes")
    assert shape(wanted) == [
        (1, "Title page", ["The Book"]),
        (2, "One", ["One", "a 1"]),
        (1, "Notes", ["n"]),
    ]


def test_a_document_without_an_entry_continues_a_chapter_or_starts_one_with_its_heading() -> None:
    bodies = ("<p>Epigraph.</p>", TWO[0], "<p>goes on</p>", "<h2>Interlude</h2><p>i</p>", TWO[1])
    work = read(members(*bodies, contents=line("One", "1.xhtml") + line("Two", "4.xhtml")))
    assert shape(work) == [
        (1, "The Book", ["The Book", "Epigraph."]),
        (1, "One", ["One", "First.", "goes on"]),
        (1, "Interlude", ["Interlude", "i"]),
        (1, "Two", ["Two", "Second."]),
    ]


def test_a_heading_belongs_to_the_entry_that_points_after_it() -> None:
    body = "<h1>One</h1><p id='a'>First.</p><h2>Two</h2><p id='b'>Second.</p>"
    work = read(members(body, contents=line("One", "0.xhtml#a") + line("Two", "0.xhtml#b")))
    assert shape(work)[0] == (1, "One", ["The Book", "One", "First.", "Two"])


def test_chapters_are_in_reading_order_whatever_the_order_of_the_contents() -> None:
    work = read(members(*TWO, contents=line("Chapter Two", "1.xhtml") + line("Chapter One", "0.xhtml")))
    assert [chapter.title for chapter in work.chapters] == ["Chapter One", "Chapter Two"]


def test_entries_for_the_same_place_become_one_chapter_and_are_reported() -> None:
    work = read(
        members(*TWO, contents=line("x", "0.xhtml") + line("ONE", "0.xhtml#none") + line("2", "1.xhtml"))
    )
    assert [chapter.title for chapter in work.chapters] == ["ONE", "2"]
    assert str(work.problems[0]).endswith("which make no chapters: 1")


def test_a_chapter_without_words_is_joined_to_another() -> None:
    bodies = ("<p>* * *</p>", TWO[0], "<p>***</p>", TWO[1])
    contents = "".join(line(f"t{n}", f"{n}.xhtml") for n in range(4))
    assert shape(read(members(*bodies, contents=contents))) == [
        (1, "t1", ["The Book", "* * *", "One", "First.", "***"]),
        (1, "t3", ["Two", "Second."]),
    ]


def test_the_contents_of_epub_2_are_read() -> None:
    ncx = (
        '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>'
        "<navPoint><navLabel><text>Part &amp; One</text></navLabel><content src='0.xhtml'/>"
        "<navPoint><navLabel><text>Two</text></navLabel><content src='1.xhtml'/></navPoint></navPoint></navMap></ncx>"
    )
    book = members(*TWO, manifest='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
    del book["OEBPS/nav.xhtml"]
    work = read(book | {"OEBPS/toc.ncx": ncx})
    assert [(each.level, each.title) for each in work.chapters] == [(1, "Part & One"), (2, "Two")]


def test_without_contents_chapters_come_from_headings_or_else_documents() -> None:
    book = members("<h1>A</h1><p>a</p><h2>B</h2><p>b</p>", "<p>c</p>", manifest="")
    assert shape(read(book)) == [(1, "A", ["The Book", "A", "a"]), (2, "B", ["B", "b", "c"])]
    assert shape(read(members("<p>a b</p><p>c</p>", "<p>d</p>", manifest=""))) == [
        (1, "a b", ["The Book", "a b", "c"]),
        (1, "d", ["d"]),
    ]


def test_an_unreadable_table_of_contents_is_reported() -> None:
    work = read(members(*TWO) | {"OEBPS/nav.xhtml": b"\xff\xfe\xff"})
    assert [chapter.title for chapter in work.chapters] == ["One", "Two"]
    assert "its table of contents is ignored" in str(work.problems[0])


def test_metadata_of_epub_3_is_read() -> None:
    book = members(
        *TWO,
        metadata=(
            '<dc:creator id="a">Ann Author</dc:creator><meta refines="#a" property="role">aut</meta>'
            '<dc:creator opf:role="ill">Ike Illustrator</dc:creator><dc:creator>Bo Second</dc:creator>'
            '<dc:contributor id="n">Nan Narrator</dc:contributor><meta refines="#n" property="role">nrt</meta>'
            "<dc:description>&lt;p&gt;Of &lt;i&gt;two&lt;/i&gt; parts.&lt;/p&gt;</dc:description>"
            '<dc:date opf:event="modification">2020</dc:date><dc:date>1999-05-06T00:00:00Z</dc:date>'
            '<meta property="belongs-to-collection" id="c">The Series</meta>'
            '<meta refines="#c" property="collection-type">series</meta>'
            '<meta refines="#c" property="group-position">2.5</meta>'
        ),
        manifest='<item id="c" href="c.png" properties="cover-image" media-type="image/png"/>',
    )
    metadata = read(book | {"OEBPS/c.png": PNG}).metadata
    assert metadata.title == "The Book"
    assert metadata.authors == ("Ann Author", "Bo Second")
    assert (metadata.narrator, metadata.language, metadata.date) == ("Nan Narrator", "en", "1999-05-06")
    assert (metadata.series, metadata.series_position) == ("The Series", "2.5")
    assert metadata.description == "Of two parts."
    assert metadata.cover == PNG


def test_metadata_of_epub_2_is_read() -> None:
    book = members(
        *TWO,
        metadata=(
            '<dc:creator opf:role="aut">Ann</dc:creator><dc:creator opf:role="nrt">Nan</dc:creator>'
            '<dc:date opf:event="creation">2001</dc:date><dc:date opf:event="publication">1998-02</dc:date>'
            '<meta name="calibre:series" content="S"/><meta name="calibre:series_index" content="3"/>'
            '<meta name="cover" content="c"/>'
        ),
        manifest='<item id="c" href="c%20c.jpg" media-type="image/jpeg"/>',
    )
    metadata = read(book | {"OEBPS/c c.jpg": b"\xff\xd8\xff\xe0"}).metadata
    assert (metadata.authors, metadata.narrator, metadata.date) == (("Ann",), "Nan", "1998-02")
    assert (metadata.series, metadata.series_position, metadata.cover) == ("S", "3", b"\xff\xd8\xff\xe0")


def test_a_cover_that_is_missing_or_not_a_picture_is_reported() -> None:
    book = members(
        *TWO, manifest='<item id="c" href="c.svg" properties="cover-image" media-type="image/svg+xml"/>'
    )
    assert read(book | {"OEBPS/c.svg": "<svg/>"}).metadata.cover == b"<svg/>"
    for work in (read(book | {"OEBPS/c.svg": "<html/>"}), read(book)):
        assert work.metadata.cover is None
        assert any("!OEBPS/c.svg: the cover" in str(problem) for problem in work.problems)


def test_the_language_is_announced() -> None:
    assert announced(EpubReader(), zipped(members(*TWO)), "a.epub", None).language == "en"


def test_documents_outside_the_reading_order_are_skipped_and_reported() -> None:
    spine = '<itemref idref="d0"/><itemref idref="d1" linear="no"/>'
    work = read(members(*TWO, contents=LISTED, spine=spine))
    assert text_of(work) == "The Book One First."
    assert work.skipped_chars == {"non-linear": 10}
    assert "linear" in str(work.problems[0])


def test_documents_are_skipped_as_the_guide_of_epub_2_says() -> None:
    guide = '<guide><reference type="copyright-page" href="0.xhtml"/><reference type="text" href="1.xhtml"/></guide>'
    book = members("<p>All rights reserved.</p>", TWO[1], contents=LISTED, rest=guide)
    assert read(book).skipped_chars == {"imprint": 18}
    assert "All rights" in text_of(read(book, "imprint"))
    long = members("<p>" + "All rights reserved. " * 500 + "</p>", TWO[1], contents=LISTED, rest=guide)
    assert "All rights" in text_of(read(long))


PLS = (
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" version="1.0" xml:lang="en" alphabet="ipa">'
    "<lexeme><grapheme>First</grapheme><grapheme>Primo</grapheme><alias>Number one</alias></lexeme>"
    "<lexeme><grapheme>cat</grapheme><phoneme>kæt</phoneme></lexeme></lexicon>"
)


def test_a_lexicon_applies_to_the_documents_that_link_it() -> None:
    book = members(*TWO, contents=LISTED)
    link = '<link rel="pronunciation" type="application/pls+xml" hreflang="en" href="en.pls"/>'
    book["OEBPS/0.xhtml"] = page('<p>First, a <i ssml:ph="kæt">cat</i>.</p>', head=link)
    book["OEBPS/1.xhtml"] = page("<p>First again.</p>")
    work = read(book | {"OEBPS/en.pls": PLS})
    assert [chapter.paragraphs[-1].sayings for chapter in work.chapters] == [
        (Saying(0, 5, "Number one"), Saying(9, 12, None, Phonemes("kæt"))),
        (),
    ]
    assert not work.problems


@pytest.mark.parametrize(
    ("lexeme", "text", "phonemes"),
    [
        ("<alias>a</alias><phoneme>b</phoneme>", "a", Phonemes("b", "x-sampa")),
        ('<alias prefer="true">a</alias><phoneme>b</phoneme>', "a", None),
        (
            '<alias>a</alias><phoneme>b</phoneme><phoneme prefer="true" alphabet="ipa">c</phoneme>',
            "a",
            Phonemes("c"),
        ),
        ("<phoneme/><phoneme>b</phoneme>", None, Phonemes("b", "x-sampa")),
    ],
)
def test_a_lexicons_phonemes_are_used_unless_it_prefers_an_alias(
    lexeme: str, text: str | None, phonemes: Phonemes | None
) -> None:
    book = members(*TWO, contents=LISTED)
    book["OEBPS/0.xhtml"] = page("<p>First.</p>", head='<link rel="pronunciation" href="en.pls"/>')
    head, _, rest = PLS.replace('"ipa"', '"x-sampa"').partition("<alias>Number one</alias>")
    work = read(book | {"OEBPS/en.pls": head + lexeme + rest})
    assert work.chapters[0].paragraphs[-1].sayings == (Saying(0, 5, text, phonemes),)


def test_a_missing_lexicon_is_reported_once() -> None:
    book = members(*TWO, contents=LISTED)
    for name in ("OEBPS/0.xhtml", "OEBPS/1.xhtml"):
        book[name] = page("<p>a</p>", head='<link rel="pronunciation" href="x.pls"/>')
    assert [str(each) for each in read(book).problems] == [
        "texts/en/a.epub!OEBPS/x.pls: is missing; this lexicon is not used"
    ]


def test_html_entities_are_decoded_under_the_epub_2_doctype() -> None:
    book = members(*TWO, contents=LISTED)
    book["OEBPS/0.xhtml"] = (
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN"\n'
        '"http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml"><body>\n'
        "<p>a&nbsp;&mdash; b &amp; c &lt;d&gt; &eacute;&ldquo;</p></body></html>"
    )
    work = read(book)
    assert work.chapters[0].paragraphs[1] == Paragraph(
        "a — b & c <d> é“", Kind.TEXT, ((0, 5),), "!OEBPS/0.xhtml"
    )
    assert work.problems == ()


def test_an_old_encoding_is_read_as_the_document_declares() -> None:
    book = members(*TWO, contents=LISTED)
    book["OEBPS/0.xhtml"] = (
        '<?xml version="1.0" encoding="ISO-8859-2"?><html><body>Zażółć</body></html>'.encode("iso-8859-2")
    )
    assert "Zażółć" in text_of(read(book))


# --- damage and malice -------------------------------------------------------------------------------------------


def refused(data: bytes | dict[str, str | bytes]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_data(data if isinstance(data, bytes) else zipped(data))
    return caught.value


@pytest.mark.parametrize("place", ["%01", "a%00b", "%EF%BF%BF", "%ED%A0%80", "%FF", "&#9;%1F"])
def test_a_link_to_a_place_that_no_document_can_have_is_read(place: str) -> None:
    work = read(members(f'<h1>One</h1><p>It <a href="0.xhtml#{place}">rained</a>.</p>'))
    assert work.chapters[0].paragraphs[-1].text == "It rained."


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", zipped(members(*TWO))[:-60]])
def test_a_damaged_or_missing_zip_is_rejected_by_name(data: bytes) -> None:
    error = refused(data)
    assert error.where == "texts/en/a.epub"
    assert "not a zip archive" in error.message


def without(name: str) -> dict[str, str | bytes]:
    book = members(*TWO, contents=LISTED)
    del book[name]
    return book


def test_a_zip_that_is_not_an_epub_is_rejected() -> None:
    assert "META-INF/container.xml" in refused(without("META-INF/container.xml")).message


def test_a_missing_package_is_rejected_by_name() -> None:
    assert refused(without("OEBPS/content.opf")).where == "texts/en/a.epub!OEBPS/content.opf"


def test_a_missing_document_is_reported_and_the_rest_is_read() -> None:
    work = read(without("OEBPS/1.xhtml"))
    assert text_of(work) == "The Book One First."
    assert [str(each) for each in work.problems] == [
        "texts/en/a.epub!OEBPS/1.xhtml: is missing; this document is not read out"
    ]


def test_a_book_without_any_of_its_documents_is_rejected() -> None:
    book = without("OEBPS/1.xhtml")
    del book["OEBPS/0.xhtml"]
    assert refused(book).where == "texts/en/a.epub!OEBPS/0.xhtml"


def test_a_document_that_is_not_well_formed_is_read_as_html_and_reported() -> None:
    work = read(members("<p>One<p>two <b>three</i>", TWO[1], contents=LISTED))
    assert [each.text for each in work.chapters[0].paragraphs] == ["The Book", "One", "two three"]
    assert "!OEBPS/0.xhtml:" in work.problems[0].where
    assert "it is read as HTML" in work.problems[0].message


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("<p>" + "<b>" * 5000 + "x" + "</b>" * 5000 + "</p>", id="depth"),
        pytest.param("<p>a" + "<b/>" * 1_000_001 + "</p>", id="tags"),
        pytest.param(b"<html><body>caf\xe9 abc</body></html>", id="encoding"),
        pytest.param(b"<html><body>abc\0defghij</body></html>", id="NUL"),
    ],
)
def test_the_text_of_an_unreadable_document_is_counted(document: str | bytes) -> None:
    work = read(members(*TWO, contents=LISTED) | {"OEBPS/1.xhtml": document})
    assert text_of(work) == "The Book One First."
    assert work.skipped_chars["unreadable"] > 0
    assert work.problems[0].where.startswith("texts/en/a.epub!OEBPS/1.xhtml")


def test_damage_inside_the_zip_is_reported_for_its_document() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members(*TWO, contents=LISTED).items():
            archive.writestr(name, data)
    work = read_data(stream.getvalue().replace(b"Second.", b"Sekond."))
    assert "damaged" in str(work.problems[0])


@pytest.mark.slow
def test_a_zip_bomb_is_rejected_whatever_size_it_declares() -> None:
    bomb = page("a" * 100_000_000)
    data = zipped(members(*TWO, contents=LISTED) | {"OEBPS/1.xhtml": bomb})
    work = read_data(data)
    assert "more than 16 MB" in str(work.problems[0])
    lying = data.replace(len(bomb).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert any("!OEBPS/1.xhtml" in str(each) for each in read_data(lying).problems)
    smaller = zipped(members(*TWO, contents=LISTED) | {"OEBPS/1.xhtml": page("a" * 20_000_000)})
    assert_at_most(2, read_data, smaller, data)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_bomb_of_many_parts_is_rejected() -> None:
    big = page("<p>" + "a" * 9_999_000 + "</p>")
    error = refused(members(*[""] * 8) | {f"OEBPS/{n}.xhtml": big for n in range(8)})
    assert "more than 64 MB" in error.message


@pytest.mark.parametrize(
    "link", ["../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://x.y/z.xhtml", "http://[x"]
)
def test_nothing_outside_of_the_book_is_read(link: str) -> None:
    book = members(
        *TWO, contents=LISTED + line("x", link), spine='<itemref idref="d0"/><itemref idref="out"/>',
        manifest=f'<item id="out" href="{link}" media-type="application/xhtml+xml"/>',
    )  # fmt: skip
    work = read(book)
    assert text_of(work) == "The Book One First."
    assert any("nothing is downloaded" in str(each) for each in work.problems)


def encryption(method: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        f'<enc:EncryptionMethod Algorithm="{method}"/><enc:CipherData><enc:CipherReference URI="OEBPS/f.otf"/>'
        "</enc:CipherData></enc:EncryptedData></encryption>"
    )


def test_an_encrypted_book_is_rejected_but_obfuscated_fonts_are_allowed() -> None:
    book = members(*TWO, contents=LISTED)
    error = refused(
        book | {"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    )
    assert "DRM" in error.message
    for member, content, system in (
        ("META-INF/rights.xml", '<rights xmlns="http://ns.adobe.com/adept"/>', "Adobe ADEPT"),
        ("META-INF/rights.xml", "<rdk>kobo</rdk>", "Kobo"),
        ("META-INF/sinf.xml", "<sinf/>", "Apple FairPlay"),
        ("META-INF/license.lcpl", "{}", "Readium LCP"),
    ):
        encrypted = {"META-INF/encryption.xml": encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
        assert f"DRM ({system})" in refused(book | encrypted | {member: content}).message
    assert error.where == "texts/en/a.epub!META-INF/encryption.xml"
    fonts = encryption("http://www.idpf.org/2008/embedding")
    assert read(book | {"META-INF/encryption.xml": fonts}).chapters


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>a &x; b</p></body></html>',
        '<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd"><html><body><p>a b</p></body></html>',
    ],
    ids=["file", "remote DTD"],
)
def test_an_external_entity_is_not_loaded(document: str) -> None:
    work = read(members(*TWO, contents=LISTED) | {"OEBPS/0.xhtml": document})
    assert work.chapters[0].paragraphs[1].text == "a b"


@pytest.mark.parametrize("body", ["<p>a &e9; b</p>", '<p title="&e9;">a b</p>'], ids=["text", "attribute"])
def test_a_document_with_an_entity_bomb_is_reported(body: str) -> None:
    def bomb(body: str) -> Work:
        document = f"<!DOCTYPE html [{ENTITIES}]><html><body>{body}</body></html>"
        return read(members(*TWO, contents=LISTED) | {"OEBPS/0.xhtml": document})

    assert_at_most(10, bomb, body.replace("&e9;", "&e1;"), body)
    work = bomb(body)
    assert text_of(work) == "The Book Two Second."
    assert "is not read out" in str(work.problems[0])


def test_a_repeating_or_circular_reading_order_is_read_once() -> None:
    spine = '<itemref idref="d0"/><itemref idref="d0"/><itemref idref="loop"/>'
    manifest = '<item id="loop" href="x.svg" media-type="image/svg+xml" fallback="loop"/>'
    work = read(members(*TWO, spine=spine, manifest=manifest))
    assert text_of(work) == "The Book One First."
    assert ["twice" in str(each) or "image/svg+xml" in str(each) for each in work.problems] == [True, True]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_table_of_contents_with_100000_entries_is_reported_and_ignored() -> None:
    """Promise, bad input: “EPUB: … 100,000-entry TOC”."""
    lines = "".join(f'<li><a href="0.xhtml#i{number}">{number}</a></li>' for number in range(100_000))
    work = read(members("<h1>One</h1><p>First.</p>", contents=lines))
    assert [chapter.title for chapter in work.chapters] == ["One"]
    (problem,) = work.problems
    assert str(problem).startswith("texts/en/a.epub!OEBPS/nav.xhtml:")
    assert "has more than 20000 entries; its table of contents is ignored" in str(problem)


def test_a_reading_order_that_is_too_long_is_rejected() -> None:
    assert "more than 20000" in refused(members(*TWO, spine='<itemref idref="no"/>' * 30_000)).message


REAL = zipped(members(*TWO, "<table><tr><td>a</td><td>b</td></tr></table>", contents=LISTED))


@pytest.mark.slow
@hypothesis_settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.tuples(st.integers(0, len(REAL) - 1), st.binary(max_size=4)), min_size=1, max_size=6),
    cut=st.none() | st.integers(0, len(REAL)),
)
def test_a_book_with_any_bytes_changed_gives_a_work_or_our_error(
    changes: list[tuple[int, bytes]], cut: int | None
) -> None:
    data = bytearray(REAL)
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    _assert_work_or_our_error(bytes(data[:cut]))


@given(data=st.binary(max_size=300))
def test_any_bytes_give_a_work_or_our_error(data: bytes) -> None:
    _assert_work_or_our_error(data)
    _assert_work_or_our_error(b"PK\x03\x04" + data)


WORDS = st.sampled_from(
    ["<li>", "</li>", "<a href='0.xhtml#x'>", "</a>", "<ol>", "</ol>", "<p id='x'>", "</p>", "é", "\0", "<", "&", "]]>",
     "<h1>", "</h1>", "<spine/>", "&#0;", "<!DOCTYPE x [", "<![CDATA[", '"', "<br/>", "<itemref idref='d1'/>"]
)  # fmt: skip


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(
    name=st.sampled_from(["OEBPS/0.xhtml", "OEBPS/nav.xhtml", "OEBPS/content.opf", "META-INF/container.xml"]),
    words=st.lists(WORDS, max_size=8),
    at=st.floats(0, 1),
)
def test_a_book_with_any_member_broken_gives_a_work_or_our_error(
    name: str, words: list[str], at: float
) -> None:
    book = members(*TWO, contents=LISTED)
    text = str(book[name])
    cut = int(len(text) * at)
    _assert_work_or_our_error(zipped(book | {name: text[:cut] + "".join(words) + text[cut:]}))


def _assert_work_or_our_error(data: bytes) -> None:
    where: str | None = "texts/en/a.epub"
    try:
        read_data(data)
    except SourceError as error:
        where = error.where
    assert (where or "").startswith("texts/en/a.epub")


# --- real books --------------------------------------------------------------------------------------------------


@pytest.fixture
def book(shared: Path) -> Callable[[str], bytes]:
    return lambda name: (shared / "epub" / f"{name}.epub").read_bytes()


def contents_of(data: bytes) -> list[tuple[int, str, str]]:
    """Return the depth, title and link of each entry of a book's navigation, parsed independently."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        name = next(each for each in archive.namelist() if each.endswith(("nav.xhtml", "toc.xhtml")))
        root = etree.fromstring(archive.read(name))
    spaces = {"h": "http://www.w3.org/1999/xhtml", "e": "http://www.idpf.org/2007/ops"}
    links = etree.XPath("//h:nav[@e:type='toc']//h:a", namespaces=spaces)(root)
    depth = etree.XPath("count(ancestor::h:ol)", namespaces=spaces)
    return [
        (int(depth(link)), " ".join("".join(link.itertext()).split()), link.get("href")) for link in links
    ]


@pytest.mark.parametrize(
    ("name", "left_out", "moved_up"),
    [
        ("georgia-pls-ssml", set(), 0),
        (
            "love-among-the-chickens",
            {"Titlepage", "Imprint", "Love Among the Chickens", "Colophon", "Uncopyright"},
            1,
        ),
        ("wasteland", {'NOTES ON "THE WASTE LAND"'}, 0),
    ],
)
def test_a_real_book_has_the_chapters_of_its_table_of_contents(
    name: str, left_out: set[str], moved_up: int, book: Callable[[str], bytes]
) -> None:
    listed = [(depth, title) for depth, title, _ in contents_of(book(name)) if title not in left_out]
    chapters = read_data(book(name)).chapters
    if name == "wasteland":
        # The epigraph and the dedication of its title page come before the first entry.
        assert "Sibyllam" in chapters[0].paragraphs[1].text
        chapters = chapters[1:]
    assert [chapter.title for chapter in chapters] == [title.replace("\u2060", "") for _, title in listed]
    for chapter, (depth, _) in zip(chapters, listed, strict=True):
        assert chapter.level == (depth - moved_up if depth > 1 else depth)


@pytest.mark.parametrize("name", BOOKS)
def test_a_real_book_with_everything_narrated_has_every_chapter(
    name: str, book: Callable[[str], bytes]
) -> None:
    parts = ("titlepage", "imprint", "colophon", "footnotes", "endnotes", "noterefs", "pagebreaks", "toc")
    work = read_data(book(name), *parts)
    titles = [title.replace("\u2060", "") for _, title, _ in contents_of(book(name))]
    found = [chapter.title for chapter in work.chapters]
    assert [title for title in titles if title in found] == titles
    assert set(work.skipped_chars) <= {"non-linear", "line numbers", "noterefs", "picture"}


def test_verse_numbers_notes_and_languages_of_a_real_poem(book: Callable[[str], bytes]) -> None:
    work = read_data(book("wasteland"))
    opening = work.chapters[1].paragraphs[1]
    assert opening.text.split("\n")[:2] == [
        "April is the cruellest month, breeding",
        "Lilacs out of the dead land, mixing",
    ]
    assert "into the Hofgarten,\nAnd drank coffee" in opening.text
    assert [opening.text[each.start : each.end] for each in opening.foreign] == [
        "Bin gar keine Russin, stamm' aus Litauen, echt deutsch."
    ]
    assert set(work.skipped_chars) == {"titlepage", "endnotes", "noterefs", "line numbers"}


def test_a_real_article_is_read_without_its_notes_and_pages(book: Callable[[str], bytes]) -> None:
    work = read_data(book("georgia-pls-ssml"))
    text = text_of(work)
    assert "James Edward Oglethorpe, 1732-1743" in text
    assert "Although excelled by Alabama in the manufacture of mineral products" in text
    assert "The surface of Georgia is divided" in text
    assert "According to the usual nomenclature" not in text
    sayings = [saying for chapter in work.chapters for each in chapter.paragraphs for saying in each.sayings]
    assert sum(saying.phonemes is not None for saying in sayings) > 150


def test_a_real_novel_is_read_with_its_contents(book: Callable[[str], bytes]) -> None:
    work = read_data(book("love-among-the-chickens"))
    assert work.metadata.authors == ("P. G. Wodehouse",)
    assert (work.title, work.metadata.date) == ("Love Among the Chickens", "2017-12-11")
