"""Cleaning text for speech: no invisible characters, one kind of quote, dashes that are heard as pauses."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.capitals import join_spaced
from audiobook.narration.compatibility import write_plainly
from audiobook.narration.quotes import mark_quotes

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls; those that are white space become a space below
    "\u00ad"  # soft hyphen
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u034f\u180b-\u180f\u3164\uffa0"  # joiners and fillers
    "\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # zero-width and interlinear
    "\U000e0000-\U000e007f]"  # tags
)
_JOINERS = re.compile("[\u200c\u200d]")
_JOINING_SCRIPTS: Final = re.compile(
    "[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufeff"  # Arabic, Syriac
    "\u0900-\u0dff\u0f00-\u109f\u1780-\u18af"  # scripts of India, Tibetan, Burmese, Khmer, Mongolian
    "\U0001f000-\U0001faff]"  # emoji
)
"""Scripts (and emoji) in which ZWJ and ZWNJ change what is written."""
_VERSE_END = re.compile(r"(?<=\w)[^\S\n]*+\n")
"""Matches the end of a line of verse without punctuation."""
_SPACES = re.compile(r"\s{2,}|[^\S ]")
"""Matches white space other than a single plain space."""
_DECOMPOSED = re.compile(
    r"""
    [^\W\d_][\u0300-\u036f\u0653-\u0655\u093c\u09bc\u0a3c\u0b3c\u3099\u309a]{1,8}      # e and a combining acute
    |
    [\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?                                      # the three letters of 한
    """,
    re.VERBOSE,
)
"""Matches a letter and a few combining marks (a thousand would take long), or the letters of a Korean syllable."""
_QUOTES = re.compile("[\u201c-\u201f\u00ab\u00bb\u2039\u203a\u2033]")
_DASHES: Final = frozenset("-\u2012\u2013\u2014\u2015")
_TIGHT_DASH = re.compile("(?<=[^\\W\\d])[\u2013\u2014\u2015](?=[^\\W\\d])")
_LOOSE_DASH = re.compile(r"(?<=\s)(?:[\u2012\u2013\u2014\u2015]|--+|-)(?=\s)")
_DOUBLE_HYPHEN = re.compile(r"(?<=\d)--(?=\d)")
_STRAY_HYPHEN = re.compile(r"(?<=[^\W\d_])(?: -|- )(?=[^\W\d_])")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_NEXT_WORD = re.compile(r"[^\W\d_]+")
_CONJUNCTIONS: Final = frozenset(
    "ja tai sekä eli että kuin ynnä ym yms tms jms "  # fi
    "i oraz lub albo czy a ani do "  # pl
    "un vai gan "  # lv
    "dan atau serta "  # id
    "in ali ter pa "  # sl
    "and or to but nor than "  # en
    "und oder bis sowie och eller och og en of et ou y e o või".split()
)
"""Next to these, a hyphen replaces half of a compound ("äidin- ja isän")."""


def clean(text: str, *, keeps_letters: bool = False) -> AlignedText:
    """Return a paragraph ready to be read aloud, in which each character knows its place in the original.

    Args:
        text: A paragraph on one line; a newline ends a line of verse.
        keeps_letters: Whether spaced letters are kept because they are meant to be spelled out, as in a lexicon.

    Returns:
        The text without control, zero-width and bidirectional characters and soft hyphens; with single
        spaces, commas at the ends of verses, composed letters, straight quotes and spaced dashes, and without
        the stray space in "kanta -asiakas".
    """
    said = AlignedText.original(text)
    said = said.sub(_INVISIBLE, lambda match: " " if match.group().isspace() else "")
    if not _JOINING_SCRIPTS.search(said.text):
        said = said.sub(_JOINERS, "")
    if not keeps_letters:
        said = join_spaced(said)
    if "\n" in text:
        said = said.sub(_VERSE_END, ", ")
    said = said.sub(_SPACES, " ")
    # Most paragraphs are composed and contain no dash: checking for that first saves half the time.
    if not unicodedata.is_normalized("NFC", said.text):
        said = said.sub(_DECOMPOSED, lambda match: unicodedata.normalize("NFC", match.group()))
    said = write_plainly(said)
    said = mark_quotes(said)
    said = said.sub(_QUOTES, '"')
    if not _DASHES.isdisjoint(said.text):
        said = said.sub(_TIGHT_DASH, " \u2013 ")
        said = said.sub(_LOOSE_DASH, "\u2013").sub(_DOUBLE_HYPHEN, "\u2013")
        said = said.sub(_STRAY_HYPHEN, _joined)
    return said


def _joined(match: re.Match[str]) -> str:
    """Return a hyphen with a space on one side without it, unless it replaces half a compound."""
    before = _LAST_WORD.search(match.string, max(0, match.start() - 40), match.start())
    after = _NEXT_WORD.match(match.string, match.end())
    neighbours = {found.group().lower() for found in (before, after) if found}
    return match.group() if neighbours & _CONJUNCTIONS else "-"
