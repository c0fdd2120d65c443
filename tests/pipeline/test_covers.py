"""Whether a cover shows its title: told when it cannot, and seen when fonts have come since."""

from typing import Any

import msgspec
import pytest

from audiobook.book.cover_art import CoverText
from audiobook.book.record import CoverRecord
from audiobook.pipeline.covers import is_lettered_now, letters_problem

UNKNOWN = "𒀀𒀁"


class _Record(msgspec.Struct, frozen=True):
    """What is asked of a record."""

    title: str
    problems: tuple[str, ...]
    cover: CoverRecord
    slug: str = "essee"
    language: str = "fi"
    authors: tuple[str, ...] = ()


def record(title: str, *problems: str, drawn: bool = True) -> Any:
    cover = CoverRecord("essee.cover-00000000.jpg", 1, "0" * 64, 3000, drawn, "0" * 64)
    return _Record(title, problems, cover)


def problem() -> str:
    told = letters_problem(CoverText("essee", UNKNOWN, (), "fi"))
    assert told
    return f"texts/fi/essee.txt: {told}"


@pytest.mark.parametrize("title", ["Ääniä", "1984", "…", "Hei 😀"])
def test_a_title_with_letters_that_are_known_is_no_problem(title: str) -> None:
    assert letters_problem(CoverText("essee", title, (), "fi")) is None


def test_a_title_without_them_is_one_that_says_what_to_do() -> None:
    assert "put a picture beside the text" in problem()


def test_only_a_cover_that_was_without_its_title_and_need_not_be_is_made_again() -> None:
    assert is_lettered_now(record("Ääniä", problem()))
    assert not is_lettered_now(record(UNKNOWN, problem()))
    assert not is_lettered_now(record("Ääniä"))
    assert not is_lettered_now(record("Ääniä", problem(), drawn=False))
