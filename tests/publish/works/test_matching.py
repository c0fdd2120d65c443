"""Chapters are matched by titles and positions, in nearly linear time."""

from random import Random

from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from audiobook.publish.works.matching import matching_titles

TITLES = st.text("abcdef", max_size=12)


@given(TITLES, TITLES, TITLES)
def test_no_old_chapter_is_matched_twice_and_equal_titles_are_always_matched(
    there: str, gone: str, now: str
) -> None:
    found = matching_titles(there, gone, now)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(range(len(now)))
    before = there + gone
    for title in set(now):
        is_same = [before[place] == title for number, place in found.items() if now[number] == title]
        assert sum(is_same) == min(now.count(title), before.count(title))


@given(TITLES)
def test_equal_lists_match_position_by_position(titles: str) -> None:
    assert matching_titles(titles, "", titles) == {place: place for place in range(len(titles))}


def test_a_renamed_chapter_is_matched_by_position_unless_another_was_inserted_there() -> None:
    assert matching_titles("abc", "", "axc") == {0: 0, 1: 1, 2: 2}
    assert matching_titles("abc", "", "axyc") == {0: 0, 3: 2}


def test_renamed_chapters_are_counted_between_two_that_stayed() -> None:
    assert matching_titles("abcd", "", "axyce") == {0: 0, 3: 2, 4: 3}


def test_as_many_chapters_as_possible_count_as_those_that_stayed() -> None:
    assert matching_titles("abxcd", "", "bycad") == {0: 1, 1: 2, 2: 3, 3: 0, 4: 4}


def test_a_chapter_that_was_moved_is_not_also_matched_by_its_former_position() -> None:
    assert matching_titles("abcd", "", "axcdb") == {0: 0, 2: 2, 3: 3, 4: 1}


def test_many_chapters_with_few_titles_take_nearly_linear_time() -> None:
    random = Random(1)

    def match(chapters: int) -> None:
        before = [random.choice("abcdefg") for _ in range(chapters)]
        now = [random.choice("abcdefgh") for _ in range(chapters)]
        numbered = [str(random.randrange(chapters)) for _ in range(chapters)]
        matching_titles(before, (), now)
        matching_titles(before, now, numbered)
        matching_titles(numbered, (), sorted(numbered))

    assert_linear(match, int, 500)
