"""A cover drawn for want of fonts or of the extra for SVG is made again once they are installed."""

from typing import Any

import msgspec
import pytest

from audiobook.book.cover_file import NO_LETTERS
from audiobook.book.record.stamps import CoverRecord
from audiobook.pipeline.texts.covers import is_better_now

UNKNOWN = "𒀀𒀁"


class _Record(msgspec.Struct, frozen=True):
    """The parts of a record that are used here."""

    title: str
    problems: tuple[str, ...]
    cover: CoverRecord
    slug: str = "essee"
    language: str = "fi"
    authors: tuple[str, ...] = ()


def record(title: str, *problems: str, drawn: bool = True) -> Any:
    cover = CoverRecord("essee.cover-00000000.jpg", 1, "0" * 64, 3000, drawn, "0" * 64, "0" * 64)
    return _Record(title, problems, cover)


PROBLEM = f"texts/fi/essee.txt: {NO_LETTERS}"


def test_only_a_cover_that_lacks_a_title_it_could_show_is_made_again() -> None:
    assert is_better_now(record("Ääniä", PROBLEM))
    assert not is_better_now(record(UNKNOWN, PROBLEM))
    assert not is_better_now(record("Ääniä"))
    assert not is_better_now(record("Ääniä", PROBLEM, drawn=False))


def test_a_cover_that_is_an_svg_is_used_once_it_can_be_drawn() -> None:
    pytest.importorskip("resvg_py")
    refused = "texts/fi/essee.epub: the cover is an SVG, so it is not used; save it as PNG"
    assert is_better_now(record("Ääniä", refused))
    assert not is_better_now(record("Ääniä", refused, drawn=False))
