"""Readings after Japanese words in plain text: 憂鬱《ゆううつ》, 憂鬱（ゆううつ） and ｜東京タワー《とうきょうたわー》.

Source: the annotation rules of Aozora Bunko for ruby.
"""

from __future__ import annotations

import re
from typing import Final

from audiobook.document import Paragraph, Saying, count_chars
from audiobook.sources.superscripts import cut, with_sayings

_KANA: Final = "[\u3041-\u3096\u309d\u309e\u30a1-\u30fe]{1,30}"
_KANJI: Final = "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆ヶ仝〇]{1,30}"
_READING = re.compile(
    rf"""
    [｜|](?P<marked>[^｜|《》\n]{{1,30}})《(?P<free>[^《》\n]{{1,60}})》  # ｜東京タワー《とうきょうたわー》
    | (?P<word>{_KANJI})(?:《(?P<angled>{_KANA})》|（(?P<round>{_KANA})）|\((?P<plain>{_KANA})\))  # 憂鬱《ゆううつ》
    """,
    re.VERBOSE,
)


def without_readings(paragraph: Paragraph, *, prefer: bool) -> tuple[Paragraph, int]:
    """Remove readings after words, so that each word is said once.

    Args:
        paragraph: A paragraph in Japanese.
        prefer: Whether the reading decides how its word is said.

    Returns:
        The paragraph, and how many characters were removed.
    """
    cuts: list[tuple[int, int]] = []
    said: list[tuple[int, int, str]] = []
    for found in _READING.finditer(paragraph.text):
        word = "marked" if found["marked"] else "word"
        if found["marked"]:
            cuts.append((found.start(), found.start(word)))
        cuts.append((found.end(word), found.end()))
        reading = found["free"] or found["angled"] or found["round"] or found["plain"]
        said.append((found.start(word), found.end(word), reading))
    if not cuts:
        return paragraph, 0
    removed = sum(count_chars(paragraph.text[start:end]) for start, end in cuts)
    sayings = [Saying(start, end, reading) for start, end, reading in said] if prefer else []
    return cut(with_sayings(paragraph, sayings), cuts), removed
