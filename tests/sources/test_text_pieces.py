"""A text that is decoded a piece at a time is the same as one that is decoded as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import count_chars
from audiobook.errors import SourceError
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.encoding.text_pieces import TextPieces

SIGNS = st.text(st.sampled_from("aä“😀\r\n\u2028\x0b\0 "), max_size=60)
FILES = st.one_of(
    SIGNS.map(str.encode),
    SIGNS.map(lambda text: text.encode("utf-16")),
    SIGNS.map(lambda text: text.encode("utf-8-sig")),
    SIGNS.map(lambda text: text.encode()[:-1]),
    st.binary(max_size=30),
)


def read(pieces: Callable[[], Iterable[str]]) -> tuple[str, str | None]:
    """Return a text, or the message and the place of the error."""
    try:
        return "".join(pieces()), None
    except SourceError as error:
        return str(error), error.where


@given(data=FILES, lengths=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_the_pieces_are_the_text(data: bytes, lengths: tuple[int, int]) -> None:
    def pieces() -> TextPieces:
        return TextPieces(data, "a.md", "cp1250", None, *lengths)

    whole, where = read(lambda: decode_text(data, "a.md", "cp1250"))
    assert read(pieces) == (whole, where)
    if where is None:
        assert pieces().count_chars() == count_chars(whole)
        assert all(piece.endswith("\n") for piece in list(pieces())[:-1])
        assert pieces().has("a") == ("a" in whole)
