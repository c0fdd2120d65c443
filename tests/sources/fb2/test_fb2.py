"""FictionBook 2: chapters, notes, verse, the description, archives, and invalid files."""

import base64
import zipfile
from io import BytesIO

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Paragraph, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, ending_of, read_work, reader_for
from audiobook.sources.fb2.reader import Fb2Reader

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
HEAD = """<title-info><author><first-name>Ada</first-name><middle-name>B.</middle-name>
<last-name>Marlow</last-name></author><author><nickname>quill</nickname></author>
<book-title>Дом у реки</book-title><annotation><p>It rains.</p><p>It stops.</p></annotation>
<date value="1999-05-02">May</date><coverpage><image l:href="#c.png"/></coverpage><lang>ru</lang>
<sequence name="Rivers" number="2"/></title-info>"""
BODY = """<body><title><p>Ada Marlow</p><p>Дом у реки</p></title><epigraph><p>For all.</p></epigraph>
<section><title><p>Part one</p></title>
<section id="s"><title><p>Chapter 1</p><p>The Arrival</p></title>
<p>It rained<a l:href="#n1" type="note">[1]</a>, all day<a l:href="#n2">2</a>. <style name="x">Long</style> days.</p>
<empty-line/><p>Then <emphasis>snow</emphasis>.</p><subtitle>Evening</subtitle><p>Dark.</p>
<poem><title><p>Song</p></title><stanza><v>Rain, rain,</v><v>go away.</v></stanza></poem></section>
<section><title><p>Chapter 2</p></title><p>It ended.</p></section></section></body>
<body name="notes"><title><p>Notes</p></title><section id="n1"><title><p>1</p></title><p>On a Monday.</p></section>
<section id="n2"><p>On a Tuesday.</p></section></body>"""


def book(body: str = BODY, head: str = HEAD, rest: str = "", encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" '
        f'xmlns:l="http://www.w3.org/1999/xlink"><description>{head}</description>{body}{rest}</FictionBook>'
    )
    return text.encode(encoding)


def zipped(*names: str, data: bytes = b"") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data)
    return stream.getvalue()


def read(data: bytes, *narrate: str, name: str = "texts/ru/a.fb2", encoding: str | None = None) -> Work:
    return read_work(Source(data, name, "a", "ru", "Fallback", encoding, frozenset(narrate)), name)


def paragraphs(work: Work) -> list[Paragraph]:
    return [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]


def texts(work: Work) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(work)]


def refused(data: bytes, name: str = "texts/ru/a.fb2") -> str:
    with pytest.raises(SourceError) as caught:
        read(data, name=name)
    assert (caught.value.where or "").startswith(name)
    return caught.value.message


def test_a_book_is_read_by_its_sections() -> None:
    picture = f'<binary id="c.png" content-type="image/png">{base64.b64encode(PNG).decode()}</binary>'
    work = read(book(rest=picture))
    assert [(chapter.title, chapter.level) for chapter in work.chapters] == [
        ("Дом у реки", 1), ("Part one", 1), ("Chapter 1 The Arrival", 2), ("Chapter 2", 2)
    ]  # fmt: skip
    assert paragraphs(work)[0].kind is Kind.TITLE
    assert texts(work)[1:] == [
        "For all.", "Part one", "Chapter 1\nThe Arrival", "It rained, all day. Long days.", "* * *", "Then snow.",
        "Evening", "Dark.", "Song", "Rain, rain,\ngo away.", "Chapter 2", "It ended.",
    ]  # fmt: skip
    about = work.metadata
    assert (work.title, about.authors, about.language) == ("Дом у реки", ("Ada B. Marlow", "quill"), "ru")
    assert (about.series, about.series_position, about.date) == ("Rivers", "2", "1999-05-02")
    assert (about.description, about.cover) == ("It rains.\n\nIt stops.", PNG)
    assert work.skipped_chars["noterefs"] == len("[1]2")
    assert work.skipped_chars["footnotes"] == count_chars("Notes 1 On a Monday. On a Tuesday.")
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())
    assert paragraphs(work)[-1].where("a.fb2") == "a.fb2:12"
    assert "On a Monday." in texts(read(book(), "footnotes"))


def test_sections_without_titles_are_chapters_and_subtitles_open_them_where_there_are_no_titles() -> None:
    plain = (
        "<body><section><p>It rained.</p><p>Long.</p></section><section><p>It snowed.</p></section></body>"
    )
    work = read(book(plain))
    assert [chapter.title for chapter in work.chapters] == ["It rained.", "It snowed."]
    assert texts(work) == ["Дом у реки", "It rained.", "Long.", "It snowed."]
    subtitled = (
        "<body><section><subtitle>I</subtitle><p>Rain.</p><subtitle>II</subtitle><p>Sun.</p></section></body>"
    )
    assert [chapter.title for chapter in read(book(subtitled)).chapters][-2:] == ["I", "II"]


def test_old_encodings_are_read_as_declared_or_as_named() -> None:
    assert read(book(encoding="windows-1251")).title == "Дом у реки"
    bare = book(encoding="windows-1251").replace(b' encoding="windows-1251"', b"")
    work = read(bare, encoding="cp1251")
    assert (work.title, work.encoding) == ("Дом у реки", "cp1251")


@pytest.mark.parametrize("name", ["a.fb2.zip", "a.fbz", "a.FB2.ZIP"])
def test_a_book_in_an_archive_is_read(name: str) -> None:
    work = read(zipped("дом.fb2", data=book()), name=name)
    assert work.title == "Дом у реки"
    assert paragraphs(work)[-1].where(name) == f"{name}!дом.fb2:12"
    assert ending_of(name) == name[1:].lower()


def test_a_damaged_book_is_read_as_far_as_possible_and_reported() -> None:
    work = read(book().replace(b"</emphasis>", b"").replace(b"It ended.", b"It ended & began."))
    assert "not well-formed" in str(work.problems[0])
    assert "It ended" in texts(work)[-1]
    assert work.skipped_chars["footnotes"]


@pytest.mark.parametrize("odd", ["<w:span>", "<a:>", "<x:y z:w='1'/>", "<section:/>", "<é:ö>"])
def test_odd_names_of_elements_in_a_damaged_book_are_passed_over(odd: str) -> None:
    work = read(book().replace(b"It ended.", f"It {odd}ended.".encode()))
    assert "not well-formed" in str(work.problems[0])
    assert texts(work)[-1] == "It ended."


@pytest.mark.parametrize(
    "sign", ["&#xD800;", "&#55357;", "&#x0dfff;", "&#1;", "\x1f", "&#xFFFE;", "&#x110000;"]
)
def test_impossible_characters_in_a_damaged_book_are_passed_over(sign: str) -> None:
    data = book().replace(b"Dark.", b"Dark<.")
    for place in (b"It ended.", b"It rains.", b"Part one", b"Monday", b"Rivers", b'"#n1"'):
        damaged = data.replace(place, place[:2] + sign.encode() + place[2:])
        assert "Then snow." in texts(read(damaged, "footnotes"))


def test_the_language_is_announced_without_reading_the_book() -> None:
    for data, name in (
        (book(), "a.fb2"),
        (book(encoding="utf-16"), "a.fb2"),
        (zipped("b.fb2", data=book()), "a.fbz"),
    ):
        assert announced(reader_for(name), data, name, None).language == "ru"
    assert announced(Fb2Reader(), b"", "a.fb2", None).language is None


def test_files_that_are_not_books_are_rejected() -> None:
    assert "not a FictionBook" in refused(b"<a/>")
    assert "not well-formed" in refused(b"a")
    assert "no text to read aloud" in refused(book("<body><section/></body>"))
    assert "contains no FictionBook" in refused(zipped("a.txt"), "a.fb2.zip")
    assert "contains 2 FictionBook files" in refused(zipped("a.fb2", "b.fb2"), "a.fb2.zip")
    assert "not a zip archive" in refused(b"PK\x03\x04", "a.fbz")
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "/etc/passwd">]>'
    entities = book("<body><section><p>Rain.</p><p>&b;&c;</p></section></body>").replace(
        b"?>", b"?>" + bomb.encode(), 1
    )
    assert texts(read(entities)) == ["Дом у реки", "Rain."]


def test_a_cover_that_is_not_a_picture_is_reported() -> None:
    for picture in ("", '<binary id="c.png">????</binary>', '<binary id="c.png">YWJj</binary>'):
        work = read(book(rest=picture))
        assert work.metadata.cover is None
        assert any("cover" in problem.message for problem in work.problems)


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_bytes_give_a_work_or_our_own_error(data: st.DataObject) -> None:
    whole = book()
    at = data.draw(st.integers(0, len(whole)))
    mangled = whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 40)) :]
    try:
        read(mangled)
    except SourceError as error:
        where = error.where or ""
    else:
        where = "texts/ru/a.fb2"
    assert where.startswith("texts/ru/a.fb2")


@pytest.mark.parametrize(
    "unit",
    [
        "<section><title><p>a</p></title><p>b</p></section>",
        '<section><p>a<a l:href="#n">1</a></p><empty-line/></section>',
        "<binary id='a'>",
    ],
)
def test_a_book_of_many_parts_takes_linear_time(unit: str) -> None:
    def attempt(data: bytes) -> None:
        try:
            read(data)
        except SourceError:
            return

    assert_linear(attempt, lambda count: book(f"<body>{unit * count}</body>"), 60)
