"""Text that knows the origin of each of its characters."""

import re

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Phonemes
from audiobook.narration.aligned import AlignedText


def origins(said: AlignedText) -> list[tuple[str, int, int]]:
    return list(zip(said.text, said.starts, said.ends, strict=True))


def test_a_text_is_its_own_origin() -> None:
    assert origins(AlignedText.original("aä😀")) == [("a", 0, 1), ("ä", 1, 2), ("😀", 2, 3)]
    assert origins(AlignedText.original("")) == []


def test_a_replacement_comes_from_everything_it_replaced() -> None:
    said = AlignedText.original("a--b").sub(re.compile("--"), " – ")
    assert origins(said) == [("a", 0, 1), (" ", 1, 3), ("–", 1, 3), (" ", 1, 3), ("b", 3, 4)]


def test_removed_text_leaves_the_origins_of_the_rest_unchanged() -> None:
    said = AlignedText.original("xaxbx").sub(re.compile("x"), "")
    assert origins(said) == [("a", 1, 2), ("b", 3, 4)]


def test_everything_can_be_removed() -> None:
    assert origins(AlignedText.original("xxx").sub(re.compile("x+"), "")) == []


def test_origins_are_tracked_through_every_step() -> None:
    said = AlignedText.original("a \u00ad- b").sub(re.compile("\u00ad"), "").sub(re.compile(" - "), "–")
    assert origins(said) == [("a", 0, 1), ("–", 1, 5), ("b", 5, 6)]


def test_a_replacement_equal_to_the_match_changes_nothing() -> None:
    said = AlignedText.original("a  b").sub(re.compile(" +"), " ")
    assert said.sub(re.compile("a"), "a") is said
    assert said.sub(re.compile("[ab]"), lambda match: match.group()) is said
    assert origins(said) == [("a", 0, 1), (" ", 1, 3), ("b", 3, 4)]


def test_no_match_changes_nothing() -> None:
    said = AlignedText.original("abc")
    assert said.sub(re.compile("x"), "y") is said


def test_an_empty_match_is_ignored() -> None:
    said = AlignedText.original("abc")
    assert said.sub(re.compile(""), "y") is said
    assert said.sub(re.compile("b?"), "y").text == "ayc"


def test_a_replacement_is_literal() -> None:
    assert AlignedText.original("ab").sub(re.compile("(a)"), r"\1\n").text == r"\1\nb"


def test_a_replacement_can_depend_on_the_match() -> None:
    said = AlignedText.original("a1b22").sub(re.compile(r"\d+"), lambda match: match.group() * 2)
    assert said.text == "a11b2222"
    assert list(said.starts) == [0, 1, 1, 2, 3, 3, 3, 3]
    assert list(said.ends) == [1, 2, 2, 3, 5, 5, 5, 5]


def test_a_part_keeps_its_origin() -> None:
    said = AlignedText.original("xab").sub(re.compile("x"), "")
    assert origins(said.part(1, 2)) == [("b", 2, 3)]
    assert origins(said.part(1, 1)) == []


def test_the_original_text_is_unchanged() -> None:
    said = AlignedText.original("abc")
    said.sub(re.compile("b"), "xyz")
    assert said == AlignedText.original("abc")
    assert (list(said.starts), list(said.ends)) == ([0, 1, 2], [1, 2, 3])


def test_unchanged_text_needs_no_memory_for_its_origins() -> None:
    said = AlignedText.original("ab  cd").sub(re.compile(" +"), " ")
    assert said.part(3, 5) == AlignedText("cd", range(4, 6), range(5, 7))


Step = tuple[str, str]
STEPS = st.lists(
    st.tuples(st.sampled_from(["a", "ab", "b+", "[bc]", " ", "^.", ".$", "c?"]), st.text("abc ", max_size=3))
)


def by_the_letter(text: str, steps: list[Step]) -> list[tuple[str, int, int]]:
    """A simple version of the same, one character at a time."""
    row = [(character, at, at + 1) for at, character in enumerate(text)]
    for pattern, new in steps:
        done: list[tuple[str, int, int]] = []
        last = 0
        for match in re.finditer(pattern, "".join(character for character, _, _ in row)):
            old = row[match.start() : match.end()]
            if old and new != match.group():
                done += row[last : match.start()] + [(character, old[0][1], old[-1][2]) for character in new]
                last = match.end()
        row = done + row[last:]
    return row


@given(text=st.text("abc "), steps=STEPS)
def test_many_steps_match_a_simple_character_by_character_version(text: str, steps: list[Step]) -> None:
    said = AlignedText.original(text)
    for pattern, new in steps:
        said = said.sub(re.compile(pattern), new)
    assert origins(said) == by_the_letter(text, steps)


@given(text=st.text("abc "), steps=STEPS)
def test_origins_are_in_order_and_within_bounds(text: str, steps: list[Step]) -> None:
    said = AlignedText.original(text)
    for pattern, new in steps:
        said = said.sub(re.compile(pattern), new)
    starts, ends = list(said.starts), list(said.ends)
    assert len(starts) == len(ends) == len(said.text)
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(starts, ends, strict=True))


@pytest.mark.parametrize("new", ["", "xy"])
def test_very_many_replacements_take_linear_time(new: str) -> None:
    def replace(text: str) -> None:
        said = AlignedText.original(text).sub(re.compile(" "), new)
        assert len(said.text) == len(text) // 2 * (1 + len(new))

    assert_linear(replace, repeated("a "), 4_000)


def test_text_with_phonemes_is_never_replaced_and_its_position_is_updated() -> None:
    sounds = Phonemes("x")
    text = AlignedText.original("5 km and 7 km").with_phonemes([(2, 4, sounds), (11, 13, sounds)])
    said = text.replaced([(0, 1, "five"), (3, 6, "-"), (9, 10, "seven"), (11, 13, "miles")])
    assert said.text == "five km and seven km"
    assert [(said.text[span.start : span.end], span.phonemes) for span in said.phonemes] == [
        ("km", sounds),
        ("km", sounds),
    ]
    assert [said.starts[span.start] for span in said.phonemes] == [2, 11]


def test_a_part_has_the_phonemes_that_lie_entirely_in_it() -> None:
    text = AlignedText.original("ab cd ef").with_phonemes(
        [(start, start + 2, Phonemes("x")) for start in (0, 3, 6)]
    )
    assert [span.start for span in text.part(1, 8).phonemes] == [2, 5]
    assert [span.start for span in text.part(3, 7).phonemes] == [0]
    assert [text.is_inside_phonemes(at) for at in range(8)] == [
        False,
        True,
        False,
        False,
        True,
        False,
        False,
        True,
    ]
