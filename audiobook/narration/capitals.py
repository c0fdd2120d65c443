"""Typographic emphasis: lines in capitals ("IT WAS A DARK NIGHT") and letters with spaces between them ("K U R T")."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Final

from audiobook.languages import lowered
from audiobook.narration.aligned import AlignedText

_GAP: Final = "[ \u00a0\u2009\u200a\u202f]"
_SPACED: Final = re.compile(
    rf"""
    (?<![^\s(\["'“”„«»‹*_-])[^\W\d_]
    (?:{_GAP}[^\W\d_]){{1,60}}   # C H A P T E R
    (?=[\s.,;:!?…)\]"'“”»›*_-]|$)
    """,
    re.VERBOSE,
)
_LINE: Final = re.compile(r"[^\n]*")
_SPACED_LINE: Final = re.compile(r"(?:[^\W\d_](?:[\s.,;:!?…\"'“”„()*_-]+|$)){3,120}")
_WIDE_GAP: Final = re.compile(r"\S\s{2,}\S")
"""Matches the gap between two words that are set letter by letter."""
_SPACED_BEHIND: Final = re.compile(rf"{_GAP}{{2,8}}[^\W\d_](?:{_GAP}[^\W\d_])+(?!\w)")
_SPACED_BEFORE: Final = re.compile(rf"(?<!\w)[^\W\d_]{_GAP}[^\W\d_]{_GAP}{{2,8}}\Z")
_LONGEST_GAP: Final = 16
"""Characters examined before spaced letters: two letters and the gaps after them."""
_FEWEST_IN_LINE: Final = 3
_FEWEST_WITHIN: Final = 4
"""Minimum number of spaced letters within a line that are a word; fewer may be a list."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NUMERAL: Final = re.compile(r"(?=[IVXLC]{1,9}$)C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$")
_LED: Final = re.compile(r"\W*[IVXLC]+[.:)\u2013-]+\s+")
"""Matches the number of a chapter before its title."""
_TITLES: Final = frozenset("MR MRS MS DR ST MME MLLE".split())
_VOWELS: Final = frozenset("AEIOUYÆØŒIΑΕΗΙΟΥΩАЕИОУЫЭЮЯІЄ")
_ACRONYMS: Final = frozenset(
    "USA UK EU UNO NATO FBI CIA USSR UFO IQ ID OK NBA NASA UNESCO UNICEF AIDS HIV DNA RNA IBM ASV PSRS SIA UE".split()
)
_SHORT_NAMES: Final = frozenset("US EU UN AI UK".split())
"""Acronyms that may begin a sentence, although they look like words."""
_JOINTS: Final = frozenset("AND UND OCH DAN TAI LUB ORAZ ALI VAI".split())
"""Words between numerals, which are not names of rulers."""
_LONGEST_LINE: Final = 360
"""Maximum number of characters of a line with spaced letters."""
_LONGEST_UNIT: Final = 2
_LEAST_LETTERS: Final = 6
_LEAST_OPENING: Final = 3
"""Minimum number of words in capitals at the start of a paragraph: "ONCE UPON A TIME there was"."""
_OPENING: Final = re.compile(r"(?:[^\W\d_a-z]+(?:['’][^\W\d_a-z]+)?[, ]+){2,12}(?=[^\W\d_A-Z]{2})")


def join_spaced(text: AlignedText) -> AlignedText:
    """Return a text with words set letter by letter ("K U R T", "s e h r") as words."""
    if not _SPACED.search(text.text):
        return text
    return text.sub(_SPACED, _joined)


def _joined(match: re.Match[str]) -> str:
    letters = re.sub(_GAP, "", match.group())
    line = _line_around(match)
    is_line = _SPACED_LINE.fullmatch(line) is not None
    if _is_list(letters) or not (letters.isupper() or letters[1:].islower()):
        return match.group()
    least = 2 if is_line and _WIDE_GAP.search(line) else _FEWEST_IN_LINE
    fewest = 2 if _is_beside_spaced(match) else _FEWEST_WITHIN
    if not ((is_line and len(letters) >= least) or (len(letters) >= fewest and _is_word(letters))):
        return match.group()
    if _NUMERAL.match(letters):
        return letters
    return letters[0] + letters[1:].lower() if _has_vowel(letters) else letters


def _is_beside_spaced(match: re.Match[str]) -> bool:
    """Return whether a wide gap separates letters from other letters with single spaces between them."""
    text = match.string
    before = text[max(0, match.start() - _LONGEST_GAP) : match.start()]
    return bool(_SPACED_BEHIND.match(text, match.end()) or _SPACED_BEFORE.search(before))


def _line_around(match: re.Match[str]) -> str:
    """Return the line that contains a match; "" if it is too long for a line with spaced letters."""
    text = match.string
    first, last = max(0, match.start() - _LONGEST_LINE), match.end() + _LONGEST_LINE
    start, end = text.rfind("\n", first, match.start()) + 1, text.find("\n", match.end(), last)
    if (start == 0 and first) or (end < 0 and last < len(text)):
        return ""
    return text[start : end if end >= 0 else len(text)].strip()


def _has_vowel(word: str) -> bool:
    return not _VOWELS.isdisjoint(unicodedata.normalize("NFD", word.upper()))


def _is_word(letters: str) -> bool:
    """Return whether letters include a consonant, and a vowel other than y."""
    bare = [letter for letter in unicodedata.normalize("NFD", letters.upper()) if letter.isalpha()]
    vowels = sum(letter in _VOWELS - {"Y"} for letter in bare)
    return 0 < vowels < len(bare)


def _is_list(letters: str) -> bool:
    """Return whether letters are in alphabetical order without gaps ("A B C"), or all the same."""
    steps = {ord(second) - ord(first) for first, second in pairwise(letters.lower())}
    return steps <= {1} or steps <= {0}


def lower_capitals(text: AlignedText, language: str, *, is_heading: bool) -> AlignedText:
    """Convert a sentence in capitals, or the first words in capitals of another sentence, to lower case.

    Roman numerals, well-known acronyms and words without vowels stay.

    Args:
        text: A sentence.
        language: BCP 47 tag.
        is_heading: Whether it is a heading, in which a single word in capitals is enough.
    """
    written = text.text
    if not any(map(str.isupper, written[:40])):
        return text
    end = _end_of_capitals(written, is_heading=is_heading)
    if not end:
        return text
    opening = _LED.match(written)
    first = _WORD.search(written, opening.end() if opening else 0)
    opens = first.start() if first else 0
    return text.sub(
        _WORD, lambda match: _small(match, language, opens) if match.end() <= end else match.group()
    )


def _end_of_capitals(written: str, *, is_heading: bool) -> int:
    """Return how many characters at the start of a sentence are words in capitals to convert to lower case."""
    if written.upper() == written:
        words = [word for word in _WORD.findall(written) if word.upper() != word.lower()]
        letters = sum(map(len, words))
        long = [word for word in words if len(word) >= _LEAST_OPENING and word not in _ACRONYMS]
        is_line = len(words) > 1 and letters >= _LEAST_LETTERS and long
        is_word = is_heading and len(words) == 1 and len(words[0]) >= _LEAST_LETTERS - 1
        return len(written) if is_line or is_word else 0
    opening = _OPENING.match(written)
    if not opening:
        return 0
    words = _WORD.findall(opening.group())
    is_spoken = not set(words) & _SHORT_NAMES and all(
        _has_vowel(word) and word not in _ACRONYMS for word in words
    )
    return opening.end() if is_spoken and sum(map(len, words)) >= _LEAST_OPENING + 2 else 0


def _small(match: re.Match[str], language: str, opens: int) -> str:
    word = match.group()
    if word in _TITLES and match.string.startswith(".", match.end()):
        return word.capitalize()
    if len(word) <= _LONGEST_UNIT and match.string[max(0, match.start() - 2) : match.start() - 1].isdecimal():
        return word.lower()
    if (
        word in _ACRONYMS
        or not _has_vowel(word)
        or (match.string.startswith(".", match.end()) and len(word) == 1)
    ):
        return word
    if _NUMERAL.match(word) and (len(word) > 1 or word == "I" or _follows_word(match)):
        return word
    small = lowered(word, language)
    before_numeral = re.match(r" [IVXLC]+\b", match.string[match.end() : match.end() + 12])
    if match.start() == opens or (before_numeral and word not in _JOINTS and len(word) > 2):
        return word[0] + small[1:] if len(small) == len(word) else small.capitalize()
    return small


def _follows_word(match: re.Match[str]) -> bool:
    """Return whether a single letter follows a word, as in "PART V"."""
    return match.string[max(0, match.start() - 2) : match.start()].strip().isalpha()
