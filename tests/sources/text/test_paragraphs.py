"""What separates the paragraphs of a plain text: blank lines, long lines, or short ends of wrapped lines."""

import textwrap

import pytest

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.text.paragraphs import paragraphs_of
from audiobook.sources.text.plain import PlainReader

PROSE = [
    "The house stood at the end of the lane, and nobody had lived in it since the old captain went away to sea for "
    "the last time, taking with him the keys and the dog that used to bark at the postman every morning.",
    "“Shall we go in and look?” asked the boy, who was not afraid of anything as long as his sister walked in front.",
    "She did not answer, but pushed the gate with her foot, and it opened with a noise like a very old man who "
    "laughs at a joke that he has heard too often.",
    "“There is somebody in the kitchen,” she said after a while, and both of them stood still between the apple trees.",
    "They waited until the light in the window had gone out, and then they ran home without turning round once.",
]
VERSE = [
    "Here the river turns and slows,",
    "Here the evening wind is mild,",
    "Over all the meadow goes",
    "Softly singing like a child.",
]


def wrapped(paragraphs: list[str], width: int = 70, indent: str = "") -> list[str]:
    return [line for each in paragraphs for line in textwrap.wrap(each, width, initial_indent=indent)]


def found(lines: list[str]) -> list[str]:
    return [piece.text for piece in paragraphs_of(lines)]


def read(text: str) -> Work:
    return PlainReader().read(Source(text.encode(), "a.txt", "a", "en", "A"))


@pytest.mark.parametrize("width", [50, 70, 100])
@pytest.mark.parametrize("indent", ["", "   ", "\t"])
def test_wrapped_lines_without_blank_lines_are_joined(width: int, indent: str) -> None:
    assert found(wrapped(PROSE * 4, width, indent)) == PROSE * 4


def test_a_dash_that_opens_a_speech_begins_a_paragraph_and_one_within_a_speech_does_not() -> None:
    lines = [
        "Powóz zatrzymał się przed bramą i wysiadł z niego stary pan w futrze,",
        "który rozejrzał się dokoła i powiedział do służącego krótko i surowo!",
        "— Proszę zanieść te kufry na górę i zapalić lampę w moim gabinecie!",
        "— odpowiedział sobie sam i dodał ciszej, jakby bał się własnych słów,",
        "że nikt tu na niego nie czeka.",
    ]
    assert found(lines * 3) == [" ".join(lines[:2]), " ".join(lines[2:])] * 3


def test_blank_lines_between_chapters_alone_do_not_join_what_is_between_them() -> None:
    long = [text * 2 for text in PROSE]
    assert found([*long, *long, *long, "", "II", "", *long, *long, *long]) == [*long * 3, "II", *long * 3]
    lines = wrapped(PROSE * 4)
    assert found([*lines, "", *lines]) == PROSE * 8


def test_a_stanza_among_long_lines_stays_whole() -> None:
    long = [text * 2 for text in PROSE]
    assert found([*long, "", *VERSE, "", *long]) == [*long, " ".join(VERSE), *long]


@pytest.mark.parametrize(
    "lines",
    [
        VERSE * 10,
        ["One sentence stands here.", "And a second one stands here."] * 10,
        ["Milk", "Bread", "Salt"] * 9,
    ],
    ids=["verse", "sentences", "a list"],
)
def test_lines_that_are_not_wrapped_are_paragraphs(lines: list[str]) -> None:
    assert found(lines) == lines


def test_blank_lines_separate_paragraphs_where_lines_between_them_are_full() -> None:
    lines = [line for each in PROSE * 5 for line in [*textwrap.wrap(each, 70), ""]]
    assert found(lines) == PROSE * 5
    whole = " ".join(PROSE * 3)
    assert found([*wrapped([whole]), "", *wrapped([whole])]) == [whole, whole]


def test_prose_that_was_wrapped_unevenly_is_not_verse() -> None:
    lines = [line for each in PROSE * 9 for line in [*uneven(each), ""]]
    assert not any("\n" in paragraph.text for paragraph in read("\n".join(lines)).chapters[0].paragraphs)


def uneven(text: str) -> list[str]:
    """Return a paragraph whose lines are up to 62 characters long, every third of them ten shorter."""
    lines: list[str] = []
    rest = text
    while rest:
        first = textwrap.wrap(rest, 48 if len(lines) % 3 == 2 else 62)[0]
        lines.append(first)
        rest = rest[len(first) :].strip()
    return lines
