"""Headings of plain text that are underlined with signs."""

import pytest

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.text.plain import PlainReader

PROSE = "The man walked down the long road, and at the end of it he saw a dog that was asleep. He went on."


def read(text: str) -> Work:
    return PlainReader().read(Source(text.encode(), "a.txt", "a", "en", "Fallback"))


def outline(text: str) -> tuple[str, list[tuple[int, str, list[str]]]]:
    work = read(text)
    chapters = [(each.level, each.title, [one.text for one in each.paragraphs]) for each in work.chapters]
    return work.title, chapters


def test_signs_below_headings_are_their_levels_and_those_of_the_first_are_the_title() -> None:
    text = f"The Guide\n=========\n\nOne\n---\n\n{PROSE}\n\nInner part\n~~~~~~~~~~\n{PROSE}\n\nTwo\n---\n\n{PROSE}\n"
    assert outline(text) == (
        "The Guide",
        [
            (1, "One", ["The Guide", "One", PROSE]),
            (2, "Inner part", ["Inner part", PROSE]),
            (1, "Two", ["Two", PROSE]),
        ],
    )
    assert read(text).chapters_by == "marked"


def test_signs_above_and_below_are_another_style_than_signs_below() -> None:
    text = f"*****\nGuide\n*****\n\nOne\n***\n\n{PROSE}\n\n*****\nOther\n*****\n\nTwo\n***\n\n{PROSE}\n"
    assert [(level, title) for level, title, _ in outline(text)[1]] == [
        (1, "Guide"),
        (2, "One"),
        (1, "Other"),
        (2, "Two"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n\n-----\n\n{PROSE}\n\n-----\n\n{PROSE}",
        f"Only one\n--------\n\n{PROSE}\n\n{PROSE}",
        f"Name   Age\n----------------------------------------\nAnn    7\n\n{PROSE}\n\nTown\n------------------\nTurku",
        f"{PROSE * 9}\n\n" * 9 + f"Late\n----\n\n{PROSE}\n\nLater\n-----\n\n{PROSE}",
    ],
    ids=["breaks", "a single one", "tables", "late ones"],
)
def test_other_rows_of_signs_make_no_headings(text: str) -> None:
    assert read(text).chapters_by != "marked"
