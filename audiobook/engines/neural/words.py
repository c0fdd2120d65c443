"""When a neural voice speaks each word, found by aligning the spoken phonemes with the words of the text.

A voice reports how long each phoneme lasts, with spaces between words. But what is between two spaces is not always one
word of the text: "of the" is spoken as one word, "23" as several. And a word may sound different within a sentence: "a"
alone is a diphthong. So each word is also converted to phonemes separately, and the two sequences of phonemes are
aligned at the lowest total cost: a word should begin at a space, or at punctuation if there is punctuation in the text.

Source: S. Needleman and C. Wunsch, "A general method applicable to the search for similarities in the amino acid
sequence of two proteins", 1970.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audiobook.document import Phonemes, PhonemeSpan
from audiobook.engines.word_times import WordEvent, is_interrupted, words_of

if TYPE_CHECKING:
    import numpy as np

    _Row = np.ndarray[Any, np.dtype[np.int32]]

_UNHEARD: Final = frozenset("ˈˌːˑ‿^-'\"“”«»()¡¿ \u0361\u035c\u0303\u0329")
"""Signs without a sound of their own: stress, length, ties and quotation marks. They depend on the context of a word."""
_PAUSES: Final = frozenset(".,:;!?—…")
_VOWELS: Final = frozenset("aeiouyæɐɑɒɔəɘɛɜɞɪɨɯɤʊʉʌøœɵɚɝʏᵻᵿᵊAIOQWY")
_MOST_COMPARED: Final = 4_000_000
"""Limit on the product of the lengths of both sequences; beyond it, the alignment would take too long."""
_WITHIN, _SPACE, _PAUSE = range(3)
"""What precedes a spoken phoneme: another phoneme of the same word, a space, or punctuation."""
_OTHER_VOWEL: Final = 6
"""Cost of a vowel that is spoken as another vowel."""
_OTHER: Final = 12
"""Cost of any other phoneme that is spoken as a different one."""
_LEFT_OUT: Final = 10
"""Cost of a written phoneme that is not spoken."""
_ADDED: Final = 10
"""Cost of a spoken phoneme that is not written."""
_AT_AN_END: Final = 20
"""Cost of a word without any sound."""
_BEGINS: Final = {False: {_WITHIN: 10, _SPACE: 0, _PAUSE: 10}, True: {_WITHIN: 30, _SPACE: 10, _PAUSE: 0}}
"""Cost of a word's start, by whether punctuation precedes the word in the text, and what precedes its first phoneme."""


class _Spoken(NamedTuple):
    """A spoken phoneme, the sample at which it begins, and what precedes it: `_WITHIN`, `_SPACE` or `_PAUSE`."""

    phoneme: str
    sample: int
    after: int


def word_events(
    text: str, alone: Sequence[Sequence[str]], heard: Sequence[tuple[str, int]]
) -> list[WordEvent]:
    """Return when the words of a sentence begin.

    Args:
        text: The sentence.
        alone: The phonemes of each word in `words_of(text)`, spoken alone.
        heard: Each phoneme of the spoken sentence, and the sample at which it begins.

    Returns:
        The words that were found, in order. Words without a sound of their own are left out.
    """
    words = words_of(text)
    spoken = _spoken(heard)
    written = [[phoneme for phoneme in phonemes if not _is_unheard(phoneme)] for phonemes in alone]
    with_sound = [index for index, phonemes in enumerate(written) if phonemes]
    if not with_sound or not spoken or len(spoken) * sum(map(len, written)) > _MOST_COMPARED:
        return []
    breaks = [
        is_interrupted(text, words[before][1], words[after][0]) for before, after in pairwise(with_sound)
    ]
    starts = _first_sounds([written[index] for index in with_sound], spoken, breaks)
    events: list[WordEvent] = []
    for index, at, end in zip(with_sound, starts, [*starts[1:], len(spoken)], strict=True):
        if at < end and (not events or spoken[at].sample > events[-1].sample):
            start = words[index][0]
            events.append(WordEvent(start, words[index][1] - start, spoken[at].sample))
    return events


def words_alone(
    text: str, words: Sequence[tuple[int, int]], spans: Sequence[PhonemeSpan]
) -> Iterator[tuple[str, list[PhonemeSpan]]]:
    """Yield each word of a sentence, and the parts of the word that are given as phonemes.

    If phonemes are given for several words together, they belong to the first of these words.

    Args:
        text: The sentence.
        words: Start and end of each word.
        spans: The parts of the sentence that are given as phonemes, in order.
    """
    for start, end in words:
        first = bisect_right(spans, start, key=attrgetter("end"))
        last = bisect_left(spans, end, key=attrgetter("start"))
        within = []
        for span in spans[first:last]:
            begin, goes_on = max(span.start, start), any(map(str.isalnum, text[span.start : start]))
            phonemes = Phonemes("") if goes_on else span.phonemes
            within.append(PhonemeSpan(begin - start, min(span.end, end) - begin, phonemes))
        yield text[start:end], within


def _is_unheard(phoneme: str) -> bool:
    return phoneme in _UNHEARD or phoneme in _PAUSES


def _spoken(heard: Sequence[tuple[str, int]]) -> list[_Spoken]:
    """Return the phonemes with a sound. A phoneme begins with the stress mark before it, if there is one."""
    spoken: list[_Spoken] = []
    after, begin = _PAUSE, None
    for phoneme, sample in heard:
        if phoneme in _PAUSES:
            after, begin = _PAUSE, None
        elif phoneme == " ":
            after, begin = max(after, _SPACE), None
        else:
            begin = sample if begin is None else begin
            if phoneme not in _UNHEARD:
                spoken.append(_Spoken(phoneme, begin, after))
                after, begin = _WITHIN, None
    return spoken


def _first_sounds(
    written: Sequence[Sequence[str]], spoken: Sequence[_Spoken], breaks: Sequence[bool]
) -> list[int]:
    """Return the index of the first spoken phoneme of each word.

    Args:
        written: The phonemes of each word; at least one word, each with at least one phoneme.
        spoken: The phonemes of the sentence, at least one.
        breaks: Whether there is punctuation between each word and the next; one fewer than `written`.
    """
    costs = _Costs(spoken)
    row = costs.with_added(costs.nothing())
    befores: list[_Row] = []
    rows: list[list[_Row]] = []
    for number, phonemes in enumerate(written):
        if number:
            row = costs.with_added(row + costs.beginning(after_break=breaks[number - 1]))
        befores.append(row)
        rows.append([row := costs.next_row(row, phoneme) for phoneme in phonemes])
    column = len(spoken)
    starts: list[int] = []
    for number in reversed(range(len(written))):
        for step in reversed(range(len(written[number]))):
            here = rows[number][step]
            before = rows[number][step - 1] if step else befores[number]
            while column and here[column] == here[column - 1] + _ADDED:
                column -= 1
            if column and here[column] == before[column - 1] + costs.of(written[number][step])[column - 1]:
                column -= 1
        here = befores[number]
        while column and here[column] == here[column - 1] + _ADDED:
            column -= 1
        starts.append(column)
    starts.reverse()
    starts[0] = 0
    return starts


class _Costs:
    """The costs of aligning with a sequence of spoken phonemes.

    A row has one column before each spoken phoneme, and one for the end.
    """

    def __init__(self, spoken: Sequence[_Spoken]) -> None:
        import numpy as np

        self._minimum = np.minimum
        self._where = np.where
        self._empty = np.empty
        self._phonemes = np.array([ord(each.phoneme[0]) for each in spoken], np.int32)
        self._vowels = np.array([each.phoneme in _VOWELS for each in spoken])
        self._known: dict[str, _Row] = {}
        self._climb = np.arange(len(spoken) + 1, dtype=np.int32) * _ADDED
        self._begins = {
            has_break: np.array(
                [_AT_AN_END, *(costs[each.after] for each in spoken[1:]), _AT_AN_END], np.int32
            )
            for has_break, costs in _BEGINS.items()
        }

    def nothing(self) -> _Row:
        """Return the row before the first word."""
        return self._climb.copy()

    def beginning(self, *, after_break: bool) -> _Row:
        """Return for each column the cost of a word that begins there."""
        return self._begins[after_break]

    def of(self, phoneme: str) -> _Row:
        """Return for each spoken phoneme the cost of matching it with a written one."""
        if phoneme not in self._known:
            other = self._where(self._vowels & (phoneme in _VOWELS), _OTHER_VOWEL, _OTHER)
            self._known[phoneme] = self._where(self._phonemes == ord(phoneme[0]), 0, other).astype("int32")
        return self._known[phoneme]

    def with_added(self, row: _Row) -> _Row:
        """Return the row after any number of spoken phonemes that are not written."""
        return self._minimum.accumulate(row - self._climb) + self._climb

    def next_row(self, row: _Row, phoneme: str) -> _Row:
        """Return the row after a written phoneme."""
        new = row + _LEFT_OUT
        self._minimum(new[1:], row[:-1] + self.of(phoneme), out=new[1:])
        return self.with_added(new)
