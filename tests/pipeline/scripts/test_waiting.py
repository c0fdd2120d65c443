"""What waits while clips are made comes back unchanged and in order, and is not in memory."""

from __future__ import annotations

import tracemalloc
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.book.script import SpokenChapter, SpokenParagraph, SpokenPassage
from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.document import Kind, Paragraph, Passage
from audiobook.files import Spool
from audiobook.pipeline.scripts.waiting import IN_MEMORY_BYTES, Waiting, WaitingScripts

CHAPTERS = [
    SpokenChapter(f"Chapter {number}", 1, (SpokenParagraph(Paragraph(f"Text {number}.", Kind.TEXT), ()),))
    for number in range(6)
]


@given(steps=st.lists(st.integers(-30, 120), max_size=12))
def test_values_are_taken_in_the_order_in_which_they_are_added(
    steps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A step adds that many values, or takes them."""
    expected: deque[int] = deque()
    number = 0
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        waiting = Waiting[int](spool)
        for step in steps:
            for _ in range(step):
                number += 1
                waiting.append(number)
                expected.append(number)
            for _ in range(min(-step, len(expected))):
                assert waiting.popleft() == expected.popleft()
            assert len(waiting) == len(expected)
        assert [waiting.popleft() for _ in range(len(waiting))] == list(expected)


def test_most_of_what_waits_is_not_in_memory(tmp_path: Path) -> None:
    with Spool(tmp_path, IN_MEMORY_BYTES) as spool:
        waiting = Waiting[str](spool)
        tracemalloc.start()
        for number in range(20_000):
            waiting.append(f"{number:1000}")
        held_bytes, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(waiting) == 20_000
        assert held_bytes < 20_000 * 1000 / 8


@pytest.mark.parametrize("has_many_missing", [True, False])
def test_the_chapters_of_a_script_are_the_same_in_a_file_and_in_memory(
    has_many_missing: bool, tmp_path: Path
) -> None:
    with Spool(tmp_path) as spool:
        chapters = WaitingScripts(spool, lambda: has_many_missing).chapters(iter(CHAPTERS))
        assert len(chapters) == 6
        assert [list(chapters), list(chapters)] == [CHAPTERS, CHAPTERS]
        assert (chapters[2], chapters[-1], list(chapters[1:3])) == (CHAPTERS[2], CHAPTERS[5], CHAPTERS[1:3])
        assert (chapters[0] is CHAPTERS[0]) is not has_many_missing


@pytest.mark.parametrize(("count", "stays"), [(4, True), (6, True), (10, False)])
def test_the_beginning_of_a_script_stays_in_memory_unless_most_of_it_is_in_the_file(
    count: int, stays: bool, tmp_path: Path
) -> None:
    speaker, sound = Speaker("tone", "1", "tone", 1.0, 1.0, 1.0, 22050), Sound(350, 0.0, -1.0, 64, 7)
    passages = (SpokenPassage(Passage((), "en"), "a" * 64, speaker, sound),) * 400
    paragraph = SpokenParagraph(Paragraph("Text.", Kind.TEXT), passages)
    long = [SpokenChapter(f"Chapter {number}", 1, (paragraph,)) for number in range(count)]
    with Spool(tmp_path) as spool:
        chapters = WaitingScripts(spool, lambda: False).chapters(iter(long))
        assert list(chapters) == long
        assert (chapters[0] is long[0]) is stays
