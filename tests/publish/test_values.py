"""Text in feeds and pages: any text becomes one that XML allows, and no longer than it may be."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from audiobook.publish.values import LONGEST_VALUE_CHARS, shortened, value, xml_text

SHORTENED = {
    ("", 1): "",
    ("abc", 3): "abc",
    ("abcd", 3): "ab…",
    ("abcd", 1): "…",
    ("ab cd ef", 7): "ab cd…",  # at the last space
    ("ab  cd ef", 5): "ab…",  # without the spaces before it
    ("abc defg", 7): "abc…",  # at a space in the middle
    ("abc defghi", 9): "abc defg…",
    ("ab cdefgh", 7): "ab cde…",  # a space before the middle would leave too little
}
SPACED = st.text(st.sampled_from("ab  \n"), max_size=40)


def test_a_long_text_is_cut_at_a_space_in_its_second_half() -> None:
    assert {(text, longest): shortened(text, longest) for text, longest in SHORTENED} == SHORTENED


@given(text=SPACED | st.text(), longest=st.integers(1, 40))
def test_a_shortened_text_begins_like_the_whole_and_is_no_longer_than_asked(text: str, longest: int) -> None:
    found = shortened(text, longest)
    assert len(found) <= longest
    if len(text) <= longest:
        assert found == text
    else:
        assert found.endswith("…")
        assert text.startswith(found[:-1])
        assert not found[:-1].endswith(" ")


@given(text=st.text(st.characters()))
def test_any_text_is_one_line_that_xml_accepts(text: str) -> None:
    found = value(text)
    element = etree.Element("a")
    element.text = found
    assert etree.fromstring(etree.tostring(element)).text == (found or None)
    assert found.split() == found.split(" ") or not found
    assert len(found) <= LONGEST_VALUE_CHARS == 255


def test_only_characters_that_xml_forbids_or_discourages_are_left_out() -> None:
    kept = "\t\n\r ~\x85\xa0\ud7ff\ue000\ufffd\U00010000\U0010ffff"
    assert xml_text(f"\0a\x1f{kept}\x7f\x84\x86\x9f\ud800\udfff\ufffe\uffffb") == f"a{kept}b"
    assert value("x" * 256) == "x" * 254 + "…"
