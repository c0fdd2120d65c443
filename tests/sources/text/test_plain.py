"""Plain text: titles, paragraphs and line numbers."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Paragraph, Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source, reader_for
from audiobook.sources.text.plain import PlainReader

TEXTS = Path(__file__).parents[3] / "texts"
ESSAYS = ("fi", "id", "lv", "pl", "sl")
TITLED_ESSAYS = {"sl"}
PROSE = "Tämä on kappale, jossa on lause. Ja toinenkin on."
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r", "form feed": "\f", "line separator": "\u2028"}


def read(text: str | bytes) -> Work:
    data = text.encode() if isinstance(text, str) else text
    return PlainReader().read(Source(data, "texts/fi/a.txt", "a", "fi", "Fallback title"))


def paragraphs(work: Work) -> list[Paragraph]:
    return [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]


def texts(work: Work) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(work)]


def solid(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


@pytest.mark.parametrize("name", ["a.txt", "a.TXT", "a.text"])
def test_plain_text_is_recognised_by_its_extension(name: str) -> None:
    assert isinstance(reader_for(name), PlainReader)


def test_an_unknown_extension_is_rejected_with_the_nearest_known_one() -> None:
    with pytest.raises(SourceError) as caught:
        reader_for("texts/fi/a.txtt")
    assert caught.value.where == "texts/fi/a.txtt"
    assert ".txt" in (caught.value.hint or "")


def test_the_files_name_slug_and_language_are_kept() -> None:
    work = read(f"Otsikko\n\n{PROSE}")
    assert (work.slug, work.language, work.name, work.problems) == ("a", "fi", "texts/fi/a.txt", ())


@pytest.mark.parametrize(
    "title",
    [
        "Kuunteleva lukija",
        "Miksi kuuntelemme?",
        "Kuuntele!",
        "1984",
        "Osa 2: alku",
        "Kissa (ja koira)",
        "Hän sanoi “kyllä” kerran",
        "t" * 100,
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n"])
def test_a_short_first_line_on_its_own_is_the_title(title: str, gap: str) -> None:
    work = read(f"{title}{gap}{PROSE}\n")
    assert work.title == title
    assert paragraphs(work)[0] == Paragraph(title, Kind.TITLE, ((0, 1),))
    assert texts(work) == [title, PROSE]


@pytest.mark.parametrize(
    "first",
    [
        "Eräänä päivänä tapahtui.",
        "Ja sitten…",
        "Se alkoi näin:",
        "Ensin,",
        "Ensin;",
        "Hän sanoi niin.)",
        "Hän sanoi: “Niin.”",
        '"Minne menet?"',
        "“Minne menet?”",
        "»Kam greš?»",
        "t" * 101,
        "* * *",
    ],
)
def test_a_first_line_of_prose_is_not_a_title(first: str) -> None:
    work = read(f"{first}\n\n{PROSE}\n")
    assert work.title == "Fallback title"
    assert texts(work) == [first, PROSE]
    assert Kind.TITLE not in {paragraph.kind for paragraph in paragraphs(work)}


@pytest.mark.parametrize(
    "first",
    ["»Kam greš?«", "„Geh nach Hause.“", "‚Ja.‘", "›Ja.‹", "「はい」", "『はい』", "„Dokąd idziesz?“"],
)
def test_a_first_line_of_speech_is_not_a_title_in_any_quotes(first: str) -> None:
    assert read(f"{first}\n\n{PROSE}\n").title == "Fallback title"


@pytest.mark.parametrize(
    "first",
    ["これは文です。", "我走了。", "यह एक वाक्य है।", "یہ ایک جملہ ہے۔", "Սա նախադասություն է։", "ሰላም ነው።"],
)
def test_a_first_sentence_of_prose_in_another_script_is_not_a_title(first: str) -> None:
    assert read(f"{first}\n\n{PROSE}\n").title == "Fallback title"


def test_a_wrapped_first_paragraph_is_not_a_title() -> None:
    work = read(f"Ensimmäinen rivi\nja toinen\n\n{PROSE}")
    assert work.title == "Fallback title"
    assert texts(work) == ["Ensimmäinen rivi ja toinen", PROSE]


def test_a_single_paragraph_is_text_and_not_a_title() -> None:
    work = read("Vain otsikko\n")
    assert work.title == "Fallback title"
    assert paragraphs(work) == [Paragraph("Vain otsikko", Kind.TEXT, ((0, 1),))]


def test_wrapped_lines_are_one_paragraph_if_blank_lines_separate() -> None:
    work = read("Otsikko\n\nYksi  kaksi\n\tkolme \nneljä\n \t\nviisi\n")
    assert texts(work) == ["Otsikko", "Yksi kaksi kolme neljä", "viisi"]
    assert paragraphs(work)[1].lines == ((0, 3), (11, 4), (17, 5))


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    work = read("Otsikko\nYksi kaksi.\nKolme neljä.\n")
    assert work.title == "Otsikko"
    assert texts(work) == ["Otsikko", "Yksi kaksi.", "Kolme neljä."]
    assert [paragraph.lines for paragraph in paragraphs(work)] == [((0, 1),), ((0, 2),), ((0, 3),)]


def test_blank_lines_at_either_end_do_not_separate_paragraphs() -> None:
    work = read("\n \nOtsikko\nYksi kaksi.\nKolme neljä.\n\n\n")
    assert texts(work) == ["Otsikko", "Yksi kaksi.", "Kolme neljä."]
    assert [paragraph.line_of(0) for paragraph in paragraphs(work)] == [3, 4, 5]


def test_each_character_of_a_wrapped_paragraph_knows_its_line() -> None:
    paragraph = paragraphs(read("Otsikko\n\nyksi\nkaksi\nkolme\n"))[1]
    lines = {paragraph.text[start : start + 4]: paragraph.line_of(start) for start in (0, 5, 11)}
    assert lines == {"yksi": 3, "kaks": 4, "kolm": 5}
    assert [paragraph.line_of(offset) for offset in (3, 4, 5, 9, 10, 11, 15)] == [3, 3, 4, 4, 4, 5, 5]


@pytest.mark.parametrize("end", LINE_ENDS.values(), ids=LINE_ENDS)
def test_line_numbers_are_right_with_every_line_end(end: str) -> None:
    work = read(end.join(["Otsikko", "", "yksi", "kaksi", "", "", "kolme", ""]))
    assert texts(work) == ["Otsikko", "yksi kaksi", "kolme"]
    assert [paragraph.lines for paragraph in paragraphs(work)] == [((0, 1),), ((0, 3), (5, 4)), ((0, 7),)]


@pytest.mark.parametrize("mark", ["* * *", "***", "---", "⁂", "…", "😀"])
def test_a_line_of_signs_is_a_break_and_not_a_chapter(mark: str) -> None:
    work = read(f"Otsikko\n\n{PROSE}\n\n{mark}\n\n{PROSE}\n")
    assert [paragraph.kind for paragraph in paragraphs(work)] == [
        Kind.TITLE,
        Kind.TEXT,
        Kind.BREAK,
        Kind.TEXT,
    ]
    assert [len(chapter.paragraphs) for chapter in work.chapters] == [3, 1]


def test_each_paragraph_is_a_chapter_named_by_its_opening_words() -> None:
    long = "Kappale alkaa monella sanalla ja jatkuu vielä monella muulla sanalla loppuun asti."
    work = read(f"Otsikko\n\n{long}\n\nLyhyt kappale.\n")
    assert [chapter.title for chapter in work.chapters] == [
        "Kappale alkaa monella sanalla ja jatkuu vielä…",
        "Lyhyt kappale.",
    ]
    assert {chapter.level for chapter in work.chapters} == {1}


def test_the_title_belongs_to_the_first_chapter() -> None:
    work = read(f"Otsikko\n\n{PROSE}\n\nToinen kappale.\n")
    assert [[each.kind for each in chapter.paragraphs] for chapter in work.chapters] == [
        [Kind.TITLE, Kind.TEXT],
        [Kind.TEXT],
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", " \t\u00a0\n", "* * *", "\ufeff", "…\n\n!?\n", "😀 😀", "\u200b"]
)
def test_a_text_without_words_is_rejected_by_name(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert caught.value.where == "texts/fi/a.txt"
    assert caught.value.hint


@pytest.mark.parametrize("text", ["<b>lihava</b>", '<break time="999s"/> a', "[[x]]", "&amp; ja &lt;", "# a"])
def test_markup_is_ordinary_text(text: str) -> None:
    assert texts(read(f"Otsikko\n\n{text}"))[1] == text


@pytest.mark.parametrize("language", ESSAYS)
def test_an_essay_has_a_title_only_if_it_starts_with_one_and_loses_no_letter(
    language: str, shared: Path
) -> None:
    data = (shared / "essays" / language / "customer-loyalty.txt").read_bytes()
    work = read(data)
    lines = [line for line in data.decode().split("\n") if line.strip()]
    own_title = lines.pop(0) if language in TITLED_ESSAYS else None
    assert work.title == (own_title or "Fallback title")
    shown = [each.text for each in paragraphs(work) if each.kind is Kind.TITLE]
    assert shown == ([own_title] if own_title else [])
    assert len(work.chapters) == len(lines) > 1
    assert solid("".join(texts(work))) == solid(data.decode())
    for chapter, line in zip(work.chapters, lines, strict=True):
        assert line.startswith(chapter.title.removesuffix("…"))


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*/*.txt")), ids=lambda path: path.parent.name)
def test_a_text_of_the_repository_has_a_title_and_chapters_and_loses_no_letter(path: Path) -> None:
    text = path.read_text("utf-8")
    work = read(text)
    found = paragraphs(work)
    assert work.title == text.split("\n")[0]
    assert found[0].kind is Kind.TITLE
    assert len(work.chapters) == sum(paragraph.kind is Kind.TEXT for paragraph in found) > 3
    said = solid("".join(texts(work)))
    if "marks" in work.skipped_chars:  # signs drawn around a title
        assert list(filter(str.isalnum, said)) == list(filter(str.isalnum, solid(text)))
    else:
        assert said == solid(text)


def test_the_repository_has_plain_texts_in_six_languages() -> None:
    assert {path.parent.name for path in TEXTS.glob("*/*.txt")} >= {"en", "fi", "id", "lv", "pl", "sl"}


PIECES = st.sampled_from(
    ["Otsikko", "sana ", ".", "?", "\n", "\n\n", "\r\n", "\f", "* * *", "”", " ", "\u200b", "ä", "1"]
)


def check(work: Work) -> None:
    """Check a work against what `document` promises."""
    assert work.title == " ".join(work.title.split()) != ""
    assert work.chapters
    for chapter in work.chapters:
        assert chapter.title
        assert chapter.paragraphs
        for paragraph in chapter.paragraphs:
            assert len(paragraph.text.splitlines()) == 1
            assert paragraph.lines[0][0] == 0
            assert list(paragraph.lines) == sorted(set(paragraph.lines))


@hypothesis_settings(max_examples=150)
@given(text=st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_keeps_its_letters_and_line_numbers(text: str) -> None:
    text = text.replace("\0", "").removeprefix("\ufeff")
    text = re.sub("[⁰¹²³⁴-⁹]", "", text)  # raised digits may be note marks
    try:
        work = read(text.encode("utf-8", "replace"))
    except SourceError:
        assert not any(map(str.isalnum, text))
        return
    check(work)
    said = solid("".join(texts(work)))
    if "marks" in work.skipped_chars:  # signs drawn around a title
        said, text_said = ("".join(filter(str.isalnum, each)) for each in (said, solid(text)))
        assert said == text_said
    else:
        assert said == solid(text)
    lines = [""]
    for character in text.replace("\r\n", "\n"):
        if character in "\n\r\v\f\x85\u2028\u2029":
            lines.append("")
        else:
            lines[-1] += character
    for paragraph in paragraphs(work):
        for offset, character in enumerate(paragraph.text):
            if not character.isspace():
                assert character in lines[paragraph.line_of(offset) - 1]


@given(data=st.binary())
def test_any_bytes_give_a_work_or_a_source_error_by_name(data: bytes) -> None:
    where = None
    try:
        check(read(data))
    except SourceError as error:
        where = error.where
    assert where is None or where.startswith("texts/fi/a.txt")


def test_a_decomposed_text_is_kept_as_written() -> None:
    text = unicodedata.normalize("NFD", "Äänikirja\n\nÄäniä ja ääntä.")
    assert solid("".join(texts(read(text)))) == solid(text)
