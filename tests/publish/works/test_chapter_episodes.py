"""How chapters are grouped into episodes."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
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


def parts(
    made: tuple[ShelvedChapter, ...],
    *,
    is_divided: bool = True,
    earlier: Sequence[Sequence[str]] = (),
) -> tuple[Part, ...]:
    edition = replace(EDITION, packed_chapters=packed_chapters(made), is_divided=is_divided)
    return parts_of(edition, earlier)


def titles(made: tuple[ShelvedChapter, ...], found: tuple[Part, ...]) -> list[tuple[str, ...]]:
    """Return the titles of the chapters of each part."""
    return [tuple(one.title for one in made[part.first : part.last]) for part in found]


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
    long = [round(made[part.last - 1].end_s - made[part.first].start_s, 3) >= SHORTEST_S for part in found]
    assert all(long) or len(found) == 1


NAMES = st.sampled_from(["Letter", "Poem", "One", "Two"])
MADE = st.lists(st.tuples(NAMES, st.floats(0.1, 100)), min_size=1, max_size=30)


def named(rows: Sequence[tuple[str, float]]) -> tuple[ShelvedChapter, ...]:
    made = chapters(*(length for _, length in rows))
    return tuple(
        ShelvedChapter(row[0], 1, one.start_s, one.end_s) for row, one in zip(rows, made, strict=True)
    )


# The last part has become too short.
@example([("One", 60), ("Two", 90)], [("One", 60), ("Poem", 30), ("Two", 40)])
@given(MADE, MADE)
def test_parts_stay_as_they_are_whatever_they_were_made_from(
    old: list[tuple[str, float]], new: list[tuple[str, float]]
) -> None:
    earlier = titles(named(old), parts(named(old)))
    made = named(new)
    found = parts(made, earlier=earlier)
    assert [at for part in found for at in range(part.first, part.last)] == list(range(len(made)))
    assert parts(made, earlier=titles(made, found)) == found
    long = [round(made[part.last - 1].end_s - made[part.first].start_s, 3) >= SHORTEST_S for part in found]
    assert all(long) or len(found) == 1


# The last chapter has exactly the shortest length, but not after the sum of the others.
@example(
    [20.0, 21.0, 22.0, 61.0, 70.58078795473394, 99.47123934944881, 99.41235208836828, 60.0],
    0,
    58.68160386854828,
)
@given(
    st.lists(st.floats(20, 100), min_size=6, max_size=30, unique=True), st.integers(0, 30), st.floats(1, 59)
)
def test_an_inserted_short_chapter_changes_one_part_or_adds_one(
    lengths: list[float], place: int, length: float
) -> None:
    rows = [(f"C{number}", each) for number, each in enumerate(lengths)]
    before = titles(named(rows), parts(named(rows)))
    at = min(place, len(rows))
    made = named([*rows[:at], ("New", length), *rows[at:]])
    now = titles(made, parts(made, earlier=before))
    assert len(set(before) - set(now)) <= 1
    assert len(set(now) - set(before)) <= 2
