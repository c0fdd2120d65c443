"""RTF: headings, encodings, notes, tables, what is left out, and invalid files."""

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, read_work, reader_for
from audiobook.sources.rtf.interpreter import Interpreter
from audiobook.sources.rtf.tokens import tokens_of

SHEET = (
    r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s2\sbasedon1 Kappale;}{\s15 Title;}"
    r"{\*\cs10\additive Default Font;}{\s3 heading 2;}}"
)
FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fcharset238 Times CE;}{\f2\fcharset204 Times Cyr;}"
    r"{\f3\fcharset2 Symbol;}{\f4\fcharset128 Mincho;}{\f5\fcharset186{\*\falt Arial}Times Baltic;}}"
)
INFO = r"{\info{\title Properties}{\author Ada Marlow; B. Quill}{\doccomm It rains.}{\nofpages1}}"


def rtf(body: str, head: str = "") -> bytes:
    return rf"{{\rtf1\ansi\ansicpg1252\deflang1033{FONTS}{SHEET}{head}{body}}}".encode("latin-1")


def read(data: bytes, *narrate: str, name: str = "texts/en/a.rtf") -> Work:
    return read_work(Source(data, name, "a", "en", "Fallback", narrate=frozenset(narrate)), name)


def texts(work: Work) -> list[str]:
    return [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]


def said(body: str, *narrate: str) -> list[str]:
    return texts(read(rtf(body), *narrate))


def test_styles_and_outline_levels_are_headings() -> None:
    work = read(
        rtf(
            r"\pard\s15 The River House\par\pard\s1 One\par\pard It rained.\par\pard\s3 By night\par\pard Dark.\par"
            r"\pard\s2 Two\par\pard Dry.\par\pard\outlinelevel0 Three\par\pard\outlinelevel9 Sun.\par",
            INFO,
        )
    )
    assert (work.title, work.metadata.authors) == ("The River House", ("Ada Marlow", "B. Quill"))
    assert work.metadata.description == "It rains."
    assert work.chapters[0].paragraphs[0].kind is Kind.TITLE
    assert [(chapter.title, chapter.level) for chapter in work.chapters][-4:] == [
        ("One", 1), ("By night", 2), ("Two", 1), ("Three", 1)
    ]  # fmt: skip
    assert work.skipped_chars == {}


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"caf\'e9 \lquote a\rquote\emdash b", "café ‘a’—b"),
        (r"{\f1 \'b9\'bf\'b3} \f2 \'c4\'ee\'ec", "ążł Дом"),
        (r"{\f5 \'e2\'ee} and \'e2", "āī and â"),
        (r"{\f4 \'93\'fa\'96\'7b}", "日本"),
        (r"\u8364?5 \u-3913?", "€5 \uf0b7"),
        (r"\uc2\u228\'c3\'a4x {\uc0\u246}\u246\'c3\'b6y", "äx ööy"),
        (r"\u55357?\u56832?!", "😀!"),
        (r"\u55357?!", "\ufffd!"),
        (r"a\'01b\u0?c\u65535?d\u128?e", "a b c d e"),
        (r"a\~b co\-op no\_break \{x\} \\", "a b coop no\u2011break {x} \\"),
        ("soft\r\nwrapped te\nxt", "softwrapped text"),
        (r"{\upr{bad}{\*\ud{good \u228?}}}", "good ä"),
        (r"{\field{\*\fldinst HYPERLINK \"http://a\"}{\fldrslt link}} on", "link on"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt Box}}{\shprslt Old}} on", "Box on"),
        (r"{\*\unknown secret}a{ \fonttbl{\f9 X;}}b{*\generator G}c", "abc"),
        (r"{\pict\bin5 \}}}}}b", "b"),
        (r"a\tab b\emspace c", "a b c"),
        (r"line\line two", "line\ntwo"),
        (r"{\b Bold} and {\i it}alic", "Bold and italic"),
    ],
)
def test_characters_are_decoded_as_their_font_and_code_page_say(written: str, read_as: str) -> None:
    assert said(written + r"\par Z.")[0] == read_as


def test_the_code_page_of_the_file_applies_to_fonts_without_their_own_set() -> None:
    data = rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset0 Arial;}}\f0\'c4\'ee\'ec \plain\'c4\par Z.}"
    assert texts(read(data))[0] == "Дом Д"
    assert texts(read(rb"{\rtf1\mac \'8a\par Z.}"))[0] == "ä"
    assert texts(read("{\\rtf1\\ansi\\ansicpg65001 ä\\par Z.}".encode()))[0] == "ä"


def test_notes_are_left_out_at_their_place_and_counted() -> None:
    body = r"It rained{\super\chftn{\footnote\pard\s1{\super\chftn} On a Monday.\par Twice.}}, all day{\footnote\ftnalt End.}.\par Z."
    work = read(rtf(body))
    assert texts(work) == ["It rained, all day.", "Z."]
    assert work.skipped_chars == {"footnotes": len("OnaMonday.Twice."), "endnotes": len("End.")}
    assert any("On a Monday." in text for text in said(body, "footnotes"))


def test_raised_text_stays_with_its_word() -> None:
    assert said(r"10{\super 6} m{\up6 2} H{\sub 2}O\par Z.")[0] == "10⁶ m² H2O"


def test_lines_that_look_like_headings_keep_their_looks() -> None:
    document = Interpreter("a.rtf")
    document.run(
        tokens_of(rtf(r"\pard\qc One\par\pard\b Two\b0\par{\fs40 Three}\par\plain It {\b rained}.\par"))
    )
    shown = [(p.get("align"), [(each.tag, each.text) for each in p]) for p in document.body.root]
    assert shown == [
        ("center", []), (None, [("b", "Two")]), (None, [("b", "Three")]), (None, [("b", "rained")])
    ]  # fmt: skip


def test_a_document_without_marked_headings_has_chapters_by_what_looks_like_one() -> None:
    for look in (r"\pard\qc {}\par", r"\pard\b {}\b0\par", r"\pard{{\fs40 {}}}\par"):
        titles = ["The Door", "The Stair", "Another Roof"]
        body = "".join(look.format(title) + r"\pard It rained.\par Then it stopped.\par" for title in titles)
        work = read(rtf(body))
        assert ([chapter.title for chapter in work.chapters], work.chapters_by) == (titles, "names")


def test_lists_and_tables_are_read_in_order() -> None:
    rows = r"\trowd\pard\intbl Rain\cell Sun\cell\row\trowd\pard\intbl Wet\par Cold\cell Dry\cell\row"
    work = read(
        rtf(rf"First:\par\pard\ls1{{\listtext 1.\tab}}bread\par{{\listtext 2.}}salt\par{rows}\pard Last.\par")
    )
    assert texts(work) == ["First:", "bread", "salt", "Rain, Sun", "Wet Cold, Dry", "Last."]
    assert work.skipped_chars == {"list labels": len("1.2.")}


def test_what_is_not_the_text_is_counted() -> None:
    work = read(
        rtf(
            r"{\header The House}{\*\atnid AB}{\atnauthor A. B.}{\*\annotation Really?}{\footerr 3}It {\v secret}rains{\deleted old}.\par"
            r"{\field{\*\fldinst TOC \\o}{\fldrslt One 3\par Two 5\par}}{\f3 \'b7}Z."
        )
        + b"tail"
    )
    assert texts(work) == ["It rains.", "Z."]
    assert work.skipped_chars == {
        "running heads": len("TheHouse3"), "comments": len("Really?"), "hidden": len("secret"),
        "deleted text": len("old"), "toc": len("One3Two5"), "symbols": 1, "after the end": 4,
    }  # fmt: skip
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())


def test_the_language_is_that_of_most_parts() -> None:
    def language(body: str) -> str | None:
        return announced(reader_for("a.rtf"), rtf(body), "a.rtf", None).language

    assert language(r"{\lang1035 a}{\lang1035 b}{\lang1033 c}") == "fi-FI"
    assert language(r"{\lang1024 a}") == "en-US"
    assert language(r"{\lang1060 a}") == "sl-SI"


def test_a_file_that_is_cut_off_is_read_and_reported() -> None:
    work = read(rtf(r"It rained.\par It sto")[:-1])
    assert texts(work) == ["It rained.", "It sto"]
    assert "is truncated" in work.problems[0].message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not an RTF file"),
        (b"plain", "not an RTF file"),
        (rtf(""), "no text to read aloud"),
        (b"{\\rtf1" + b"{" * 20_000, "nested too deeply"),
    ],
)
def test_files_that_are_not_documents_are_rejected(data: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(data)


WORDS = st.sampled_from(
    r"{ } \par \u228? \'e4 \'e {\footnote \cell \row \intbl \f1 \f4 \bin9999999999 \u99999 \uc99 {\stylesheet {\*\ud \s1 \plain a".split()
)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=30))
def test_any_sequence_of_words_gives_a_work_or_our_own_error(words: list[str]) -> None:
    try:
        read(rtf("a " + "".join(words)))
    except SourceError as error:
        where = error.where or ""
    else:
        where = "texts/en/a.rtf"
    assert where.startswith("texts/en/a.rtf")


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        r"a{\super 1}b ",
        r"{\footnote a}",
        r"\intbl a\cell\row",
        "{a",
        r"{\field{\*\fldinst TOC}{\fldrslt a\par}}",
        r"\u228?",
    ],
)
def test_a_document_of_many_parts_takes_linear_time(unit: str) -> None:
    assert_linear(read, lambda count: rtf("a " + unit * count), 100)
