"""Chapters are found again by their titles and their places, in little time."""

from random import Random

from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from audiobook.publish.works.matching import same_titles

TITLES = st.text("abcdef", max_size=12)


@given(TITLES, TITLES, TITLES)
def test_each_was_one_at_most_and_none_is_lost_whose_title_is_there(there: str, gone: str, now: str) -> None:
    found = same_titles(there, gone, now)
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(range(len(now)))
    before = there + gone
    for title in set(now):
        is_same = [before[place] == title for number, place in found.items() if now[number] == title]
        assert sum(is_same) == min(now.count(title), before.count(title))


@given(TITLES)
def test_what_is_the_same_stays_where_it_is(titles: str) -> None:
    assert same_titles(titles, "", titles) == {place: place for place in range(len(titles))}


def test_a_new_name_in_an_old_place_is_the_old_one_and_one_more_is_none() -> None:
    assert same_titles("abc", "", "axc") == {0: 0, 1: 1, 2: 2}
    assert same_titles("abc", "", "axyc") == {0: 0, 3: 2}


def test_many_chapters_with_few_titles_take_nearly_linear_time() -> None:
    random = Random(1)

    def match(chapters: int) -> None:
        before = [random.choice("abcdefg") for _ in range(chapters)]
        now = [random.choice("abcdefgh") for _ in range(chapters)]
        numbered = [str(random.randrange(chapters)) for _ in range(chapters)]
        same_titles(before, (), now)
        same_titles(before, now, numbered)
        same_titles(numbered, (), sorted(numbered))

    assert_linear(match, int, 500)
