"""Counting the characters of texts."""

from __future__ import annotations

import tracemalloc

from audiobook.document import count_chars


def test_counting_the_characters_of_a_book_takes_little_memory() -> None:
    text = "Ten words are counted here, without the spaces between them.\n" * 50_000
    tracemalloc.start()
    counted = count_chars(text)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted == 50_000 * 51
    assert peak_bytes < len(text)
