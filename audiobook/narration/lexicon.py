"""What a user says about how words are said: whole words and patterns, and what is said instead of them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from audiobook.document import Problem
from audiobook.narration.aligned import AlignedText, Replacement
from audiobook.narration.clean import clean
from audiobook.narration.patterns import found_by

_TOKEN = re.compile(r"[^\W_]+|\s+|.", re.DOTALL)
_STOPS = re.compile(r"[.!?…:;][\"')\]”»’]*\s")
_JOINERS = ("\u200c", "\u200d")


@dataclass(frozen=True, slots=True)
class WordEntry:
    """A word, or several, that is said in another way.

    Attributes:
        word: What is written.
        say: What is said.
        case: Whether capitals count.
    """

    word: str
    say: str
    case: bool = False


@dataclass(frozen=True, slots=True)
class PatternEntry:
    """All that a regular expression matches, said in another way.

    Attributes:
        pattern: Checked by `patterns.checked_pattern`.
        say: What is said, with references to groups.
    """

    pattern: re.Pattern[str]
    say: str


@dataclass(slots=True)
class _Node:
    """What may follow the words so far, and what is said if they end here."""

    following: dict[str, _Node] = field(default_factory=dict)
    exact: dict[str, str] = field(default_factory=dict)
    said: str | None = None


class Lexicon:
    """Entries, ready to be looked for.

    Words stand for themselves only where no letter, digit or mark goes on beside them. At each place the
    longest entry counts; words come before patterns, patterns in their order; nothing is replaced twice.
    """

    def __init__(
        self, entries: Iterable[WordEntry | PatternEntry] = (), problems: Sequence[Problem] = ()
    ) -> None:
        """Keep entries.

        Args:
            entries: In order; of two for one word the later one counts.
            problems: What was noticed when they were read.
        """
        self.problems = tuple(problems)
        self._patterns: list[PatternEntry] = []
        self._root = _Node()
        self._stops: list[WordEntry] = []
        for entry in entries:
            if isinstance(entry, PatternEntry):
                self._patterns.append(entry)
            else:
                self._add(entry)
                self._stops += [entry] if _STOPS.search(entry.word) else []

    def crossing(self) -> Lexicon:
        """Give those of its words in which a sentence might end."""
        return Lexicon(self._stops) if self._stops else NOTHING

    def _add(self, entry: WordEntry) -> None:
        word, say = clean(entry.word).text.strip(), clean(entry.say).text.strip()
        node = self._root
        for _, _, token in _tokens(word):
            node = node.following.setdefault(token, _Node())
        if entry.case:
            node.exact[word] = say
        else:
            node.said = say

    def apply(self, text: AlignedText) -> AlignedText:
        """Give a text as it is said by this lexicon."""
        return text.replaced(self.find(text.text))

    def find(self, text: str) -> list[Replacement]:
        """Give what is said otherwise in a text, in order and disjoint.

        Args:
            text: Cleaned, as `clean` does.
        """
        found = self._words_in(text) if self._root.following else []
        for entry in self._patterns:
            matches = found_by(entry.pattern, text)
            new = [(match.start(), match.end(), clean(match.expand(entry.say)).text) for match in matches]
            found = _with_free(found, new)
        return found

    def _words_in(self, text: str) -> list[Replacement]:
        tokens = _tokens(text)
        found: list[Replacement] = []
        at = 0
        while at < len(tokens):
            end, said = self._longest(text, tokens, at)
            if said is not None:
                found.append(_set_off(text, tokens[at][0], tokens[end - 1][1], said))
            at = end
        return found

    def _longest(self, text: str, tokens: list[tuple[int, int, str]], at: int) -> tuple[int, str | None]:
        """Give the token after the longest entry that begins at a token, and what is said for it."""
        best: tuple[int, str | None] = (at + 1, None)
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
    """Cut a text into words, white space and single signs: start, end, and the token without capitals."""
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


def _set_off(text: str, start: int, end: int, said: str) -> Replacement:
    """Keep what is said for a sign from becoming one word with what stands beside it: "50%"."""
    before = " " if text[max(start - 1, 0) : start].isalnum() and said[:1].isalnum() else ""
    after = " " if text[end : end + 1].isalnum() and said[-1:].isalnum() else ""
    return start, end, f"{before}{said}{after}"


def _with_free(taken: list[Replacement], new: Iterable[Replacement]) -> list[Replacement]:
    """Add those replacements that touch none that is there."""
    kept = []
    for start, end, said in new:
        at = bisect_left(taken, (start,))
        before_is_clear = at == 0 or taken[at - 1][1] <= start
        after_is_clear = at == len(taken) or taken[at][0] >= end
        if before_is_clear and after_is_clear:
            kept.append((start, end, said))
    return sorted([*taken, *kept]) if kept else taken


def say_otherwise(text: AlignedText, lexicon: Lexicon, given: Iterable[Replacement]) -> AlignedText:
    """Give a sentence as its text's own lexicon and the user's say it; the user's counts where both speak.

    Args:
        text: The sentence.
        lexicon: The user's.
        given: What the text itself says about places in its original, in order and disjoint.
    """
    own = []
    for start, end, said in given:
        first, last = bisect_left(text.starts, start), bisect_right(text.ends, end)
        if first < last and text.starts[0] <= start and end <= text.ends[-1]:
            own.append((first, last, said))
    return text.replaced(_with_free(lexicon.find(text.text), own))


NOTHING = Lexicon()
"""A lexicon that changes nothing."""
