"""The description of a picture to read out: its alternative text, if that is a sentence and not a placeholder."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.pronunciation import primary
from audiobook.sources.markup.semantics import is_block, short_text, tag_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_FEWEST_WORDS: Final = 3
_FEWEST_SIGNS: Final = 5
"""Minimum number of characters of a sentence in a script without spaces."""
_GLYPH_CHARS: Final = 2
_ENDINGS: Final = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|bmp|tiff?|avif|emf|wmf)\Z", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_GENERATED: Final = re.compile(r"automatically generated|automatisch generiert|générée automatiquement", re.I)
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("announcements.toml").read_text("utf-8")
    )
    return table


@cache
def _placeholders(name: str = "words") -> frozenset[str]:
    return frozenset(_table()["placeholders"][name].split())


def announcement(kind: str, language: str) -> str:
    """Return the words that announce a picture or a note in a language; "" for an unknown language.

    Args:
        kind: `picture` or `note`.
        language: BCP 47 tag.
    """
    return _table()[kind].get(primary(language), "")


def is_placeholder(description: str) -> bool:
    """Return whether an alternative text says nothing: a file name, a number, or words such as "cover image"."""
    words = [word.casefold() for word in _LETTERS.findall(description)]
    if not words or _ENDINGS.search(description.strip()) or _GENERATED.search(description):
        return True
    if "_" in description and " " not in description.strip():
        return True
    return all(word in _placeholders() or len(word) == 1 for word in words) and (
        len(words) > 1 or words[0] in _placeholders()
    )


def is_title(description: str) -> bool:
    """Return whether the alternative text of a picture in a heading is the heading's text."""
    words = {word.casefold() for word in _LETTERS.findall(description)}
    return not is_placeholder(description) or (
        bool(words)
        and words.isdisjoint(_placeholders("pictures"))
        and not _ENDINGS.search(description.strip())
        and (len(words) > 1 or any(map(str.isdigit, description)))
    )


def is_sentence(description: str) -> bool:
    """Return whether an alternative text is a description in words, and not a name or a label."""
    if is_placeholder(description):
        return False
    if len(_UNSPACED.findall(description)) >= _FEWEST_SIGNS:
        return True
    return len(_LETTERS.findall(description)) >= _FEWEST_WORDS


def is_glyph(picture: _Element, description: str) -> bool:
    """Return whether a picture stands for a character in a text: a drop capital, or one that no font has."""
    text = description.strip()
    if not 0 < len(text) <= _GLYPH_CHARS or not text.isalnum():
        return False
    if (picture.tail or "").strip():
        return True
    before, around = picture.getprevious(), picture.getparent()
    text_before = (before.tail if before is not None else around.text if around is not None else "") or ""
    if text_before.strip():
        return True
    # Inside an inline element, what follows that element counts.
    while around is not None and not is_block(tag_of(around)):
        if (around.tail or "").strip() or len(short_text(around).strip()) > len(text):
            return True
        around = around.getparent()
    after = picture.getnext()
    return after is not None and not is_block(tag_of(after)) and bool(short_text(after).strip())
