"""Parts of a text read in the manner that it asks for."""

import pytest

from audiobook.document import Kind, Paragraph, Pause, Saying
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.passages import narrate
from audiobook.narration.rules.say_as import read_as

ROWS = (
    ("USB-C3", "characters", "en", "U S B C three"),
    ("1945", "digits", "en", "one nine four five"),
    ("1945", "digits", "fi", "yksi yhdeksän neljä viisi"),
    ("1,945", "cardinal", "en", "one thousand nine hundred and forty five"),
    ("XIV", "cardinal", "en", "fourteen"),
    ("XIV", "ordinal", "en", "fourteenth"),
    ("3.", "ordinal", "de", "dritte"),
    ("1945", "year", "en", "nineteen forty five"),
    ("5/11/2020", "date", "en", "2020-05-11"),
    ("25/11/2020", "date", "en", "2020-11-25"),
    ("5.11.2020", "date", "en", "2020-11-05"),
    ("5/11/2020", "date", "fr", "2020-11-05"),
    ("2020-11-05", "date", "fi", "2020-11-05"),
    ("14.30", "time", "en", "14:30"),
    ("8h05", "time", "fr", "8:05"),
    ("+44 20 79", "telephone", "en", "four four, two zero, seven nine"),
    ("abc", "ordinal", "en", None),
    ("5/13/13", "date", "en", None),
    ("99:99", "time", "en", None),
    ("5", "ordinal", "nl", None),
    ("AB1", "characters", "nl", "A B 1"),
    ("a@b-c.", "characters", "en", "A @ B C"),
    ("कि", "characters", "hi", "कि"),
    ("1.5", "cardinal", "en", None),
    ("1 500.", "cardinal", "en", "one thousand five hundred"),
)


def test_each_manner_reads_its_own_way() -> None:
    found = {row: read_as(row[0], row[1], grammar_of(row[2])) for row in ROWS}
    wrong = {
        row: said
        for row, said in found.items()
        if (said or "").replace("-", " ") != (row[3] or "").replace("-", " ")
    }
    assert not wrong


def spoken(paragraph: Paragraph) -> list[tuple[int | None, list[str]]]:
    passages = narrate(paragraph, "en")
    return [(passage.pause_ms, [sentence.text for sentence in passage.sentences]) for passage in passages]


def test_words_in_a_manner_keep_their_place_in_the_text() -> None:
    text = "On 5/11/2020 the XIV came."
    sayings = (Saying(3, 12, None, manner="date"), Saying(17, 20, None, manner="ordinal"))
    [passage] = narrate(Paragraph(text, Kind.TEXT, sayings=sayings), "en")
    [sentence] = passage.sentences
    assert sentence.text == "On the eleventh of May twenty twenty the fourteenth came."
    at = sentence.text.index("fourteenth")
    assert sentence.source_span(at, at + len("fourteenth")) == (17, 20)


def test_a_manner_that_does_not_fit_is_read_as_written() -> None:
    assert spoken(Paragraph("A b.", Kind.TEXT, sayings=(Saying(2, 3, None, manner="date"),))) == [
        (None, ["A b."])
    ]


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ((), [(None, ["One two.", "Three."])]),
        (((0, 5),), [(5, ["One two.", "Three."])]),
        (((3, 5),), [(None, ["One"]), (5, ["two.", "Three."])]),
        (((8, 5),), [(None, ["One two."]), (5, ["Three."])]),
        (((9, 5),), [(None, ["One two."]), (5, ["Three."])]),
        (((3, 5), (4, 7)), [(None, ["One"]), (7, ["two.", "Three."])]),
        (((15, 5),), [(None, ["One two.", "Three."])]),
    ],
)
def test_a_pause_begins_a_passage_at_its_place(
    pauses: tuple[tuple[int, int], ...], expected: list[tuple[int | None, list[str]]]
) -> None:
    asked = tuple(Pause(*pause) for pause in pauses)
    assert spoken(Paragraph("One two. Three.", Kind.TEXT, pauses=asked)) == expected
