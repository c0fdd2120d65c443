"""A text that is decoded a piece at a time, so that a long one is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from audiobook.document import count_chars
from audiobook.sources.encoding.decode import decode_text, is_plain_utf8, utf8_lines

PIECE_BYTES: Final = 1 << 16
"""Least length of a piece, unless it is the last."""
_OPENING_BYTES: Final = 1 << 18
"""Least length of the first piece."""


class TextPieces:
    """The pieces of a text, each of which ends with a line. They can be read several times.

    The first contains at least 65 536 characters, if the text does.
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        encoding: str | None = None,
        language: str | None = None,
        piece_bytes: int = PIECE_BYTES,
        opening_bytes: int = _OPENING_BYTES,
    ) -> None:
        """Check that a text can be decoded; see `decode_text`.

        Raises:
            SourceError: The text cannot be decoded.
        """
        self._data = data
        self._piece_bytes = piece_bytes
        self._opening_bytes = opening_bytes
        self._text: str | None = None
        """The text, if it has to be decoded as a whole."""
        if not is_plain_utf8(data, piece_bytes):
            self._text = decode_text(data, name, encoding, language)

    def __iter__(self) -> Iterator[str]:
        """Yield the pieces; none for an empty text."""
        if self._text is None:
            yield from utf8_lines(self._data, self._piece_bytes, self._opening_bytes)
            return
        start, end = 0, self._opening_bytes
        while start < len(self._text):
            end = self._text.find("\n", end) + 1 or len(self._text)
            yield self._text[start:end]
            start, end = end, end + self._piece_bytes

    @property
    def opening(self) -> str:
        """The first piece."""
        return next(iter(self), "")

    def has(self, signs: str) -> bool:
        """Return whether the text contains some ASCII signs."""
        return signs.encode() in self._data if self._text is None else signs in self._text

    def count_chars(self) -> int:
        """Return the number of characters without white space."""
        return sum(map(count_chars, self))
