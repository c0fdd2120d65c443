"""The layout of a text: styles stay within it and do not overlap their own kind; boxes are those that HTML allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.layout import MOST_BOXES, Box, Boxes, Style, Styled, is_address, tidied

_SPANS = st.lists(
    st.builds(
        Styled, st.integers(0, 12), st.integers(0, 12), st.sampled_from(list(Style)), st.just("https://a")
    )
)


@given(st.text("ab \n", max_size=10), _SPANS)
def test_styles_are_in_order_and_in_the_text_and_none_overlaps_its_own_kind(
    text: str, spans: list[Styled]
) -> None:
    found = tidied(text, spans)
    assert list(found) == sorted(found, key=lambda each: (each.start, -each.end))
    for each in found:
        piece = text[each.start : each.end]
        assert 0 <= each.start < each.end <= len(text)
        assert piece == piece.strip()
    for style in Style:
        ends = [0]
        for each in (each for each in found if each.style is style):
            assert each.start >= ends[-1]
            ends.append(each.end)
    marked = {at for each in spans for at in range(each.start, min(each.end, len(text)))}
    shown = {at for each in found for at in range(each.start, each.end)}
    assert {at for at in marked if not text[at].isspace()} <= shown


@given(st.lists(st.sampled_from(list(Box)), max_size=14))
def test_items_are_in_lists_and_lists_contain_only_items(nested: list[Box]) -> None:
    boxes = Boxes()
    for box in nested:
        boxes.open(box)
    kept = [each.box for each in boxes.around]
    assert len(kept) <= MOST_BOXES
    for outer, inner in zip([None, *kept], [*kept, None], strict=True):
        assert (outer in (Box.BULLETS, Box.NUMBERS)) == (inner is Box.ITEM)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://example.org", True),
        ("mailto:aino@example.org", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://example.org/%0aalert(1)", False),
        ("data:text/html,x", False),
        ("//example.org/", False),
        ("chapter.html", False),
        ("https://", False),
        ("https://example.org/a b", False),
        ("https://example.org/\x00", False),
        ("https://example.org/" + "a" * 2000, False),
    ],
)
def test_links_lead_to_web_pages_and_mailboxes_only(address: str, may: bool) -> None:
    assert is_address(address) is may
