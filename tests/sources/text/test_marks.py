"""Marks in Markdown and plain text: what they ask for, where they are, and what is said about malformed ones."""

import pytest
from growth import assert_at_most, assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Chapter, Kind, Paragraph, Phonemes, Work
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, reader_for
from audiobook.sources.text.marks.codes import Codes
from audiobook.sources.text.marks.plain import hide_marks

BOTH = ("a.md", "a.txt")


def read(text: str, name: str = "a.md") -> Work:
    return reader_for(name).read(Source(text.encode(), name, "a", "en", "Fallback"))


def paragraphs(work: Work) -> list[Paragraph]:
    return [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]


def only(text: str, name: str = "a.md") -> Paragraph:
    work = read(f"{text}\n\nThe end.\n", name)
    assert not work.problems
    [paragraph, _] = paragraphs(work)
    return paragraph


def told(paragraph: Paragraph) -> list[tuple[str, object]]:
    """Return the requests of marks for each part of a paragraph."""
    text = paragraph.text
    sayings = [
        (text[one.start : one.end], one.text or (one.phonemes and one.phonemes.symbols) or one.manner)
        for one in paragraph.sayings
    ]
    return [*sayings, *((text[one.start : one.end], one.language) for one in paragraph.foreign)]


@pytest.mark.parametrize("name", BOTH)
def test_words_in_brackets_are_said_as_asked(name: str) -> None:
    rows = {
        'We use [SQL]{say="sequel"} here.': ("We use SQL here.", [("SQL", "sequel")]),
        "Of [XIV]{as=ordinal}.": ("Of XIV.", [("XIV", "ordinal")]),
        'In [Turku]{phonemes="ˈturku"}!': ("In Turku!", [("Turku", "ˈturku")]),
        "[C'est ça.]{lang=fr} No.": ("C'est ça. No.", [("C'est ça.", "fr")]),
        "[le [word]{say=wurd} ça]{ lang = fr }": ("le word ça", [("word", "wurd"), ("le word ça", "fr")]),
        "[le [word]{lang=de} ça]{lang=fr}": ("le word ça", [("le ", "fr"), ("word", "de"), (" ça", "fr")]),
        "[a]{say=“b c”} [d]{say='e'} [f]{say=‘g’}": ("a d f", [("a", "b c"), ("d", "e"), ("f", "g")]),
        r'[a]{say="say \"b\" \\ c"}': ("a", [("a", r'say "b" \ c')]),
        "one [two\nthree]{lang=fr\nsay=x} four\nfive": (
            "one two three four five",
            [("two three", "x"), ("two three", "fr")],
        ),
        "[x]{.red say=y #id other=1}": ("x", [("x", "y")]),
    }
    found = {text: (only(text, name).text, told(only(text, name))) for text in rows}
    assert found == rows


def test_phonemes_keep_their_alphabet() -> None:
    said = only('[a]{phonemes=x alphabet=x-sampa} [b]{phonemes="ˈy" say=z}').sayings
    assert [(one.text, one.phonemes) for one in said] == [
        (None, Phonemes("x", "x-sampa")),
        ("z", Phonemes("ˈy", "ipa")),
    ]


def test_languages_next_to_each_other_stay_apart() -> None:
    assert told(only("[a]{lang=fr}[b]{lang=de}[c]{lang=de}")) == [("a", "fr"), ("bc", "de")]


@pytest.mark.parametrize("name", BOTH)
def test_lines_and_offsets_stay_exact_around_marks(name: str) -> None:
    text = "First [words]{say=x} and\nsecond {pause=2s} line,\n[third\nline]{lang=fr pause=500ms} end.\n"
    paragraph = only(text, name)
    assert paragraph.text == "First words and second line, third line end."
    for number, line in enumerate(("First", "second", "third", "line end"), 1):
        assert paragraph.line_of(paragraph.text.index(line)) == number
    places = [(paragraph.text[pause.offset :], pause.length_ms) for pause in paragraph.pauses]
    assert places == [(" line, third line end.", 2000), (" end.", 500)]


@pytest.mark.parametrize("name", BOTH)
def test_a_container_gives_its_paragraphs_a_voice_and_a_language(name: str) -> None:
    work = read('::: {voice="en-gb" lang=en-GB pause=1.5s}\nOne.\n\nTwo.\n:::\n\nThree.\n', name)
    assert not work.problems
    assert [(one.text, one.voice, one.language) for one in paragraphs(work)] == [
        ("One.", "en-gb", "en-GB"),
        ("Two.", "en-gb", "en-GB"),
        ("Three.", None, None),
    ]
    assert [len(one.pauses) for one in paragraphs(work)] == [1, 0, 0]
    assert [told(one) for one in paragraphs(work)] == [[("One.", "en-GB")], [("Two.", "en-GB")], []]
    assert [one.line_of(0) for one in paragraphs(work)] == [2, 4, 7]


@pytest.mark.parametrize("name", BOTH)
def test_marks_on_separate_lines_apply_to_the_next_paragraph(name: str) -> None:
    work = read(
        '{chapter="The \\"Sea\\""}\n\nOne.\n\n{voice=x}\n{pause=2s}\nTwo.\n\n{chapter=Land}\nThree.\n\n{pause=3s}\n',
        name,
    )
    assert not work.problems
    assert [chapter.title for chapter in work.chapters] == ['The "Sea"', "Land"]
    assert [
        (one.text, one.voice, [(p.offset, p.length_ms) for p in one.pauses]) for one in paragraphs(work)
    ] == [
        ("One.", None, []),
        ("Two.", "x", [(0, 2000)]),
        ("Three.", None, [(6, 3000)]),
    ]


def test_marks_of_a_heading_shape_its_chapter() -> None:
    text = "# My Book {level=0}\n\n## [I]{as=cardinal} {#one}\n\nA.\n\n## Note {chapter=no}\n\nB.\n\n## II {chapter=Land}\n\nC.\n"
    work = read(text)
    assert not work.problems
    assert (work.title, [chapter.title for chapter in work.chapters]) == ("My Book", ["I", "Land"])
    assert [one.kind for one in paragraphs(work)][:4] == [Kind.TITLE, Kind.HEADING, Kind.TEXT, Kind.HEADING]


@pytest.mark.parametrize("name", BOTH)
def test_signs_that_are_said_in_words_are_spoken(name: str) -> None:
    [_, arrow, stars] = paragraphs(read('One.\n\n[→]{say="leads to"}\n\n[* * *]{lang=fr}\n', name))
    assert (arrow.kind, stars.kind) == (Kind.TEXT, Kind.BREAK)
    [passage] = narrate(arrow, "en")
    assert [sentence.text for sentence in passage.sentences] == ["leads to"]


def test_a_mark_in_a_title_is_not_shown() -> None:
    work = read('# Learning [SQL]{say="sequel"}\n\nText.\n')
    assert work.title == "Learning SQL"
    assert told(paragraphs(work)[0]) == [("SQL", "sequel")]


@pytest.mark.parametrize("name", BOTH)
def test_a_mark_in_front_matter_is_reported(name: str) -> None:
    work = read("---\ntitle: 'A [b]{say=c} {x}'\n---\nText.\n", name)
    assert work.title == "A [b]{say=c} {x}"
    assert [str(problem) for problem in work.problems] == [
        f"{name}:2: marks in front matter are read as written; write them in a heading"
    ]


@pytest.mark.parametrize(
    ("mark", "shown", "message"),
    [
        ("[a]{say=}", "a", "a mark is left out: it cannot be understood"),
        ('[a]{say=""}', "a", "a mark is left out: say is empty"),
        ("[a]{as=colour}", "a", "a mark is left out: “colour” is not one of characters, digits,"),
        ("[a]{as=ordinal}", "a", "a mark is left out: “a” is not a whole number"),
        ("[a]{lang=x_y}", "a", "a mark is left out: “x_y” is not a language code"),
        ("[a]{lang=zz}", "a", "a mark is left out: “zz” is not a language code"),
        ("[1.5]{as=cardinal}", "1.5", "a mark is left out: “1.5” is not a whole number"),
        ("[12/25]{as=date}", "12/25", "a mark is left out: “12/25” is not a date"),
        ("[a1]{as=telephone}", "a1", "a mark is left out: “a1” is not a number"),
        ("{level=1} a", "a", "a mark is left out: level needs a heading or a chapter"),
        ("[a]{chapter=b}", "a", "a mark is left out: a role or chapter belongs on a separate line"),
        ("::: {role=x}\na\n:::", "a", "a mark is left out: “x” is not one of quotation, note, direction"),
        (
            "a {pause=soon}",
            "a",
            "a mark is left out: “soon” is not a pause of at most 60 s; write 2s or 500ms",
        ),
        ("a {pause=61s}", "a", "a mark is left out: “61s” is not a pause"),
        ("a {say=b}", "a", "a mark is left out: say needs words in brackets"),
        ("a {voice=b} c", "a c", "a mark is left out: voice belongs on a line of its own above the"),
        ('a {say="b', 'a {say="b', "a mark is left out: the closing brace is missing"),
        ("[a [b]{say=c}]{say=d}", "a b", "a mark is left out: the words in it have their own mark"),
        ("{chapter=End}", "", "there is nothing after this mark for it to change"),
        ("::: {voice=x}", "", "“:::” is not closed, so it applies to the end of the text"),
    ],
)
@pytest.mark.parametrize("name", BOTH)
def test_a_malformed_mark_is_a_problem_at_its_line(name: str, mark: str, shown: str, message: str) -> None:
    work = read(f"First.\n\nSecond\nline.\n\n{mark}\n", name)
    assert [one.text for one in paragraphs(work)][2:] == ([shown] if shown else [])
    [problem] = work.problems
    assert problem.where == f"{name}:6"
    assert problem.message.startswith(message)


def test_a_line_of_colons_that_closes_nothing_is_a_problem_in_markdown_and_a_break_in_plain_text() -> None:
    assert [str(problem) for problem in read("A.\n\n:::\n").problems] == [
        "a.md:3: “:::” is left out, because it closes nothing"
    ]
    assert [one.kind for one in paragraphs(read("A.\n\n:::\n", "a.txt"))] == [Kind.TEXT, Kind.BREAK]


def test_braces_that_are_not_marks_stay_text() -> None:
    plain = (
        "a {b} c",
        "[1]{x} [y]{z=1}",
        "{ say }",
        "f(x) = {x = 1}",
        "::: warning",
        r"C:\dir {0}",
        "{{ say }}",
    )
    assert [only(text, "a.txt").text for text in plain] == list(plain)
    assert only(r"not \{pause=2s} here", "a.txt").text == "not {pause=2s} here"
    markdown = {
        r"not \{pause=2s} here": "not {pause=2s} here",
        "the set {x=1} holds": "the set {x=1} holds",
        "`{pause=2s}` in code": "{pause=2s} in code",
        "word{#id}": "word",
        "*word*{.red} more": "word more",
        "word ![](x.png){width=50%}": "word",
        "[a link](x){.external} [ref]": "a link [ref]",
    }
    assert {text: only(text).text for text in markdown} == markdown


def test_containers_of_other_programs_are_not_read() -> None:
    work = read("::: warning Be careful\nHot.\n:::\n\n:::: {.note}\n::: tip\nCold.\n:::\n::::\n")
    assert not work.problems
    assert [one.text for one in paragraphs(work)] == ["Be careful", "Hot.", "Cold."]


@given(
    st.text('ab []{}:\\"=\n#*`\ufdd0\ufde0\ufde1')
    | st.lists(
        st.sampled_from(
            [
                "[",
                "]{say=x}",
                "[word]{say=x}",
                "[mot]{lang=fr}",
                "{pause=1s}",
                "::: {lang=fr}",
                ":::",
                "\n",
                "\n\n",
                "word",
                "{chapter=c}",
                "# ",
                "]{",
                "}",
                "\\",
            ]
        )
    ).map("".join)
)
@hypothesis_settings(max_examples=60)
def test_no_mark_is_ever_shown(text: str) -> None:
    for name in BOTH:
        for paragraph in paragraphs(read(f"Start.\n\n{text}\n\nEnd.\n", name)):
            assert not set(map(chr, range(0xFDD0, 0xFDF0))) & set(paragraph.text)
            assert all(0 <= one.start <= one.end <= len(paragraph.text) for one in paragraph.sayings)
            assert all(0 <= one.start <= one.end <= len(paragraph.text) for one in paragraph.foreign)
            assert all(0 <= one.offset <= len(paragraph.text) for one in paragraph.pauses)


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_many_marks_in_one_paragraph_take_linear_time(name: str) -> None:
    marked = repeated("[a]{lang=fr} [b]{say=c} {pause=1s} d\n", before="A.\n\n")
    assert_linear(lambda text: read(text, name), marked, 2000)


def test_a_span_that_ends_in_another_paragraph_is_a_problem() -> None:
    work = read("One [two\nthree]{say=x} four.\n", "a.txt")  # a paragraph a line
    assert [one.text for one in paragraphs(work)] == ["One two", "three four."]
    assert [str(problem) for problem in work.problems] == [
        "a.txt:2: a mark is left out: its “[” is in another paragraph"
    ]


def test_marks_without_an_opening_bracket_cost_no_more_than_others() -> None:
    whole, cut = "[word]{lang=fi} " * 400, "word]{lang=fi} " * 400
    assert_at_most(3, lambda text: hide_marks(text, Codes()), whole, cut)


def test_the_same_marks_read_the_same_in_both_formats() -> None:
    text = "One [two]{say=x}.\n\n::: {voice=v}\nThree {pause=1s} four.\n:::\n\n{chapter=C}\nFive.\n"

    def seen(chapter: Chapter) -> list[object]:
        return [(one.text, one.sayings, one.pauses, one.voice, one.line_of(0)) for one in chapter.paragraphs]

    one, other = (read(text, name).chapters for name in BOTH)
    assert list(map(seen, one)) == list(map(seen, other))


def test_marks_do_not_hide_the_headings_of_plain_text() -> None:
    text = (
        'Book\n\nCHAPTER I. {chapter="The Sea"}\n\nA.\n\n{voice=v}\nCHAPTER II.\n\nB.\n\n{chapter=Land}\n\n'
        "CHAPTER III. {pause=2s}\n\nC\n{pause=1s}\n\n{voice=w} CHAPTER IV. [Home]{say=h}\n\nD.\n\n{say=x}\n\nE.\n"
    )
    work = read(text, "a.txt")
    assert [chapter.title for chapter in work.chapters] == [
        "The Sea", "CHAPTER II.", "Land", "CHAPTER IV. Home"
    ]  # fmt: skip
    assert [(one.text, one.pauses[0].length_ms) for one in paragraphs(work) if one.pauses] == [
        ("CHAPTER III.", 2000),
        ("C", 1000),
    ]
    assert [one.voice for one in paragraphs(work) if one.voice] == ["v", "w"]
    assert [problem.where for problem in work.problems] == ["a.txt:23"]
