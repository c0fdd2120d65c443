"""The entries of lexicons: whole words and patterns, and their pronunciations."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple

import msgspec

from audiobook.document import Phonemes, Saying
from audiobook.narration.aligned import AlignedText, Replacement
from audiobook.narration.clean import clean
from audiobook.patterns import found_by

_TOKEN = re.compile(r"[^\W_]+|\s+|.", re.DOTALL)
_STOPS = re.compile(r"[.!?…:;][\"')\]”»’]*\s")
_START = attrgetter("start")
_JOINERS = ("\u200c", "\u200d")


class WordEntry(msgspec.Struct, frozen=True):
    """One or several words with a given pronunciation.

    Attributes:
        word: The word as it is written.
        say: How it sounds, spelled out; None if only phonemes are given.
        case: Whether it is case-sensitive.
        phonemes: Its phonemes, preferred to `say` by voices that support them.
        where: `path:line`.
    """

    word: str
    say: str | None
    case: bool = False
    phonemes: Phonemes | None = None
    where: str = ""


class PatternEntry(msgspec.Struct, frozen=True):
    """A regular expression with a pronunciation for its matches.

    Attributes:
        pattern: Checked by `patterns.checked_pattern`.
        say: How a match sounds, spelled out, with references to groups; None if only phonemes are given.
        phonemes: The phonemes of each match; see `WordEntry`.
        where: `path:line`.
    """

    pattern: re.Pattern[str]
    say: str | None
    phonemes: Phonemes | None = None
    where: str = ""


class Found(NamedTuple):
    """A part of a text with a given pronunciation.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        say: How it sounds, spelled out; None for the text itself.
        phonemes: Its phonemes, for voices that support them.
    """

    start: int
    end: int
    say: str | None
    phonemes: Phonemes | None = None


Pronounce = Callable[[Phonemes, bool], Phonemes | None]
"""Called with phonemes, and whether there is a spelling to fall back on. Returns the phonemes in the form that the
voice supports, or None."""


def pronounce_nothing(_phonemes: Phonemes, _otherwise: bool) -> Phonemes | None:
    """Return None, for a voice that does not support phonemes."""
    return None


class _Said(NamedTuple):
    """The pronunciation of an entry."""

    say: str | None
    phonemes: Phonemes | None


class _Node(msgspec.Struct):
    """The words that may follow those so far, and the pronunciation of an entry that ends here."""

    following: dict[str, _Node] = msgspec.field(default_factory=dict)
    exact: dict[str, _Said] = msgspec.field(default_factory=dict)
    said: _Said | None = None


class Lexicon:
    """Entries, ready to be found in texts.

    Only whole words are found: no letter, digit or mark may be directly next to them. At each place the longest entry
    wins; words win over patterns, and earlier patterns over later ones; nothing is replaced twice.
    """

    def __init__(self, entries: Iterable[WordEntry | PatternEntry] = ()) -> None:
        """Create a lexicon.

        Args:
            entries: In order; the later of two for one word wins.
        """
        self.sounded: list[WordEntry | PatternEntry] = []
        """Entries that give sounds, in order."""
        self._patterns: list[PatternEntry] = []
        self._root = _Node()
        self._stops: list[WordEntry] = []
        for entry in entries:
            if entry.phonemes:
                self.sounded.append(entry)
            if isinstance(entry, PatternEntry):
                self._patterns.append(entry)
            else:
                self._add(entry)
                self._stops += [entry] if _STOPS.search(entry.word) else []

    def crossing(self) -> Lexicon:
        """Return a lexicon of only those entries inside which a sentence could end."""
        return Lexicon(self._stops) if self._stops else EMPTY_LEXICON

    def _add(self, entry: WordEntry) -> None:
        word = clean(entry.word).text.strip()
        said = _Said(
            None if entry.say is None else clean(entry.say, keeps_letters=True).text.strip(), entry.phonemes
        )
        node = self._root
        for _, _, token in _tokens(word):
            node = node.following.setdefault(token, _Node())
        if entry.case:
            node.exact[word] = said
        else:
            node.said = said

    def apply(self, text: AlignedText) -> AlignedText:
        """Return a text with its entries spelled out."""
        return apply_pronunciations(text, self, ())

    def find(self, text: str) -> list[Found]:
        """Return the parts of a text with given pronunciations, in order and disjoint.

        Args:
            text: Cleaned, as `clean` does.
        """
        found = self._words_in(text) if self._root.following else []
        for entry in self._patterns:
            matches = found_by(entry.pattern, text)
            found = _with_free(found, [_matched(match, entry) for match in matches])
        return found

    def _words_in(self, text: str) -> list[Found]:
        tokens = _tokens(text)
        found: list[Found] = []
        at = 0
        while at < len(tokens):
            end, said = self._longest(text, tokens, at)
            if said is not None:
                found.append(Found(tokens[at][0], tokens[end - 1][1], said.say, said.phonemes))
            at = end
        return found

    def _longest(self, text: str, tokens: list[tuple[int, int, str]], at: int) -> tuple[int, _Said | None]:
        """Return the index after the longest entry that begins at a token, and its pronunciation."""
        best: tuple[int, _Said | None] = (at + 1, None)
        node: _Node | None = self._root
        for end in range(at, len(tokens)):
            node = node.following.get(tokens[end][2]) if node else None
            if node is None:
                break
            said = node.said
            if node.exact:
                said = node.exact.get(text[tokens[at][0] : tokens[end][1]], said)
            if said is not None:
                best = (end + 1, said)
        return best


def _tokens(text: str) -> list[tuple[int, int, str]]:
    """Return the words, white space and single signs of a text: start, end, and the token in lower case."""
    found: list[tuple[int, int, str]] = []
    grows = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        start, end = match.span()
        goes_on = token[0].isalnum() or token in _JOINERS or unicodedata.category(token[0])[0] == "M"
        if goes_on and grows:
            start, _, before = found.pop()
            token = before + token
        grows = goes_on
        found.append((start, end, " " if token.isspace() else token.casefold()))
    return found


def _matched(match: re.Match[str], entry: PatternEntry) -> Found:
    say = None if entry.say is None else clean(match.expand(entry.say), keeps_letters=True).text
    return Found(match.start(), match.end(), say, entry.phonemes)


def _with_free(taken: list[Found], new: Iterable[Found]) -> list[Found]:
    """Return the given places plus those new ones that do not touch any of them."""
    kept = []
    for found in new:
        at = bisect_left(taken, (found.start,))
        before_is_clear = at == 0 or taken[at - 1].end <= found.start
        after_is_clear = at == len(taken) or taken[at].start >= found.end
        if before_is_clear and after_is_clear:
            kept.append(found)
    return sorted([*taken, *kept], key=_START) if kept else taken


def apply_pronunciations(
    text: AlignedText, lexicon: Lexicon, given: Iterable[Saying], pronounce: Pronounce = pronounce_nothing
) -> AlignedText:
    """Apply the user's lexicon and the text's own pronunciations to a sentence; where both apply, the user's wins.

    Args:
        text: The sentence.
        lexicon: The user's.
        given: The text's own pronunciations of parts of its original, in order and disjoint.
        pronounce: Checks phonemes for the voice; what the voice cannot speak is spelled out.
    """
    own = []
    for saying in given:
        first, last = bisect_left(text.starts, saying.start), bisect_right(text.ends, saying.end)
        if first < last and text.starts[0] <= saying.start and saying.end <= text.ends[-1]:
            own.append(Found(first, last, saying.text, saying.phonemes))
    replacements: list[Replacement] = []
    spans: list[tuple[int, int, Phonemes]] = []
    shift = 0
    for found in _with_free(lexicon.find(text.text), own):
        sounds = pronounce(found.phonemes, found.say is not None) if found.phonemes else None
        if found.say is None and sounds is None:
            continue
        said = found.say or ("" if sounds is None else text.text[found.start : found.end])
        before, after = _gaps(text.text, found, said)
        if sounds:
            start = found.start + shift + len(before)
            spans.append((start, start + len(said), sounds))
        said = f"{before}{said}{after}"
        replacements.append((found.start, found.end, said))
        shift += len(said) - (found.end - found.start)
    return text.replaced(replacements).with_phonemes(spans)


def _gaps(text: str, found: Found, said: str) -> tuple[str, str]:
    """Return the spaces that separate the replacement of a sign from the words next to it: "50%"."""
    before = " " if text[max(found.start - 1, 0) : found.start].isalnum() and said[:1].isalnum() else ""
    after = " " if text[found.end : found.end + 1].isalnum() and said[-1:].isalnum() else ""
    return before, after


EMPTY_LEXICON = Lexicon()
"""A lexicon that changes nothing."""
