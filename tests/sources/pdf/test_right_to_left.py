"""Text written from right to left is read in its own order, with the numbers and words of other scripts in it."""

from functools import partial

import pytest
from growth import assert_linear, repeated
from pages import texts
from pdf_files import Text, pdf

from audiobook.sources.pdf.extraction.right_to_left import in_reading_order
from audiobook.sources.pdf.extraction.text import read_document


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (".םחל לכאו (ולש אמא םע) התיבה", "הביתה (עם אמא שלו) ואכל לחם."),
        ("רמאו ,14:30 העשב 12.5.2020-ב", "ב-12.5.2020 בשעה 14:30, ואמר"),
        ("לא World Health Organization ןוגרא", "ארגון World Health Organization אל"),
        ("ויה 1914-1918 תנש", "שנת 1914-1918 היו"),
        ("םעו iPhone 15 Pro םע", "עם iPhone 15 Pro ועם"),
        ("םעו ++C םע", "עם C++ ועם"),
        ("$20 וא 3,500 ריחמ 25% לש", "של 25% מחיר 3,500 או $20"),
        ("20 דע 10", "10 עד 20"),
        ("ةسردملا 1918-1914 يف (٢٥)", "(٢٥) في 1914-1918 المدرسة"),
        ("»םולש« רמא", "אמר »שלום«"),
        ("Only Latin words (here)", "Only Latin words (here)"),
    ],
)
def test_a_line_is_put_in_reading_order(seen: str, read: str) -> None:
    assert in_reading_order(seen, right_to_left=True) == read


def test_words_within_a_text_from_left_to_right_are_turned_alone() -> None:
    seen = "The word םלוע םולש (hello) of 1948 is תיב."
    assert in_reading_order(seen, right_to_left=False) == "The word שלום עולם (hello) of 1948 is בית."


def test_brackets_that_pdfium_has_mirrored_are_set_right() -> None:
    assert in_reading_order("The word םולש )hello( here", right_to_left=False) == "The word שלום (hello) here"


def read(page: list[Text]) -> list[str]:
    return texts(read_document(pdf([page])).pages)


def hebrew(text: str) -> str:
    return "".join(chr(ord(letter) - ord("A") + 0x5D0) if letter.isalpha() else letter for letter in text)


def test_a_page_is_read_from_right_to_left_whatever_the_order_in_the_file() -> None:
    lines = [
        Text(50, 540, "MLKJI HGFE DCBA (LKJ) 1948 CBA DCBA", font="F3"),
        Text(224, 528, "TSRQPO", font="F3"),
        Text(188, 528, ".DCBA", font="F3"),
    ]
    letters = [
        Text(text.x + 6 * at, text.y, letter, font="F3")
        for text in lines
        for at, letter in enumerate(text.text)
        if letter != " "
    ]
    wanted = "ABCD ABC 1948 (JKL) ABCD EFGH IJKLM OPQRST ABCD."
    said = [hebrew(wanted)]
    assert read(lines) == read(lines[::-1]) == read(letters) == said


def test_columns_are_read_from_right_to_left() -> None:
    column = ["DCBA HGFE LKJI DCBA", "DCBA HGFE LKJI CBAA", "DCBA HGFE LKJI BBAA", ".DCBA HGFE LKJI AAA"]
    page = [
        Text(left, 540 - 12 * at, text.replace("K", mark), font="F3")
        for left, mark in ((50, "Z"), (200, "Y"))
        for at, text in enumerate(column)
    ]
    said = " ".join(read(page))
    assert said.rindex(hebrew("Y")) < said.index(hebrew("Z"))


@pytest.mark.slow
@pytest.mark.parametrize("right_to_left", [True, False])
@pytest.mark.parametrize("unit", ["א1.", "a 1 א(", "1,", "$", "א\u05b0 "])
def test_a_long_line_is_ordered_in_linear_time(unit: str, right_to_left: bool) -> None:
    assert_linear(
        partial(in_reading_order, right_to_left=right_to_left), repeated(unit, before="א", after="א"), 4000
    )
