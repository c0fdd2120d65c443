"""How chapters are grouped into episodes."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from records import put, record

from audiobook.publish.works.chapter_episodes import SHORTEST_S, Part, parts_of
from audiobook.publish.works.shelf import ShelvedChapter, packed_chapters


def chapters(*lengths: float, levels: tuple[int, ...] = ()) -> tuple[ShelvedChapter, ...]:
    made, at = [], 0.0
    for number, length in enumerate(lengths):
        level = levels[number] if levels else 1
        made.append(ShelvedChapter(f"C{number + 1}", level, at, at + length))
        at += length
    return tuple(made)


with tempfile.TemporaryDirectory() as folder:
    EDITION = put(Path(folder), record()).editions[0]


def parts(made: tuple[ShelvedChapter, ...], *, is_divided: bool = True) -> tuple[Part, ...]:
    return parts_of(replace(EDITION, packed_chapters=packed_chapters(made), is_divided=is_divided))


def spans(*lengths: float) -> list[tuple[int, int]]:
    return [(part.first, part.last) for part in parts(chapters(*lengths))]


def test_a_chapter_of_a_minute_is_a_part() -> None:
    assert spans(60, 100, 3600) == [(0, 1), (1, 2), (2, 3)]


def test_a_short_chapter_joins_the_next_and_the_last_joins_the_one_before() -> None:
    assert spans(5, 100, 10, 20, 90, 3) == [(0, 2), (2, 6)]


def test_a_work_of_short_chapters_is_one_part() -> None:
    assert spans(5, 6, 7) == [(0, 3)]


def test_a_title_above_a_chapter_is_joined_to_the_chapters_title() -> None:
    found = parts(chapters(5, 100, 100, 5, 100, levels=(1, 2, 2, 1, 1)))
    assert [part.title for part in found] == ["C1 · C2", "C3", "C4"]
    assert [part.number for part in found] == [1, 2, 3]


def test_a_work_whose_paragraphs_count_as_chapters_is_one_part() -> None:
    [part] = parts(chapters(100, 100, 100), is_divided=False)
    assert part == Part(1, EDITION.title, 0, 3)


@given(st.lists(st.floats(0.1, 200), min_size=1, max_size=40))
def test_parts_cover_every_chapter_once_and_only_a_single_part_may_be_short(lengths: list[float]) -> None:
    made = chapters(*lengths)
    found = parts(made)
    assert [at for part in found for at in range(part.first, part.last)] == list(range(len(made)))
    long = [made[part.last - 1].end_s - made[part.first].start_s >= SHORTEST_S for part in found]
    assert all(long) or len(found) == 1
