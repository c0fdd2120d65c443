"""Descriptions: any input becomes clean paragraphs without tags."""

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.sources.summary import MAX_SUMMARY_CHARS, marked_up_summary, plain_summary


def test_hard_wrapped_lines_are_joined_and_blank_ones_separate_paragraphs() -> None:
    assert plain_summary("  One\n two.\r\n\r\n \nThree.\n") == "One two.\n\nThree."


@pytest.mark.parametrize("text", ["", " \n\n ", "* * *", "\x00\x01", "\u200b\u202e"])
def test_a_description_without_words_is_dropped(text: str) -> None:
    assert plain_summary(text) is None
    assert marked_up_summary(text, "en") is None


def test_invisible_characters_are_removed() -> None:
    assert plain_summary("a\u202eb\x00c\u200bd\ufeff") == "ab cd"


def test_a_long_description_is_cut_at_a_word() -> None:
    summary = plain_summary("word " * 2000)
    assert summary
    assert len(summary) <= MAX_SUMMARY_CHARS
    assert summary.endswith("word…")


def test_tags_are_stripped_and_blocks_become_paragraphs() -> None:
    html = "<div><p>An <b>old</b> house &amp; its\nowner.</p><p>And<br/>more.</p><script>x()</script></div>"
    assert marked_up_summary(html, "en") == "An old house & its owner.\n\nAnd more."


def test_signs_that_are_not_tags_are_kept() -> None:
    assert marked_up_summary("1 < 2 & 3 > 2", "en") == "1 < 2 & 3 > 2"


def test_very_deep_nesting_is_kept_as_text_in_linear_time() -> None:
    assert marked_up_summary("<b>" * 1_000_000, "en") is not None
    assert plain_summary("\n" * 5_000_000 + "a") is None
    assert_linear(lambda html: marked_up_summary(html, "en"), repeated("<b>"), 10_000)
    assert_linear(plain_summary, repeated("\n", after="a"), 10_000)


@given(st.text())
def test_any_text_gives_a_bounded_summary_that_is_its_own_summary(text: str) -> None:
    for summary in (plain_summary(text), marked_up_summary(text, "en")):
        assert summary is None or (len(summary) <= MAX_SUMMARY_CHARS and plain_summary(summary) == summary)
