"""The chapters of a record as they are in its file: ten hours take 4 MB in JSON, and 20 MB as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, overload

import msgspec

from audiobook.book.record.chapters import ChapterRecord

_decoder: Final = msgspec.json.Decoder(ChapterRecord)


class StoredChapters(Sequence[ChapterRecord]):
    """Chapters that are decoded every time they are accessed, so that only one is in memory at a time."""

    def __init__(self, encoded: Sequence[msgspec.Raw]) -> None:
        """Wrap chapters encoded as JSON. Accessing an invalid one raises `msgspec.MsgspecError`."""
        self._encoded = encoded

    def __len__(self) -> int:
        """Return the number of chapters."""
        return len(self._encoded)

    @overload
    def __getitem__(self, index: int) -> ChapterRecord: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ChapterRecord]: ...

    def __getitem__(self, index: int | slice) -> ChapterRecord | Sequence[ChapterRecord]:
        """Return a chapter, or the chapters of a slice, which are not decoded yet."""
        if isinstance(index, slice):
            return StoredChapters(self._encoded[index])
        return _decoder.decode(self._encoded[index])

    def __iter__(self) -> Iterator[ChapterRecord]:
        """Yield the chapters."""
        return map(_decoder.decode, self._encoded)
